import { describe, expect, it } from 'vitest';
import { notificationsOf } from '../../../services/onboarding/domain/notifications.ts';
import { stallPrediction } from '../../../services/onboarding/domain/stall.ts';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import type { Fact, FactData } from '../../../workflows/onboarding/facts.ts';
import { allReminders, stallRiskOf } from '../../../workflows/onboarding/listing.ts';
import { addSpan } from '../../../workflows/onboarding/workingDays.ts';
import { acceptedFacts, dayAt, fact, factsAndClock } from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const until = (day: number): Fact[] => acceptedFacts().filter(({ time }) => time <= dayAt(day));
const handedIn = (day: number, step: string) =>
  fact('evidence-handed-in', day, { step, evidenceSha256: 'a'.repeat(64), fileName: 'a.pdf' }, `doc${day}`);
const run = (facts: readonly Fact[], day: number, data: readonly string[] = []) =>
  runModel(factsAndClock(facts, day), data);
const documentAt = (facts: readonly Fact[], day: number) =>
  documentOf('w', { supplierUscc: 's', platform: 'p', programme: 'x' }, run(facts, day).facts, []);

/** Whom reminders about a step went to, in order. */
const remindedAbout = (step: string, facts: readonly Fact[], day: number, data: readonly string[] = []) =>
  run(facts, day, data)
    .acts.filter(({ type, data: said }) => type === 'onboarding.reminder-sent.v1' && said.step === step)
    .map(({ data: said }) => said.recipient);

describe('the ladder of reminders', () => {
  it('begins with whoever is waited for', () => {
    expect(remindedAbout('DIAGNOSED', until(0), 200)).toEqual(['rater', 'leader', 'bureau']);
    expect(remindedAbout('PLAN_FILED', until(10), 200)).toEqual(['provider', 'leader', 'bureau']);
    expect(remindedAbout('CONTRACTED', until(25), 200)).toEqual(['supplier', 'leader', 'bureau']);
  });

  it('spares a firm that has handed something in, and its leader: now the bureau has to look', () => {
    const early = [...until(25), handedIn(30, 'CONTRACTED')];
    expect(remindedAbout('CONTRACTED', early, 200)).toEqual(['bureau', 'bureau']);
    // Its deadline lies on day 66, the leader would be told on day 80.
    const late = [...until(25), handedIn(75, 'CONTRACTED')];
    expect(remindedAbout('CONTRACTED', late, 200)).toEqual(['supplier', 'bureau']);
  });

  it('begins anew when what was handed in is given back', () => {
    const back = fact('step-returned', 70, { step: 'CONTRACTED' });
    const facts = [...until(25), handedIn(30, 'CONTRACTED'), back];
    expect(remindedAbout('CONTRACTED', facts, 200)).toEqual(['bureau', 'supplier', 'leader', 'bureau']);
  });

  it('begins anew when a part of the step is done', () => {
    const used = [dayAt(75), dayAt(110)];
    const idle = until(70);
    const confirmed = [...idle, fact('go-live-confirmed', 160)];
    expect(remindedAbout('LIVE', idle, 250, used)).toEqual(['supplier', 'leader', 'bureau']);
    const [first] = used as [string];
    expect(remindedAbout('LIVE', idle, 172, [first])).toEqual(['supplier']);
    // Confirmed before the deadline of day 165: ninety days more for the use to be sustained.
    expect(remindedAbout('LIVE', confirmed, 245, [first])).toEqual([]);
    expect(remindedAbout('LIVE', confirmed, 255, [first])).toEqual(['supplier']);
  });

  it('is at its end the moment a step is done, and looks at what came that very moment', () => {
    expect(remindedAbout('CONTRACTED', [...until(25), fact('contract-signed', 66)], 200)).toEqual([]);
    expect(remindedAbout('CONTRACTED', [...until(25), handedIn(66, 'CONTRACTED')], 200)).toEqual([
      'bureau',
      'bureau',
    ]);
  });

  it('counts the deadline that is shown from the last try', () => {
    const failed = fact('step-failed', 30, { step: 'CONTRACTED' });
    const contract = documentAt([...until(25), failed], 31).steps.find(({ step }) => step === 'CONTRACTED');
    expect(contract?.deadline).toBe(addSpan(dayAt(30), { days: 30, count: 'working' }));
  });

  it('does not come back to a step that was done when another provider comes later', () => {
    const another = fact('provider-reassigned', 195, { providerUscc: 'other' });
    expect(remindedAbout('DEPLOYED', [...until(70), another], 200)).toEqual([]);
  });

  it('does not make up for what fell due while the onboarding was closed', () => {
    const withdrew = fact('supplier-withdrew', 50);
    const { facts } = run([...until(25), withdrew], 51);
    const closing = facts.find(({ type }) => type === 'onboarding.closed.v1')?.id ?? '';
    const again = [...facts, fact('reopened', 120, { closing })];
    // Forty-two days are thirty working days, from the reopening on.
    expect(remindedAbout('CONTRACTED', again, 161)).toEqual([]);
    expect(remindedAbout('CONTRACTED', again, 165)).toEqual(['supplier']);
  });

  it('stays as it was in a programme that names the recipients', () => {
    const registered = fact('registered', 0, { programmeVersion: 'city-2' });
    const facts = [registered, ...until(25), handedIn(30, 'CONTRACTED')];
    expect(remindedAbout('CONTRACTED', facts, 200)).toEqual(['supplier', 'leader', 'bureau']);
    expect(remindedAbout('DIAGNOSED', [registered, ...until(0)], 200)).toEqual([
      'supplier',
      'leader',
      'bureau',
    ]);
  });

  it.each([
    ['provider', 'provider/P'],
    ['platform', 'platform/huanyu'],
    ['rater', 'bureau/510100'],
    ['leader', 'leader/L'],
  ])('writes to the %s at %s', (recipient, party) => {
    const told = notificationsOf({
      id: 'e',
      type: 'onboarding.reminder-sent.v1',
      data: { recipient, platform: 'huanyu', step: 'DEPLOYED' },
      supplierUscc: 'S',
      supplierName: null,
      leaderUscc: 'L',
      providerUscc: 'P',
      cityCode: '510100',
    });
    expect(told.map((one) => one.party)).toEqual([party]);
  });
});

describe('reminders that moved nothing', () => {
  const rulesOf = (facts: readonly Fact[], day: number) => {
    const document = documentAt(facts, day);
    const listed = stallRiskOf(run(facts, day).state);
    const rules = stallPrediction([])(document, new Date(dayAt(day))).map(({ rule }) => rule);
    expect(listed).toBe(rules[0] ?? null);
    return rules;
  };

  it('are those since the step last moved', () => {
    expect(rulesOf(until(25), 85)).toEqual(['MISSED_REMINDERS']);
    expect(rulesOf([...until(25), handedIn(84, 'CONTRACTED')], 85)).toEqual([]);
    const failed = fact('step-failed', 84, {
      step: 'CONTRACTED',
      failure: { group: 'DARE_NOT', cause: 'CASH' },
    });
    expect(rulesOf([...until(25), failed], 85)).toEqual([]);
    expect(rulesOf([...until(25), failed], 160)).toEqual(['MISSED_REMINDERS']);
  });

  it('do not count for a provider who came after them', () => {
    const late = until(40);
    expect(rulesOf(late, 205)).toEqual(['MISSED_REMINDERS', 'MISSED_REMINDERS']);
    const another = fact('provider-reassigned', 204, { providerUscc: 'other' });
    const trained = fact('training-completed', 60);
    expect(rulesOf([...late, trained], 205)).toEqual(['MISSED_REMINDERS']);
    expect(rulesOf([...late, trained, another], 205)).toEqual([]);
  });

  it('were counted for ever by runs that began before', () => {
    const { state } = run([...until(25), handedIn(84, 'CONTRACTED')], 85);
    expect(stallRiskOf(state, allReminders)).toBe('MISSED_REMINDERS');
  });
});

describe('first data that are overdue', () => {
  const connecting = until(70);
  const checked = (key: string, day: number, says: FactData) =>
    fact('platform-checked', day, { step: 'DATA_CONNECTED', isAnswered: true, ...says }, key);
  const found = (facts: readonly Fact[], data: string[] = []) => {
    const known = run(facts, 100, data).facts;
    const document = documentOf('w', { supplierUscc: 's', platform: 'p', programme: 'x' }, known, []);
    return stallPrediction([])(document, new Date(dayAt(100))).filter(({ rule }) => /DATA/.test(rule));
  };
  const silent = checked('first', 90, { firstDataAt: null, lastHeardAt: dayAt(72) });
  const lost = checked('second', 95, { firstDataAt: dayAt(80), lastHeardAt: dayAt(94) });
  const unheard = checked('third', 97, { isAnswered: false, firstDataAt: null, lastHeardAt: null });

  it('have never come to the platform, by its last answer, or were lost on the way from there', () => {
    expect(found(connecting)).toEqual([]);
    expect(found([...connecting, silent])).toMatchObject([
      {
        rule: 'NO_DATA_AT_PLATFORM',
        stage: 'DATA_CONNECTED',
        text: expect.stringContaining('on 2023-03-14'),
      },
    ]);
    expect(found([...connecting, silent, lost, unheard])).toMatchObject([
      { rule: 'DATA_LOST_ON_THE_WAY', text: expect.stringContaining('since 2023-03-22') },
    ]);
  });

  it('say nothing more once data have come', () => {
    expect(found([...connecting, lost], [dayAt(98)])).toEqual([]);
  });
});
