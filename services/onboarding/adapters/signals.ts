import { type Client, type SignalDefinition, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import { listedAtStart } from '../../../workflows/onboarding/listing.ts';
import {
  ONBOARDING_TASK_QUEUE,
  ONBOARDING_WORKFLOW,
  type OnboardingInput,
} from '../../../workflows/onboarding/messages.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import type { OnboardingKey } from '../readModel/document.ts';

/**
 * Signals an onboarding's workflow and starts it where there is none: for its first event, and where Temporal has lost it
 * (it then recalls from the events what is on record). A workflow that completed stays completed.
 * @returns false where the workflow has completed
 */
export async function signalOnboarding<Args extends unknown[]>(
  client: Client,
  workflowId: string,
  { supplierUscc, platform, programme }: OnboardingKey,
  signal: SignalDefinition<Args>,
  signalArgs: Args,
): Promise<boolean> {
  const input: OnboardingInput = {
    supplierUscc,
    platform,
    programme,
    programmeVersion: CURRENT_PROGRAMME_VERSION,
  };
  try {
    await client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
      workflowId,
      taskQueue: ONBOARDING_TASK_QUEUE,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      typedSearchAttributes: listedAtStart(input),
      args: [input],
      signal: signal as SignalDefinition<unknown[]>,
      signalArgs,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** A signal of more than 2 MiB is refused by Temporal; so much of it is left for what surrounds the facts. */
const MAX_PART_CHARS = 500_000;

/** Cuts facts into parts that one signal can carry: one part for almost all; a single empty one for none. */
export function inParts(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const parts: Fact[][] = [[]];
  let chars = 0;
  for (const fact of facts) {
    const size = JSON.stringify(fact).length;
    if (chars > 0 && chars + size > MAX_PART_CHARS) {
      parts.push([]);
      chars = 0;
    }
    parts.at(-1)?.push(fact);
    chars += size;
  }
  return parts;
}

/** Does `work` on every item, at most `limit` at a time; an error is thrown once the others are done too. */
export async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
}
