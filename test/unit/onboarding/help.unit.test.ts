import { describe, expect, it } from 'vitest';
import { loadRemedies } from '../../../services/onboarding/adapters/remedyCatalogue.ts';
import { quantile } from '../../../services/onboarding/domain/quantile.ts';
import {
  offeredRemedies,
  type RemedySubject,
  remedyRecord,
  takenRemedies,
} from '../../../services/onboarding/domain/remedies.ts';
import { type Engagement, scorecardOf } from '../../../services/onboarding/domain/scorecard.ts';
import { type StallSubject, stallPrediction } from '../../../services/onboarding/domain/stall.ts';
import { dayAt } from '../../support/onboardingFacts.ts';

const day = (number: number): Date => new Date(dayAt(number));

const passed = (index: number, leader: string, days: number): StallSubject => ({
  _id: `${leader}/${index}`,
  status: 'ACTIVE',
  leaderUscc: leader,
  stages: [{ stage: 'DIAGNOSED', enteredAt: day(0), doneAt: day(days) }],
  steps: [],
  history: [],
});
const waiting = (leader: string, more: Partial<StallSubject> = {}): StallSubject => ({
  ...passed(99, leader, 0),
  stages: [{ stage: 'DIAGNOSED', enteredAt: day(0), doneAt: null }],
  steps: [{ step: 'DIAGNOSED', stage: 'DIAGNOSED', waitingOn: 'rater', attempts: [], evidence: [] }],
  ...more,
});

describe('who is expected to stall', () => {
  const chain = [10, 12, 14, 16, 40].map((days, index) => passed(index, 'boe', days));

  it('is longer in a stage than four fifths of its own chain, and the reason says so', () => {
    const subject = waiting('boe');
    const stallOf = stallPrediction([...chain, subject]);
    expect(stallOf(subject, day(16))).toEqual([]);
    expect(stallOf(subject, day(17))).toMatchObject([
      { rule: 'TIME_IN_STAGE', days: 17, usualDays: 16, comparedWith: 'chain', sample: 5 },
    ]);
  });

  it('is compared with all where the chain is too small, and with nobody where all are too few', () => {
    const subject = waiting('new');
    expect(stallPrediction([...chain, subject])(subject, day(500))).toEqual([]);
    const more = [1, 2, 3, 4, 5].map((days, index) => passed(index, 'other', days));
    expect(stallPrediction([...chain, ...more, subject])(subject, day(15))).toMatchObject([
      { comparedWith: 'all', sample: 10, usualDays: 14 },
    ]);
  });

  it('or has let reminders pass, or failed again; never once it is closed', () => {
    const sent = { event: 'onboarding.reminder-sent.v1', step: 'DIAGNOSED', at: dayAt(5) };
    const failed = { outcome: 'failed', at: dayAt(2) };
    const steps = [
      {
        step: 'DIAGNOSED',
        stage: 'DIAGNOSED' as const,
        waitingOn: 'rater',
        attempts: [failed, failed],
        evidence: [],
      },
    ];
    const subject = waiting('boe', { history: [sent, sent], steps });
    const rules = stallPrediction([subject])(subject, day(9)).map(({ rule }) => rule);
    expect(rules).toEqual(['MISSED_REMINDERS', 'REPEATED_FAILURE']);
    const closed = { ...subject, status: 'FAILED' as const };
    expect(stallPrediction([closed])(closed, day(9))).toEqual([]);
  });
});

describe('remedies', () => {
  const failure = {
    at: dayAt(10),
    outcome: 'failed',
    reason: { group: 'UNABLE', cause: 'LEGACY_EQUIPMENT' },
  } as const;
  const subject = (more: Partial<RemedySubject> = {}): RemedySubject => ({
    status: 'ACTIVE',
    industryCode: '3670',
    baselineLevel: 1,
    steps: [{ step: 'DEPLOYED', state: 'WAITING_ON', attempts: [failure] }],
    history: [],
    ...more,
  });

  it('are offered when help is asked for, by the reason given last', async () => {
    const { remedies } = await loadRemedies();
    const asked = {
      event: 'onboarding.help-requested.v1',
      step: 'DEPLOYED',
      remedy: null,
      reason: { group: 'UNABLE', cause: 'NO_ERP' },
    } as const;
    const offered = (at: number, steps = subject().steps) =>
      offeredRemedies(subject({ steps, history: [{ ...asked, at: dayAt(at) }] }), remedies, new Map()).map(
        ({ remedy }) => remedy,
      );
    const untried = [{ step: 'DEPLOYED', state: 'WAITING_ON', attempts: [] }];
    expect(offered(5, untried)).toEqual(['light-saas']);
    expect(offered(20)).toEqual(['light-saas']);
    expect(offered(5)).toEqual(['gateway-kit']);
    expect(offered(20, [{ ...untried[0], step: 'DEPLOYED', state: 'DONE', attempts: [] }])).toEqual([]);
  });

  it('fit the reason, the industry and the level', async () => {
    const { remedies } = await loadRemedies();
    const idsFor = (one: RemedySubject) =>
      offeredRemedies(one, remedies, new Map()).map(({ remedy }) => remedy);
    expect(idsFor(subject())).toEqual(['gateway-kit']);
    expect(idsFor(subject({ industryCode: '1311' }))).toEqual([]);
    const noErp = { ...failure, reason: { group: 'UNABLE', cause: 'NO_ERP' } } as const;
    const steps = [{ step: 'DEPLOYED', state: 'WAITING_ON', attempts: [noErp] }];
    expect(idsFor(subject({ steps }))).toEqual(['light-saas']);
    expect(idsFor(subject({ steps, baselineLevel: 3 }))).toEqual([]);
    expect(idsFor(subject({ steps: [{ step: 'DEPLOYED', state: 'DONE', attempts: [noErp] }] }))).toEqual([]);
  });

  it('worked where the step was done afterwards, and not where it failed again or all ended', () => {
    const taken = {
      event: 'onboarding.remedy-taken.v1',
      at: dayAt(11),
      step: 'DEPLOYED',
      remedy: 'gateway-kit',
    };
    const tryOf = (outcome: string) =>
      subject({
        history: [taken],
        steps: [
          { step: 'DEPLOYED', state: 'x', attempts: [failure, { at: dayAt(20), outcome, reason: null }] },
        ],
      });
    const outcomeOf = (one: RemedySubject) => takenRemedies(one).map(({ outcome }) => outcome);
    expect(outcomeOf(tryOf('done'))).toEqual(['worked']);
    expect(outcomeOf(tryOf('failed'))).toEqual(['did-not-work']);
    expect(outcomeOf(subject({ history: [taken] }))).toEqual(['open']);
    expect(outcomeOf(subject({ history: [taken], status: 'EXPIRED' }))).toEqual(['did-not-work']);
    expect(remedyRecord([tryOf('done'), tryOf('failed')]).get('gateway-kit')).toEqual({
      taken: 2,
      worked: 1,
    });
  });

  it('count once for a try, however often they were taken, and not at all when that was taken back', () => {
    const taken = {
      event: 'onboarding.remedy-taken.v1',
      step: 'DEPLOYED',
      remedy: 'gateway-kit',
    };
    const at = (number: number) => ({ ...taken, at: dayAt(number) });
    const again = { ...failure, at: dayAt(20) };
    const done = { at: dayAt(40), outcome: 'done', reason: null };
    const steps = [{ step: 'DEPLOYED', state: 'DONE', attempts: [failure, again, done] }];
    const outcomes = (history: RemedySubject['history']) =>
      takenRemedies(subject({ history, steps })).map(({ outcome }) => outcome);
    expect(outcomes([at(11), at(12)])).toEqual(['did-not-work']);
    expect(outcomes([at(11), at(12), at(21)])).toEqual(['did-not-work', 'worked']);
    expect(outcomes([{ ...at(11), isTakenBack: true }, at(21)])).toEqual(['worked']);
  });
});

describe('the scorecard of providers', () => {
  const engagement = (more: Partial<Engagement>): Engagement => ({
    supplierUscc: 'a',
    providerUscc: 'p',
    solution: 'MES light',
    status: 'ACTIVE',
    failureReason: null,
    priceFen: 100,
    plannedAt: day(0),
    liveAt: null,
    closedAt: null,
    isReplaced: false,
    ...more,
  });

  it('does not credit a provider that was replaced with what its successor did, nor blame it for that', () => {
    const replaced = { isReplaced: true, closedAt: day(40) };
    const rows = [
      engagement({ ...replaced, status: 'ACCEPTED' }),
      engagement({ ...replaced, supplierUscc: 'b', status: 'ACTIVE' }),
      engagement({
        ...replaced,
        supplierUscc: 'c',
        status: 'FAILED',
        failureReason: { group: 'DARE_NOT', cause: 'CASH' },
      }),
    ];
    expect(scorecardOf(rows, new Map([['a', 4]]), day(60)).providers).toMatchObject([
      {
        engaged: 3,
        open: 0,
        done: 0,
        failed: 3,
        failedByReason: { REPLACED: 3 },
        medianDaysToLive: null,
        replicatedElsewhere: 0,
      },
    ]);
  });

  it('counts what was done and failed and why, days with the open ones censored, price, and copies', () => {
    const rows = [
      engagement({ status: 'ACCEPTED', liveAt: day(90), closedAt: day(150) }),
      engagement({
        supplierUscc: 'b',
        status: 'FAILED',
        closedAt: day(30),
        priceFen: 300,
        failureReason: { group: 'PROVIDER', cause: 'DEFAULT' },
      }),
      engagement({ supplierUscc: 'c', solution: 'ERP', priceFen: null }),
    ];
    const card = scorecardOf(
      rows,
      new Map([
        ['a', 4],
        ['z', 9],
      ]),
      day(60),
    );
    expect(card.providers).toMatchObject([
      {
        uscc: 'p',
        engaged: 3,
        open: 1,
        done: 1,
        failed: 1,
        failedByReason: { 'PROVIDER/DEFAULT': 1 },
        medianDaysToLive: 90,
        medianPriceFen: 100,
        replicatedElsewhere: 4,
        solutions: [
          { solution: 'ERP', engaged: 1 },
          { solution: 'MES light', engaged: 2, done: 1 },
        ],
      },
    ]);
  });

  it('takes the nearest rank', () => {
    expect(quantile([5, 1, 3, 2, 4], 0.8)).toBe(4);
    expect(quantile([], 0.5)).toBeNull();
  });
});
