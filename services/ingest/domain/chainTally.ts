import { type ChainEntry, VERDICTS, type Verdict } from './chain.ts';

/** What a partition's head says of its chain beside its length and hash. */
interface Stated {
  readonly nextOffset: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly maxTime: Date | null;
}

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
  private maxTime = Number.NEGATIVE_INFINITY;

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

  /** Notes the business time of an accepted event. */
  noteTime(time: Date): void {
    this.maxTime = Math.max(this.maxTime, time.getTime());
  }

  /** @returns what the head says otherwise than the chain it belongs to, or null */
  faultOf(head: Stated, isEmpty: boolean): string | null {
    // Where a chain without a verdict begins, the chain cannot tell.
    if (!isEmpty && head.nextOffset !== this.nextOffset)
      return head.nextOffset > this.nextOffset
        ? `the partition goes on at offset ${head.nextOffset}, the last verdict is about ${this.nextOffset - 1}: what stands between would never be judged; set nextOffset of the partition back to ${this.nextOffset}`
        : `the partition goes on at offset ${head.nextOffset}, but the last verdict is about ${this.nextOffset - 1}; set nextOffset of the partition to ${this.nextOffset}`;
    const wrong = VERDICTS.find((verdict) => head.counts?.[verdict] !== this.counts[verdict]);
    if (wrong !== undefined)
      return `the partition counts ${head.counts?.[wrong]} ${wrong}, its chain holds ${this.counts[wrong]}`;
    const maxTime = head.maxTime?.getTime() ?? Number.NEGATIVE_INFINITY;
    return maxTime === this.maxTime
      ? null
      : `the partition's latest business time is ${head.maxTime?.toISOString() ?? 'none'}, that of its events is not`;
  }
}
