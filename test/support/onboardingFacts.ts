import fc from 'fast-check';
import type { OutcomeDisplacement } from '../../schemas/events/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import { DAY_MS } from '../../schemas/time.ts';
import type { Fact, FactData } from '../../workflows/onboarding/facts.ts';
import { testUscc } from './events.ts';
import type { Happening } from './onboardingModel.ts';

const START_MS = Date.parse('2023-01-01T00:00:00.000Z');

/** The instant so many days into the programme. */
export const dayAt = (day: number): string => new Date(START_MS + day * DAY_MS).toISOString();

export const fact = (name: string, day: number, data: FactData = {}, key = name): Fact => ({
  id: `/test ${key}`,
  type: `onboarding.${name}.v1` as EventType,
  time: dayAt(day),
  correlationId: key,
  data,
});

/** An onboarding that runs through when nothing intervenes. */
export function acceptedFacts(): Fact[] {
  return [
    fact('supplier-nominated', 0, { leaderUscc: 'leader', supplierName: 'S' }),
    fact('diagnosis-completed', 10, { level: 1 }),
    fact('plan-filed', 20, { providerUscc: 'provider' }),
    fact('plan-approved', 25, { actor: { name: 'Li', role: 'bureau' } }),
    fact('contract-signed', 40, { providerUscc: 'provider' }),
    fact('training-completed', 60),
    fact('system-deployed', 70),
    fact('go-live-confirmed', 110),
    fact('self-assessed', 120, { level: 2 }),
    fact('level-assessed', 130, { level: 2 }),
    fact('finance-audited', 135, { outcome: 'matched' }),
    fact('acceptance-decided', 150, { outcome: 'accepted' }),
  ];
}
/** In March, April and May of the programme’s first year; the devices were registered in February. */
export const ACCEPTED_DATA = [dayAt(30), dayAt(75), dayAt(105), dayAt(135)];

export const factsAndClock = (facts: readonly Fact[], ...clocks: readonly number[]): Happening[] => [
  ...facts.map((one): Happening => ({ kind: 'fact', fact: one })),
  ...clocks.map((day): Happening => ({ kind: 'clock', at: dayAt(day) })),
];

/** A correction of a fact, or of a correction. */
export const correction = (target: string, day: number, key = `correction of ${target}`): Fact => ({
  id: `/test ${key}`,
  type: 'correction.declared.v1',
  time: dayAt(day),
  correlationId: key,
  data: { corrects: target, comment: 'stated by mistake' },
});

/** Some of a story's facts are taken back, or what takes them back is, on any day. */
export const corrected = (one: Story): fc.Arbitrary<Story> =>
  fc
    .array(fc.tuple(fc.nat({ max: one.facts.length + 2 }), fc.integer({ min: 0, max: 700 })), {
      maxLength: 4,
    })
    .map((corrections) => {
      const facts = [...one.facts];
      for (const [nth, [index, day]] of corrections.entries()) {
        const target = facts[index];
        if (target !== undefined) facts.push(correction(target.id, day, `correction-${nth}`));
      }
      return { ...one, facts };
    });

export interface Story {
  readonly facts: readonly Fact[];
  readonly data: readonly string[];
}

/** Of the mishaps: those that a provider reports, or that name one. */
const NAMES_PROVIDER: ReadonlySet<string> = new Set(['step-failed', 'provider-reassigned']);

/** Any story: some of the usual facts at any time, mishaps, endings of every kind, data on any days. */
export const story: fc.Arbitrary<Story> = fc.record({
  facts: fc
    .tuple(
      fc.subarray(acceptedFacts(), { minLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 12, maxLength: 12 }),
      fc.boolean(),
      fc.array(
        fc.record({
          name: fc.constantFrom(
            'step-failed',
            'supplier-withdrew',
            'plan-declined',
            'acceptance-decided',
            'finance-audited',
            'level-assessed',
            'step-skipped',
            // Twice: a return matters only where it meets a step that was done.
            'step-returned',
            'step-returned',
            'provider-reassigned',
            'evidence-handed-in',
          ),
          day: fc.integer({ min: 0, max: 600 }),
          final: fc.boolean(),
          providerUscc: fc.constantFrom('provider', 'stranger'),
          step: fc.constantFrom(
            ...['DEPLOYED', 'TRAINED', 'CONTRACTED', 'LIVE', 'PLAN_FILED', 'PLAN_APPROVED', 'ONSITE_RATED'],
          ),
        }),
        { maxLength: 3 },
      ),
    )
    .map(([usual, days, isShuffled, mishaps]) => [
      ...usual.map((one, index) => (isShuffled ? { ...one, time: dayAt(days[index] ?? 0) } : one)),
      ...mishaps.map(({ name, day, final, step, providerUscc }, index) =>
        fact(
          name,
          day,
          {
            final,
            step,
            ...(NAMES_PROVIDER.has(name) ? { providerUscc } : {}),
            level: 1,
            outcome: name === 'finance-audited' ? 'mismatched' : 'declined',
            failure: { group: 'UNABLE', cause: 'NO_ERP' },
          },
          `${name}-${index}`,
        ),
      ),
    ]),
  data: fc.array(fc.integer({ min: 0, max: 400 }).map(dayAt), { maxLength: 6 }),
});

/** The end of every story: all windows have closed by then. */
export const END_DAY = 2_000;

/**
 * Any way in which a story's facts may arrive: in any order, and time told in any steps, as long as the watermark keeps its
 * promise: told "day d", every fact up to day d has come.
 */
export function arrivalOf(facts: readonly Fact[]): fc.Arbitrary<Happening[]> {
  return fc
    .tuple(
      fc.shuffledSubarray([...facts], { minLength: facts.length }),
      fc.uniqueArray(fc.integer({ min: 0, max: 900 }), { maxLength: 25 }),
      fc.array(fc.integer({ min: 0, max: 10 }), { minLength: facts.length, maxLength: facts.length }),
    )
    .map(([shuffled, days, repeats]) => {
      const clocks = [...days].sort((a, b) => a - b);
      const happenings: Happening[] = [];
      let waiting = shuffled.map((one, index) => ({
        one,
        isTwice: (repeats[index] ?? 0) > 7,
        early: (repeats[index] ?? 0) % 3,
      }));
      for (const day of [...clocks, END_DAY]) {
        const at = dayAt(day);
        const come = waiting.filter(({ one, early }) => one.time <= at || early === 0);
        for (const { one, isTwice } of come)
          happenings.push(
            ...Array.from({ length: isTwice ? 2 : 1 }, (): Happening => ({ kind: 'fact', fact: one })),
          );
        waiting = waiting.filter((entry) => !come.includes(entry));
        happenings.push({ kind: 'clock', at });
      }
      return happenings;
    });
}

/** What the measurement says became of stock meanwhile: the leader's gain, and none for the chain. */
export const BESIDE_OUTCOME: OutcomeDisplacement = {
  ...{ leaderUscc: testUscc(498), name: '整车厂', asOf: '2024-09-01T00:00:00.000Z', unmeasured: 1 },
  ...{ leader: 0.22, suppliers: -0.1, others: null, chain: 0, supplierFirms: 6, otherFirms: 0 },
  figureId: `turns/${testUscc(498)}/chain`,
};
