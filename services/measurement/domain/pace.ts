/** A batch of at least this many events shows that the stream is busy. */
const BUSY_EVENTS = 1_000;
/** While the stream is busy batches begin at least this far apart: a firm's year is then written once for many events. */
const REST_MS = 2_000;

/**
 * When the next batch begins. A stream with few events is followed at once. A busy one is gathered for a while, but only as
 * long as it goes on: when nothing more has come since the last look, there is nothing to wait for.
 */
export class Pace {
  private restUntilMs = 0;
  private seen = -1;

  /**
   * @param judged number of verdicts given so far, over all partitions
   * @param nowMs any clock that never goes back
   */
  isDue(judged: number, nowMs: number): boolean {
    const isStill = judged === this.seen;
    this.seen = judged;
    return nowMs >= this.restUntilMs || isStill;
  }

  /** Notes a batch. @param startMs when it began */
  note(events: number, startMs: number): void {
    this.restUntilMs = events >= BUSY_EVENTS ? startMs + REST_MS : 0;
  }
}
