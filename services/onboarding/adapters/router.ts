import type { Client } from '@temporalio/client';
import type { Db } from 'mongodb';
import { ACT_SOURCE, type Fact } from '../../../workflows/onboarding/facts.ts';
import { factsArrivedSignal } from '../../../workflows/onboarding/messages.ts';
import { hasReached, readNewEvents } from '../../runtime/eventTail.ts';
import type { Logger } from '../../runtime/logger.ts';
import { moveCursor, readCursor } from '../../runtime/projector.ts';
import {
  correctionsAmong,
  correctionsBearingOn,
  factsTakenBack,
  keepCorrections,
  routedCorrectionsOf,
} from '../readModel/corrections.ts';
import type { OnboardingKey } from '../readModel/document.ts';
import { factOfEvent, type OnboardingFact } from '../readModel/factOfEvent.ts';
import { onboardingsOf } from '../readModel/projector.ts';
import { ROUTER } from './clock.ts';
import { inParallel, inParts, signalOnboarding } from './signals.ts';
import { keepStuck, lastingRefusalIn } from './stuckRuns.ts';

const BATCH = 1_000;
const PARALLEL_SIGNALS = 20;

interface Delivery {
  readonly workflowId: string;
  readonly key: OnboardingKey;
  readonly facts: Fact[];
}

/**
 * Brings accepted events to the workflows: signals first, then moves its cursor, so that each arrives at least once; the
 * workflow takes each once. What workflows stated themselves they know already. A closed onboarding is left alone: Temporal
 * forgets, so the record is asked. A correction goes where what it takes back went, whichever of the two came first.
 * A run that Temporal refuses for good holds nobody up: what it was not told is kept (`stuckRuns.ts`) before the cursor moves.
 * @returns whether there was anything to read
 */
export async function routeOnce(
  db: Db,
  client: Client,
  logger: Logger,
  now: Date = new Date(),
): Promise<boolean> {
  const before = await readCursor(db, ROUTER);
  const batch = await readNewEvents(db, before, BATCH);
  if (hasReached(before, batch.positions)) return false;
  const deliveries = new Map<string, Delivery>();
  const add = ({ workflowId, key }: OnboardingFact, facts: readonly Fact[]): void => {
    const delivery = deliveries.get(workflowId) ?? { workflowId, key, facts: [] };
    delivery.facts.push(...facts);
    deliveries.set(workflowId, delivery);
  };
  const told = batch.events
    .filter((event) => !event._id.startsWith(`${ACT_SOURCE} `))
    .flatMap((event) => factOfEvent(event) ?? []);
  for (const read of told) add(read, [read.fact]);
  const corrections = correctionsAmong(batch.events);
  await keepCorrections(routedCorrectionsOf(db), corrections);
  const takenBack = await factsTakenBack(db, corrections);
  const byIdentity = new Map([...told, ...takenBack].map((read) => [read.fact.id, read]));
  const bearing = await correctionsBearingOn(routedCorrectionsOf(db), [...byIdentity.keys()]);
  for (const [identity, facts] of bearing) {
    const read = byIdentity.get(identity);
    if (read !== undefined) add(read, facts);
  }
  const closed = await closedAmong(db, [...deliveries.keys()]);
  const open = [...deliveries.values()].filter(({ workflowId }) => !closed.has(workflowId));
  await inParallel(open, PARALLEL_SIGNALS, async ({ workflowId, key, facts }) => {
    let isTaken = true;
    for (const part of inParts(facts))
      try {
        isTaken = await signalOnboarding(client, workflowId, key, factsArrivedSignal, [part]);
      } catch (error) {
        const why = lastingRefusalIn(error);
        if (why === null) throw error;
        isTaken = false;
        const untold = part.map(({ id }) => id);
        await keepStuck(db, workflowId, key, why, untold, now);
        logger.error({ workflowId, why, untold }, 'Temporal refuses this run; it is kept as stuck');
      }
    for (const { correlationId, type } of facts)
      logger.debug({ workflowId, type, correlationId, isTaken }, 'event routed');
  });
  await moveCursor(db, ROUTER, batch.positions);
  return true;
}

async function closedAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const documents = await onboardingsOf(db)
    .find({ _id: { $in: [...ids] }, status: { $ne: 'ACTIVE' } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(documents.map((document) => document._id));
}
