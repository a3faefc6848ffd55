import type { Client } from '@temporalio/client';
import type { Collection, Db } from 'mongodb';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import { inParallel, signalOnboarding } from '../../services/onboarding/adapters/signals.ts';
import { listedAtStart } from '../../workflows/onboarding/listing.ts';
import { factsArrivedSignal } from '../../workflows/onboarding/messages.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';
import { testUscc } from '../support/events.ts';
import { PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { acceptedFacts } from '../support/onboardingFacts.ts';
import { pokeSignal } from './bareWorkflow.ts';

export const BARE_TASK_QUEUE = 'bench-bare';
/** Callers at once, as the router has. */
const PARALLEL = 20;

/** Onboardings that have begun their work; a document each. */
export const settledOf = (db: Db): Collection<{ _id: string }> =>
  db.collection<{ _id: string }>('bench_settled');

export const keyOf = (index: number) => ({
  supplierUscc: testUscc(10_000 + index),
  platform: PLATFORM,
  programme: PROGRAMME,
});
export const idOf = (index: number): string => workflowIdOf(keyOf(index));

/** Starts per second that the server has taken. */
async function rateOf(count: number, start: (index: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await inParallel(
    Array.from({ length: count }, (_, index) => index),
    PARALLEL,
    start,
  );
  return count / ((performance.now() - startedAt) / 1_000);
}

/** Onboardings begun by their nomination, as the router does it. */
export function startOnboardings(client: Client, first: number, count: number): Promise<number> {
  const facts = acceptedFacts().slice(0, 1);
  return rateOf(count, async (index) => {
    await signalOnboarding(client, idOf(first + index), keyOf(first + index), factsArrivedSignal, [facts]);
  });
}

/** The same call, with the same content and lists, on a workflow that does nothing. */
export function startBare(client: Client, run: string, count: number): Promise<number> {
  const facts = acceptedFacts().slice(0, 1);
  return rateOf(count, async (index) => {
    const input = { ...keyOf(index), programmeVersion: CURRENT_PROGRAMME_VERSION };
    await client.workflow.signalWithStart('bare', {
      workflowId: `bare/${run}/${index}`,
      taskQueue: BARE_TASK_QUEUE,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      typedSearchAttributes: listedAtStart(input),
      args: [input],
      signal: pokeSignal,
      signalArgs: [facts],
    });
  });
}
