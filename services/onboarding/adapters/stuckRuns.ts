import { type Client, isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Collection, Db } from 'mongodb';
import type { StuckRuns } from '../../../schemas/api/liveRuns.ts';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import { factsArrivedSignal } from '../../../workflows/onboarding/messages.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import type { Logger } from '../../runtime/logger.ts';
import { routedCorrectionsOf } from '../readModel/corrections.ts';
import type { OnboardingKey } from '../readModel/document.ts';
import { factOfEvent } from '../readModel/factOfEvent.ts';
import { onboardingsOf } from '../readModel/projector.ts';
import { inParts, signalOnboarding } from './signals.ts';

const FIRST_PAUSE_MS = 60_000;
const LAST_PAUSE_MS = 6 * 3_600_000;
const RETOLD_AT_ONCE = 100;

/** A run that Temporal let nobody signal, and what it has not been told; kept until it was. */
export interface StuckRun extends OnboardingKey {
  /** The workflow's id. */
  readonly _id: string;
  /** Temporal's words when it last refused. */
  readonly why: string;
  readonly since: Date;
  readonly lastTriedAt: Date;
  readonly nextTryAt: Date;
  readonly tries: number;
  /** Identities of the events that it has not heard of; none where it only was to be told the time. */
  readonly untold: readonly string[];
}

export const stuckRunsOf = (db: Db): Collection<StuckRun> => db.collection<StuckRun>('stuck_runs');

/** Codes of gRPC that say something about this one call: the same call will be refused again, and no other is hindered. */
const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const OUT_OF_RANGE = 11;

/**
 * Temporal's words where it refused a signal for good: a run with as many signals as it may have, a signal too large. Null for everything
 * that may pass by itself, such as a server that is busy or away.
 */
export function lastingRefusalIn(error: unknown): string | null {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return null;
  const isLasting =
    cause.code === INVALID_ARGUMENT ||
    cause.code === FAILED_PRECONDITION ||
    cause.code === OUT_OF_RANGE ||
    (cause.code === RESOURCE_EXHAUSTED && cause.details.includes('larger than max'));
  return isLasting ? cause.details : null;
}

/** Keeps what a run was not told; so nothing is lost although the reader goes on. */
export async function keepStuck(
  db: Db,
  workflowId: string,
  { supplierUscc, platform, programme }: OnboardingKey,
  why: string,
  untold: readonly string[],
  now: Date,
): Promise<void> {
  await stuckRunsOf(db).updateOne(
    { _id: workflowId },
    {
      $set: { why: why.slice(0, 500), lastTriedAt: now },
      $addToSet: { untold: { $each: [...untold] } },
      $setOnInsert: {
        ...{ supplierUscc, platform, programme, since: now, tries: 1 },
        nextTryAt: new Date(now.getTime() + FIRST_PAUSE_MS),
      },
    },
    { upsert: true },
  );
}

/** Of these runs those that have not been told all that is on record: no time may be told to them. */
export async function untoldAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await stuckRunsOf(db)
    .find({ _id: { $in: [...ids] }, 'untold.0': { $exists: true } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => _id));
}

/**
 * Tells stuck runs again what they missed, each after a growing pause; one that takes it, or that is over meanwhile, leaves the list.
 * @returns false: it can wait
 */
export async function retellStuck(db: Db, client: Client, logger: Logger, now: Date): Promise<boolean> {
  const due = await stuckRunsOf(db)
    .find({ nextTryAt: { $lte: now } })
    .sort({ nextTryAt: 1 })
    .limit(RETOLD_AT_ONCE)
    .toArray();
  for (const run of due) await retell(db, client, logger, run, now);
  return false;
}

async function retell(db: Db, client: Client, logger: Logger, run: StuckRun, now: Date): Promise<void> {
  const { _id, untold, tries } = run;
  let isOver = await isOverOnRecord(db, _id);
  try {
    if (!isOver)
      for (const part of inParts(await factsBy(db, untold)))
        isOver = !(await signalOnboarding(client, _id, run, factsArrivedSignal, [part]));
  } catch (error) {
    const why = lastingRefusalIn(error);
    if (why === null) throw error;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** tries, LAST_PAUSE_MS);
    await stuckRunsOf(db).updateOne(
      { _id },
      {
        $set: { why: why.slice(0, 500), lastTriedAt: now, nextTryAt: new Date(now.getTime() + pauseMs) },
        $inc: { tries: 1 },
      },
    );
    return;
  }
  await strike(db, run);
  logger.info(
    { workflowId: _id, events: untold.length },
    isOver
      ? 'a run that was stuck is over: it is told nothing more'
      : 'a run that was stuck has taken what it missed',
  );
}

/** Whether nothing is left for a run to do; one that was accepted still measures its outcomes. */
async function isOverOnRecord(db: Db, _id: string): Promise<boolean> {
  const over = await onboardingsOf(db).findOne(
    { _id, status: { $ne: 'ACTIVE' }, nextDueAt: null },
    { projection: { _id: 1 } },
  );
  return over !== null;
}

/** Takes a run off the list; where more came to it meanwhile, that stays. */
async function strike(db: Db, { _id, untold }: StuckRun): Promise<void> {
  await stuckRunsOf(db).updateOne({ _id }, { $pullAll: { untold: [...untold] } });
  await stuckRunsOf(db).deleteOne({ _id, 'untold.0': { $exists: false } });
}

/** At least an empty list, by which a run that only missed the time shows whether it takes signals again. */
async function factsBy(db: Db, identities: readonly string[]): Promise<Fact[]> {
  const [events, corrections] = await Promise.all([
    eventsOf(db)
      .find({ _id: { $in: [...identities] } })
      .toArray(),
    routedCorrectionsOf(db)
      .find({ _id: { $in: [...identities] } })
      .toArray(),
  ]);
  const facts = events.flatMap((event) => factOfEvent(event) ?? []).map(({ fact }) => fact);
  return [...facts, ...corrections.map(({ fact }) => fact)];
}

/** Output of `cli onboarding stuck`, the longest stuck first. */
export async function listStuck(db: Db): Promise<StuckRuns> {
  const runs = await stuckRunsOf(db).find().sort({ since: 1, _id: 1 }).toArray();
  return {
    stuck: runs.map(({ _id, supplierUscc, platform, programme, why, tries, untold, ...at }) => ({
      ...{ workflowId: _id, supplierUscc, platform, programme, why, tries, untold: [...untold] },
      since: at.since.toISOString(),
      lastTriedAt: at.lastTriedAt.toISOString(),
      nextTryAt: at.nextTryAt.toISOString(),
    })),
    restarted: null,
    over: null,
  };
}

/** What came of a restart. */
export type Restart = 'begun' | 'over' | 'not-stuck';

/**
 * Ends a stuck run in Temporal, where there is one, and begins it anew: it recalls from the events all that is on record, and what was begun on the platform is
 * asked for again under the same keys. One that is over, by the record or by Temporal, is not begun anew, though Temporal may have forgotten it: it only
 * leaves the list.
 */
export async function restartStuck(
  db: Db,
  client: Client,
  workflowId: string,
  why: string,
): Promise<Restart> {
  const run = await stuckRunsOf(db).findOne({ _id: workflowId });
  if (run === null) return 'not-stuck';
  try {
    await client.workflow.getHandle(workflowId).terminate(why);
  } catch (error) {
    // None ever began, where the very first signal was refused, or it has ended by itself.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const isBegun =
    !(await isOverOnRecord(db, workflowId)) &&
    (await signalOnboarding(client, workflowId, run, factsArrivedSignal, [[]]));
  await strike(db, run);
  return isBegun ? 'begun' : 'over';
}
