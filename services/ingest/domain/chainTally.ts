import { type ChainEntry, VERDICTS, type Verdict } from './chain.ts';

/** What a partition's head says of its chain beside its length and hash. */
interface Stated {
  readonly nextOffset: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly maxTime: Date | null;
  readonly lastTime: Date | null;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** Counts a partition's verdicts as they were given, link by link, and says where they contradict each other or the head. */
export class ChainTally {
  /** Records that wait: offset → position of the verdict that parked them. */
  readonly waiting = new Map<number, number>();
  private readonly counts: Record<Verdict, number> = {
    accepted: 0,
    duplicates: 0,
    conflicts: 0,
    rejected: 0,
    parked: 0,
  };
  private nextOffset = 0;
  private maxTime = NEVER;
  /** Latest business time of the newest batch that accepted anything, and which that is. */
  private lastTime = NEVER;
  private lastBatch = 0;

  /** @returns what is wrong with this verdict after those before it, or null */
  add({ seq, offset, verdict, released }: ChainEntry): string | null {
    if (released) {
      if (!this.waiting.delete(offset)) return `verdict ${seq} releases a record that was not waiting`;
      this.counts.parked--;
    } else {
      if (offset < this.nextOffset)
        return `verdict ${seq} is about offset ${offset}, which was judged before or lies behind it`;
      this.nextOffset = offset + 1;
    }
    this.counts[verdict]++;
    if (verdict === 'parked') this.waiting.set(offset, seq);
    return null;
  }

  /** Notes the business time of an accepted event. @param batch tells those apart that became durable together */
  noteTime(time: Date, batch: number): void {
    this.maxTime = Math.max(this.maxTime, time.getTime());
    this.lastTime = batch === this.lastBatch ? Math.max(this.lastTime, time.getTime()) : time.getTime();
    this.lastBatch = batch;
  }

  /** @returns what the head says otherwise than the chain it belongs to, or null */
  faultOf(head: Stated, isEmpty: boolean): string | null {
    if (!Number.isSafeInteger(head.nextOffset) || head.nextOffset < 0)
      return `the partition goes on at ${head.nextOffset}, which is no offset`;
    // Where a chain without a verdict begins, the chain cannot tell.
    if (!isEmpty && head.nextOffset !== this.nextOffset)
      return head.nextOffset > this.nextOffset
        ? `the partition goes on at offset ${head.nextOffset}, the last verdict is about ${this.nextOffset - 1}: what stands between would never be judged; set nextOffset of the partition back to ${this.nextOffset}`
        : `the partition goes on at offset ${head.nextOffset}, but the last verdict is about ${this.nextOffset - 1}; set nextOffset of the partition to ${this.nextOffset}`;
    const wrong = VERDICTS.find((verdict) => head.counts?.[verdict] !== this.counts[verdict]);
    if (wrong !== undefined)
      return `the partition counts ${head.counts?.[wrong]} ${wrong}, its chain holds ${this.counts[wrong]}`;
    if (instantOf(head.maxTime) !== this.maxTime)
      return `the partition's latest business time is ${shown(head.maxTime)}, that of its events is ${shown(this.maxTime)}`;
    return instantOf(head.lastTime) === this.lastTime
      ? null
      : `the partition's newest business time is ${shown(head.lastTime)}, that of the last batch with events is ${shown(this.lastTime)}`;
  }
}

/** What stands in the database as an instant need not be one. */
function instantOf(stated: unknown): number {
  if (stated instanceof Date) return stated.getTime();
  return stated === null || stated === undefined ? NEVER : Number.NaN;
}

function shown(instant: unknown): string {
  if (instant === null || instant === undefined || instant === NEVER) return 'none';
  const date = instant instanceof Date || typeof instant === 'number' ? new Date(instant) : null;
  return date === null || Number.isNaN(date.getTime()) ? 'no instant' : date.toISOString();
}
