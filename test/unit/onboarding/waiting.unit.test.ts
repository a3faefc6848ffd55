import { describe, expect, it } from 'vitest';
import { isOverdue, waitingOf } from '../../../schemas/waiting.ts';
import { stallRiskOf } from '../../../services/gateway/domain/stallRisk.ts';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import { acceptedFacts, dayAt, fact, factsAndClock } from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const KEY = { supplierUscc: 's', platform: 'p', programme: 'x' };
const planned = acceptedFacts().filter(({ time }) => time < dayAt(40));
const handedIn = (day: number, step: string) =>
  fact('evidence-handed-in', day, { step, evidenceSha256: 'a'.repeat(64), fileName: 'a.pdf' }, `doc${day}`);
const returned = (day: number) => fact('step-returned', day, { step: 'CONTRACTED' }, `returned${day}`);

const at = (day: number, ...more: ReturnType<typeof fact>[]) =>
  documentOf('w', KEY, runModel(factsAndClock([...planned, ...more], day), []).facts, []);

describe('who is waited for', () => {
  it('is named while nothing has been handed in, and nobody has to look at anything', () => {
    expect(waitingOf(at(41).steps)).toMatchObject([
      { step: 'CONTRACTED', waitingOn: 'supplier', reviewer: null },
    ]);
  });

  it('stays named once a document is in, and the bureau has to look at it', () => {
    const { steps } = at(42, handedIn(41, 'CONTRACTED'));
    expect(steps.find(({ step }) => step === 'CONTRACTED')?.state).toBe('IN_PROGRESS');
    expect(waitingOf(steps)).toMatchObject([
      { step: 'CONTRACTED', waitingOn: 'supplier', reviewer: 'bureau' },
    ]);
  });

  it('is the firm alone after its document was given back, until it hands in another', () => {
    const back = [handedIn(41, 'CONTRACTED'), returned(43)];
    expect(waitingOf(at(44, ...back).steps)[0]?.reviewer).toBeNull();
    expect(waitingOf(at(46, ...back, handedIn(45, 'CONTRACTED')).steps)[0]?.reviewer).toBe('bureau');
  });

  it('looks at a document itself where it is no party', () => {
    const step = { step: 'ONSITE_RATED', waitingOn: 'rater', deadline: null, attempts: [] };
    expect(waitingOf([{ ...step, evidence: [{ at: dayAt(1) }] }])[0]?.reviewer).toBe('rater');
  });

  it('is nobody once the onboarding has ended, also at a step that was begun', () => {
    const withdrew = fact('supplier-withdrew', 45, { failure: { group: 'DARE_NOT', cause: 'CASH' } });
    const { status, steps } = at(50, handedIn(41, 'CONTRACTED'), withdrew);
    expect(status).toBe('WITHDRAWN');
    expect(waitingOf(steps)).toEqual([]);
  });

  it('is late past the deadline whether or not a document is in, and the stall flag says so', () => {
    const late = new Date(dayAt(140));
    const begun = at(42, handedIn(41, 'CONTRACTED')).steps;
    expect(begun.filter((step) => isOverdue(step, late)).map(({ step }) => step)).toEqual(['CONTRACTED']);
    expect(stallRiskOf(true, begun, late)).toMatchObject({ level: 'high', reasons: ['PAST_DEADLINE'] });
    expect(stallRiskOf(true, begun, new Date(dayAt(42)))).toMatchObject({ level: 'none' });
  });
});
