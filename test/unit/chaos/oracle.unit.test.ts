import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedMonths } from '../../chaos/kpiOracle.ts';
import { expectedOnboardings } from '../../chaos/onboardingOracle.ts';
import { type GivenVerdict, judge, takenBack } from '../../chaos/oracle.ts';
import { planOf } from '../../chaos/plan.ts';
import { LAST_MS } from '../../chaos/population.ts';
import { chaosStream } from '../../chaos/stream.ts';
import { coordinatesOf, eventOf, type SentEvent, type TopicRecord } from '../../chaos/topicRecord.ts';

/** The stream as it stands in topics of one partition each. */
function topicsOf(seed: number, events: number): TopicRecord[] {
  const ends = new Map<string, number>();
  return chaosStream(seed, events).records.map(({ topic, headers, value }) => {
    const offset = ends.get(topic) ?? 0;
    ends.set(topic, offset + 1);
    return { topic, partition: 0, offset, headers, value: value.toString() };
  });
}

/** Verdicts as a plain loop gives them that takes records in order. */
function verdictsOf(records: readonly TopicRecord[]): Map<string, GivenVerdict> {
  const accepted = new Map<string, string>();
  return new Map(
    records.map((record): [string, GivenVerdict] => {
      const event = eventOf(record);
      if (event === null) return [coordinatesOf(record), 'rejected'];
      const before = accepted.get(event.identity);
      if (before === undefined) accepted.set(event.identity, event.content);
      const isFirst = before === undefined;
      return [
        coordinatesOf(record),
        isFirst ? 'accepted' : before === event.content ? 'duplicates' : 'conflicts',
      ];
    }),
  );
}

const never = (): boolean => false;

describe('the stream of a seed', () => {
  it('is the same again, as long as asked for, in the order of arrival, and nothing arrives before it happened', () => {
    const stream = chaosStream(7, 3_000);
    expect(chaosStream(7, 3_000)).toEqual(stream);
    expect(chaosStream(8, 3_000)).not.toEqual(stream);
    expect(stream.records).toHaveLength(3_000);
    const arrivals = stream.records.map((record) => record.arrivesAtMs);
    expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
    for (const record of stream.records) {
      const event = eventOf({ ...record, partition: 0, offset: 0, value: record.value.toString() });
      if (event !== null) expect(event.timeMs).toBeLessThanOrEqual(record.arrivesAtMs);
    }
  });

  it('holds all that the oracle is there for', () => {
    const { expected, accepted } = judge(topicsOf(7, 3_000), verdictsOf(topicsOf(7, 3_000)), never);
    expect(Math.min(expected.duplicates, expected.conflicts, expected.rejected)).toBeGreaterThan(20);
    expect(takenBack(accepted.values()).size).toBeGreaterThan(50);
    // A stream this small holds some twenty onboardings: several of them hold every ending.
    const endings = [7, 8, 9, 10].flatMap((seed) => {
      const told = judge(topicsOf(seed, 3_000), verdictsOf(topicsOf(seed, 3_000)), never).accepted;
      return [...expectedOnboardings([...told.values()], LAST_MS).values()];
    });
    expect(new Set(endings.map(({ status }) => status)).size).toBeGreaterThanOrEqual(5);
  });

  it('comes with a plan that hits everything', () => {
    const plan = planOf(7, 3_000);
    expect(planOf(7, 3_000)).toEqual(plan);
    const killed = plan.flatMap((mishap) => (mishap.kind === 'kill' ? [mishap.target] : []));
    expect(new Set(killed).size).toBe(7);
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(['kill', 'lose', 'pause', 'widen']));
  });
});

describe('the oracle', () => {
  const records = topicsOf(5, 1_000);
  const verdicts = verdictsOf(records);
  const coordinatesGiven = (verdict: GivenVerdict): string =>
    [...verdicts].find(([, given]) => given === verdict)?.[0] ?? '';

  it('finds nothing wrong with verdicts that are right', () => {
    expect(judge(records, verdicts, never)).toMatchObject({ lost: [], doubled: [] });
  });

  it.each<[string, GivenVerdict, GivenVerdict | null]>([
    ['a record without a verdict', 'accepted', null],
    ['garbage that was accepted', 'rejected', 'accepted'],
    ['a conflict that was taken for a repetition', 'conflicts', 'duplicates'],
    ['a record that waits for ever', 'accepted', 'parked'],
  ])('finds %s', (_, of, instead) => {
    const changed = new Map(verdicts);
    if (instead === null) changed.delete(coordinatesGiven(of));
    else changed.set(coordinatesGiven(of), instead);
    expect(judge(records, changed, never).lost.length).toBeGreaterThan(0);
  });

  it('finds an identity that was accepted twice', () => {
    const changed = new Map(verdicts).set(coordinatesGiven('duplicates'), 'accepted');
    expect(judge(records, changed, never).doubled).toHaveLength(1);
  });

  it('lets any copy win where they stand in different partitions, and the first alone where they do not', () => {
    const conflict = coordinatesGiven('conflicts');
    const loser = records.find((record) => coordinatesOf(record) === conflict) as TopicRecord;
    const { identity } = eventOf(loser) as SentEvent;
    const group = records.filter((record) => eventOf(record)?.identity === identity);
    const swapped = new Map(group.map((record) => [coordinatesOf(record), 'conflicts' as GivenVerdict]));
    swapped.set(conflict, 'accepted');
    expect(judge(group, swapped, never).lost.length).toBeGreaterThan(0);
    const apart = group.map((record) => (record === loser ? { ...record, partition: 1 } : record));
    const given = new Map(swapped).set(coordinatesOf({ ...loser, partition: 1 }), 'accepted');
    expect(judge(apart, given, never)).toMatchObject({ lost: [], doubled: [] });
  });

  it('knows figures as a set: the order of arrival makes no difference', () => {
    const accepted = [...judge(records, verdicts, never).accepted.values()];
    const once = expectedMonths(accepted);
    fc.assert(
      fc.property(fc.shuffledSubarray(accepted, { minLength: accepted.length }), (shuffled) => {
        expect(expectedMonths(shuffled)).toEqual(once);
      }),
      { numRuns: 5 },
    );
  });
});
