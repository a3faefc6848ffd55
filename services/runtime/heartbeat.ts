import { Context } from '@temporalio/activity';

/** A call that takes longer shows that it is still under way; one that is shorter, as nearly all are, costs no heartbeat. */
const BEAT_EVERY_MS = 4_000;

/** Does an activity's work and beats meanwhile, so that a worker that dies with it is noticed before the activity's time is over. */
export async function beating<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), BEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
