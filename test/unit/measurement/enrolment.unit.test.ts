import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { voidedIdentities } from '../../../services/measurement/domain/corrections.ts';
import type { Enrolment } from '../../../services/measurement/domain/enrolment.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { addToFirm, type Firm } from '../../../services/measurement/domain/firm.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { fold } from '../../../workflows/onboarding/decider.ts';
import { type Fact as WorkflowFact, factOf as workflowFactOf } from '../../../workflows/onboarding/facts.ts';
import { nominationOf } from '../../../workflows/onboarding/view.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact } from './facts.ts';

const [LEADER, OTHER_LEADER] = [testUscc(601), testUscc(602)];
const LATER = new Date('2025-01-01T00:00:00Z');
const PROGRAMME = 'sme-510100-2023';
const dayMs = (day: number): number => Date.parse('2024-01-01T00:00:00Z') + day * 86_400_000;

/** A statement about the firm's onboarding, named by its kind and day. */
const on = (day: number, kind: string, data: Fact['data'] = {}, id = `${kind}${day}`): Fact =>
  fact({
    id,
    type: `onboarding.${kind}.v1`,
    timeMs: dayMs(day),
    data: { supplierUscc: FIRM, programme: PROGRAMME, platform: 'iip', ...data },
  });
const closed = (day: number, status: string): Fact =>
  on(day, 'closed', { status, stage: status === 'ACCEPTED' ? 'ACCEPTED' : 'LIVE', failureReason: null });
const reopened = (day: number, closing: Fact): Fact => on(day, 'reopened', { closing: closing.identity });
const used = (day: number): Fact => on(day, 'use-sustained');
const connected = (day: number): Fact => on(day, 'data-connected');
const nominated = (day: number, leaderUscc: string, cityCode: string): Fact =>
  on(day, 'supplier-nominated', { leaderUscc, cityCode, industryCode: '3670' }, `by ${leaderUscc}/${day}`);
const applied = (day: number, cityCode: string): Fact =>
  on(day, 'supplier-applied', { cityCode, industryCode: '3670' });

/** The firm's onboarding as a world of that instant has it. */
const enrolmentOf = (facts: readonly Fact[], at = LATER): Enrolment => {
  const [participation] = new World(foldModels(facts), at).participations;
  return participation?.enrolment ?? {};
};
const idOf = (stated: { identity: string } | undefined): string | null =>
  stated?.identity.slice(stated.identity.indexOf(' ') + 1) ?? null;
/** What of it stands, by name. */
const standing = (facts: readonly Fact[], at = LATER) => {
  const enrolment = enrolmentOf(facts, at);
  return {
    closed: enrolment.closed?.status ?? null,
    connected: idOf(enrolment.connected),
    used: idOf(enrolment.used),
  };
};
/** The facts without what was taken back. */
const without = (facts: readonly Fact[], ...gone: readonly Fact[]): Fact[] => {
  const voided = voidedIdentities(
    gone.map(({ identity }, nth) => ({ _id: `c${nth}`, target: identity, timeMs: dayMs(300) })),
  );
  return facts.filter(({ identity }) => !voided.has(identity));
};

/** The firm as it becomes when its facts come one by one in that order. */
const arrived = (facts: readonly Fact[]): Firm | null =>
  facts.reduce<Firm | null>((firm, one) => addToFirm(firm, one), null);
const expectAnyOrder = (facts: readonly Fact[]): void => {
  const atOnce = foldModels(facts).firms.get(FIRM);
  fc.assert(
    fc.property(fc.shuffledSubarray([...facts], { minLength: facts.length }), (shuffled) => {
      expect(arrived(shuffled)).toEqual(atOnce);
    }),
  );
};

describe('an onboarding that failed and was reopened', () => {
  const [failed, accepted] = [closed(10, 'FAILED'), closed(30, 'ACCEPTED')];
  const back = reopened(15, failed);
  const facts = [
    nominated(0, LEADER, '510100'),
    ...[connected(5), used(10), failed, back, connected(20), used(25), accepted],
  ];

  it('is accepted once it was accepted then, by what was stated since', () => {
    expect(standing(facts)).toEqual({
      closed: 'ACCEPTED',
      connected: 'data-connected20',
      used: 'use-sustained25',
    });
    expectAnyOrder(facts);
  });

  it('had failed until it was reopened, and was open from then on', () => {
    const at = (day: number) => standing(facts, new Date(dayMs(day)));
    expect(at(14)).toEqual({ closed: 'FAILED', connected: 'data-connected5', used: 'use-sustained10' });
    expect(at(15)).toEqual({ closed: null, connected: null, used: null });
    expect(at(25)).toEqual({ closed: null, connected: 'data-connected20', used: 'use-sustained25' });
    expect(at(30).closed).toBe('ACCEPTED');
  });

  it.each([
    ['its reopening', back, { closed: 'FAILED', connected: 'data-connected5', used: 'use-sustained10' }],
    ['its failure', failed, { closed: 'ACCEPTED', connected: 'data-connected5', used: 'use-sustained10' }],
    ['its acceptance', accepted, { closed: null, connected: 'data-connected20', used: 'use-sustained25' }],
  ])('stands otherwise when %s is taken back', (_, gone, found) => {
    expect(standing(without(facts, gone))).toEqual(found);
  });
});

describe('an onboarding that was accepted and reopened', () => {
  const accepted = closed(10, 'ACCEPTED');
  const back = reopened(15, accepted);
  const facts = [nominated(0, LEADER, '510100'), connected(5), used(6), accepted, back];

  it('is open again, and keeps connection and use', () => {
    expect(standing(facts)).toEqual({ closed: null, connected: 'data-connected5', used: 'use-sustained6' });
    expect(standing(facts, new Date(dayMs(14))).closed).toBe('ACCEPTED');
    expectAnyOrder(facts);
  });

  it('is accepted again when the reopening is taken back, and stays so where one names another closing', () => {
    expect(standing(without(facts, back)).closed).toBe('ACCEPTED');
    expect(standing([...without(facts, back), on(15, 'reopened', { closing: '/another 1' })]).closed).toBe(
      'ACCEPTED',
    );
  });

  it('ends by what closes it next', () => {
    const again = [...facts, closed(40, 'EXPIRED')];
    expect(standing(again).closed).toBe('EXPIRED');
    expect(standing([...again, reopened(50, again.at(-1)!)])).toEqual({
      closed: null,
      connected: null,
      used: null,
    });
  });
});

describe('the nomination that stands', () => {
  const stands = (facts: readonly Fact[]) => {
    const { leader, city } = enrolmentOf(facts).nominated ?? {};
    return [leader, city];
  };

  it('is the first by a leader, whatever came later and in whichever order', () => {
    const [first, second] = [nominated(3, LEADER, '510100'), nominated(9, OTHER_LEADER, '320500')];
    expect(stands([second, first])).toEqual([LEADER, '510100']);
    expect(stands(without([first, second], first))).toEqual([OTHER_LEADER, '320500']);
    expect(stands([nominated(3, OTHER_LEADER, '320500'), nominated(9, LEADER, '510100')])).toEqual([
      OTHER_LEADER,
      '320500',
    ]);
    expect(arrived([second, first])).toMatchObject({ places: ['510100'], chains: [LEADER] });
    expectAnyOrder([first, second, nominated(12, LEADER, '510600'), applied(1, '440100')]);
  });

  it('goes before every application; of those the first stands', () => {
    const applications = [applied(5, '440100'), applied(1, '330200')];
    expect(stands(applications)).toEqual(['', '330200']);
    expect(stands([...applications, nominated(20, LEADER, '510100')])).toEqual([LEADER, '510100']);
  });
});

/** What may be stated of an onboarding, at few instants so that ties happen; reopenings name any of the closings. */
const someFact: fc.Arbitrary<Fact> = fc
  .record({
    kind: fc.constantFrom(
      'closed',
      'closed',
      'reopened',
      'use-sustained',
      'data-connected',
      'supplier-nominated',
      'supplier-applied',
    ),
    day: fc.integer({ min: 1, max: 6 }),
    nth: fc.integer({ min: 1, max: 6 }),
    isAccepted: fc.boolean(),
  })
  .map(({ kind, day, nth, isAccepted }) => {
    const id = `${kind}/${nth}`;
    switch (kind) {
      case 'closed':
        return on(
          day,
          kind,
          { status: isAccepted ? 'ACCEPTED' : 'FAILED', stage: 'LIVE', failureReason: null, basis: [] },
          id,
        );
      case 'reopened':
        return on(
          day,
          kind,
          { closing: closed(1, 'FAILED').identity.replace('closed1', `closed/${1 + (nth % 3)}`) },
          id,
        );
      case 'supplier-nominated':
        return on(
          day,
          kind,
          { leaderUscc: testUscc(610 + nth), cityCode: `51${nth}100`, industryCode: '3670' },
          id,
        );
      case 'supplier-applied':
        return on(day, kind, { cityCode: `32${nth}100`, industryCode: '3670' }, id);
      default:
        return on(day, kind, {}, id);
    }
  });

const inWorkflow = ({ identity, type, timeMs, correlationId, data }: Fact): WorkflowFact =>
  workflowFactOf({
    ...{ id: identity, type: type as WorkflowFact['type'], correlationId, data },
    time: new Date(timeMs).toISOString(),
  });

describe('figures and the workflow', () => {
  it('say the same of every onboarding: how it ended, what of it stands, where the firm belongs', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(someFact, { selector: ({ identity }) => identity, maxLength: 12 }),
        (facts) => {
          const state = fold(facts.map(inWorkflow), '');
          const firstOf = (kind: string): string | undefined =>
            state.standing.find(({ type }) => type === `onboarding.${kind}.v1`)?.id;
          const enrolment = enrolmentOf(facts);
          expect(enrolment.closed?.identity).toBe(
            state.status === 'CLOSED' ? state.ending.decidedBy : undefined,
          );
          expect(enrolment.used?.identity).toBe(firstOf('use-sustained'));
          expect(enrolment.connected?.identity).toBe(firstOf('data-connected'));
          // A nomination that a closing did not know waits for a reopening there; figures count it at once.
          if (state.status === 'ACTIVE')
            expect(enrolment.nominated?.city).toBe(nominationOf(state)?.cityCode);
        },
      ),
      { numRuns: 300 },
    );
  });
});
