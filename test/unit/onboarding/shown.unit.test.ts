import { describe, expect, it } from 'vitest';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import { historyOf } from '../../../services/onboarding/readModel/history.ts';
import { factOf } from '../../../workflows/onboarding/facts.ts';
import {
  ACCEPTED_DATA,
  acceptedFacts,
  BESIDE_OUTCOME,
  END_DAY,
  fact,
  factsAndClock,
} from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const documentWith = (...ends: ReturnType<typeof fact>[]) => {
  const run = runModel(factsAndClock([...acceptedFacts().slice(0, 5), ...ends], END_DAY), []);
  return documentOf('w', { supplierUscc: 's', platform: 'p', programme: 'x' }, run.facts, []);
};
const failedSteps = (document: ReturnType<typeof documentWith>): string[] =>
  document.steps.filter(({ state }) => state === 'FAILED').map(({ step }) => step);
const failure = { group: 'UNWILLING', cause: 'EMPLOYEE_RESISTANCE' } as const;

describe('what an ended onboarding shows', () => {
  it('only the step that failed is FAILED, not what stood open beside it', () => {
    const document = documentWith(fact('step-failed', 60, { step: 'training', final: true, failure }));
    expect(document.status).toBe('FAILED');
    expect(failedSteps(document)).toEqual(['TRAINED']);
    expect(document.steps.find(({ step }) => step === 'DEPLOYED')?.state).toBe('TO_DO');
  });

  it('where nobody named a step of the programme, the open ones of the stage it stood at', () => {
    const document = documentWith(fact('step-failed', 60, { step: 'something', final: true, failure }));
    expect(failedSteps(document)).toEqual(['TRAINED', 'DEPLOYED']);
  });

  it('an outcome with what had become of stock in its chains, and without it where the window closed before that was kept', () => {
    const measured = (windowMonths: number, fields: object) => {
      const told = fact('outcome-measured', 200 + windowMonths, {}, `outcome/${windowMonths}`);
      return factOf({ ...told, data: { windowMonths, verdict: 'gain', change: 0.22, ...fields } });
    };
    const document = documentWith(measured(3, {}), measured(6, { displacement: [BESIDE_OUTCOME] }));
    expect(document.outcomes).toMatchObject([{ windowMonths: 3 }, { displacement: [BESIDE_OUTCOME] }]);
    expect(document.outcomes[0]).not.toHaveProperty('displacement');
  });

  it('a completion in name only, whether acceptance came before the silent window or after', () => {
    const KEY = { supplierUscc: 's', platform: 'p', programme: 'x' };
    const shownWith = (acceptedOn: number, untilDay: number) => {
      const facts = [
        ...acceptedFacts().slice(0, -1),
        fact('acceptance-decided', acceptedOn, { outcome: 'accepted' }),
      ];
      const run = runModel(factsAndClock(facts, untilDay), ACCEPTED_DATA);
      const { status, outcomes, findings } = documentOf('w', KEY, run.facts, []);
      const said = findings.map(({ code }) => code);
      return { status, windows: outcomes.map((one) => [one.windowMonths, one.isSuperficial]), said };
    };
    const SILENT = { said: ['SUPERFICIAL_COMPLETION'] };
    expect(shownWith(150, 330)).toMatchObject({
      status: 'ACCEPTED',
      windows: [
        [3, false],
        [6, true],
      ],
      ...SILENT,
    });
    expect(shownWith(320, 330)).toMatchObject({
      status: 'ACCEPTED',
      windows: [
        [3, false],
        [6, true],
      ],
      ...SILENT,
    });
    expect(shownWith(320, 310)).toMatchObject({
      status: 'ACTIVE',
      windows: [
        [3, false],
        [6, false],
      ],
      said: [],
    });
    expect(shownWith(150, 250)).toMatchObject({ status: 'ACCEPTED', windows: [[3, false]], said: [] });
  });

  it('a completion is one in name only by its last reading, and by what an old one says itself', () => {
    const accepted = runModel(factsAndClock(acceptedFacts(), 160), ACCEPTED_DATA).facts;
    const findingsWith = (...readings: object[]) => {
      const told = readings.map((data, index) =>
        fact('outcome-measured', 200 + index, data, `outcome/${index}`),
      );
      const facts = told.map((one) => factOf({ ...one, data: { ...one.data, verdict: 'gain' } }));
      return documentOf(
        'w',
        { supplierUscc: 's', platform: 'p', programme: 'x' },
        [...accepted, ...facts],
        [],
      ).findings;
    };
    const silent = { isSilent: true, isSuperficial: false };
    expect(findingsWith(silent)).toHaveLength(1);
    expect(findingsWith(silent, { isSilent: false, isSuperficial: false })).toEqual([]);
    expect(findingsWith({ isSuperficial: true })).toHaveLength(1);
    expect(findingsWith({ isSuperficial: false })).toEqual([]);
  });

  it('what came about at one instant stands in the order in which it did: taken, then given back in reverse', () => {
    const names = [
      'supplier-nominated',
      'registered',
      'identity-verified',
      'tenant-created',
      'credential-issued',
      'devices-registered',
      'closed',
      'devices-removed',
      'credential-revoked',
      'tenant-disabled',
      'provider-released',
      'subsidy-released',
    ];
    const facts = names.map((name) => fact(name, 1));
    const shown = historyOf([...facts].reverse(), new Set()).map(({ event }) => event);
    expect(shown).toEqual(names.map((name) => `onboarding.${name}.v1`));
    expect(historyOf([fact('registered', 2), fact('closed', 1)], new Set()).map(({ at }) => at)).toEqual(
      [1, 2].map((day) => fact('closed', day).time),
    );
  });
});
