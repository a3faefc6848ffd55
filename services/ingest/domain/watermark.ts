/** What the watermark needs to know of a partition at one moment. */
export interface PartitionProgress {
  readonly key: string;
  readonly topic: string;
  readonly nextOffset: number;
  /** Latest business time accepted so far. */
  readonly maxTime: Date | null;
  /** Latest business time of the newest batch that accepted anything. */
  readonly lastTime: Date | null;
}

export interface WatermarkRule {
  /** How long after its business time an event may still arrive. */
  readonly latenessMs: number;
  readonly clock: 'wall' | 'stream';
  /** With clock `wall`: how long nothing must have come before silence counts as having caught up. */
  readonly quietMs: number;
  /** Topics whose times say nothing about the stream's progress: acts carry the time of what caused them. */
  readonly ignoredTopics: readonly string[];
}

/**
 * How far business time has come, given that everything sent before `now` has been stored.
 *
 * Of the partitions that received records since the last look, the slowest decides; those that received none had
 * nothing to say. One partition alone can never pull the time past the second-latest of all, so a sender with a wrong
 * clock does no harm. With clock `wall`, a stream whose newest events are recent has caught up, and business time is now.
 * A stream that never carried anything has no business time.
 * @param before state at the last look; partitions that have not moved since are left out
 * @param quietForMs how long it is since the last record arrived
 */
export function watermarkOf(
  before: readonly PartitionProgress[],
  current: readonly PartitionProgress[],
  rule: WatermarkRule,
  now: Date,
  quietForMs: number,
): { readonly at: Date; readonly caughtUp: boolean } | null {
  const seen = new Map(before.map((partition) => [partition.key, partition.nextOffset]));
  const timed = current.filter(
    (partition) => partition.maxTime !== null && !rule.ignoredTopics.includes(partition.topic),
  );
  const active = timed.filter((partition) => (seen.get(partition.key) ?? 0) < partition.nextOffset);
  if (timed.length === 0) return null;
  if (rule.clock === 'wall') {
    const isRecent =
      active.length > 0 &&
      active.every((partition) => now.getTime() - timeOf(partition.lastTime) <= rule.latenessMs);
    if (isRecent || quietForMs >= rule.quietMs) return { at: now, caughtUp: true };
  }
  if (active.length === 0) return null;
  const slowest = Math.min(...active.map((partition) => timeOf(partition.maxTime)));
  const latestFirst = timed.map((partition) => timeOf(partition.maxTime)).sort((a, b) => b - a);
  const bound = latestFirst[1] ?? latestFirst[0] ?? slowest;
  return { at: new Date(Math.min(slowest, bound) - rule.latenessMs), caughtUp: false };
}

const timeOf = (time: Date | null): number => time?.getTime() ?? Number.NEGATIVE_INFINITY;
