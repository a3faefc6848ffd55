import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Db, Filter } from 'mongodb';
import type { LiveRuns, Reconciliation } from '../../../schemas/api/liveRuns.ts';
import { SEARCH_ATTRIBUTES } from '../../../schemas/searchAttributes.ts';
import { clockAdvancedSignal, ONBOARDING_WORKFLOW } from '../../../workflows/onboarding/messages.ts';
import type { OnboardingDocument } from '../readModel/document.ts';
import { onboardingsOf } from '../readModel/projector.ts';
import { completeClock } from './clock.ts';
import { inParallel, signalOnboarding } from './signals.ts';

const PARALLEL_CALLS = 20;
const PAGE = 1_000;

/** By what live runs can be narrowed down. */
export type LiveFilter = Partial<Record<keyof typeof SEARCH_ATTRIBUTES, string>>;

const RUNNING = `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = 'Running'`;

function queryOf(filter: LiveFilter): string {
  const terms = Object.entries(filter).map(
    ([field, value]) =>
      `${SEARCH_ATTRIBUTES[field as keyof LiveFilter]} = '${value.replaceAll(/['\\]/g, '\\$&')}'`,
  );
  return [RUNNING, ...terms].join(' AND ');
}

/** Runs that Temporal carries at this moment, by its lists: these follow within about a second. */
export async function listLiveRuns(client: Client, filter: LiveFilter): Promise<LiveRuns['runs']> {
  const runs: LiveRuns['runs'] = [];
  for await (const { workflowId, startTime, searchAttributes } of client.workflow.list({
    query: queryOf(filter),
    pageSize: PAGE,
  })) {
    const listed = (field: keyof LiveFilter): string | null =>
      (searchAttributes[SEARCH_ATTRIBUTES[field]]?.[0] as string | undefined) ?? null;
    runs.push({
      workflowId,
      supplier: listed('supplier'),
      leader: listed('leader'),
      programme: listed('programme'),
      status: listed('status') as LiveRuns['runs'][number]['status'],
      stage: listed('stage') as LiveRuns['runs'][number]['stage'],
      stallRisk: listed('stallRisk') as LiveRuns['runs'][number]['stallRisk'],
      startedAt: startTime.toISOString(),
    });
  }
  return runs.sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1));
}

/** Open, or closed with an outcome still to be measured: a run has to carry it. */
const NEEDS_RUN: Filter<OnboardingDocument> = { $or: [{ status: 'ACTIVE' }, { nextDueAt: { $ne: null } }] };

/**
 * Compares the durable record with what Temporal carries. Lists and read model both follow what happens, so what differs is looked up
 * once more by itself before it is named.
 * @param revive begins anew what was lost, at once instead of at its next event or due moment
 */
export async function reconcileRuns(db: Db, client: Client, revive: boolean): Promise<Reconciliation> {
  const runs = new Set((await listLiveRuns(client, {})).map(({ workflowId }) => workflowId));
  const open = await onboardingsOf(db)
    .find(NEEDS_RUN, { projection: { supplierUscc: 1, platform: 1, programme: 1 } })
    .sort({ _id: 1 })
    .toArray();
  const recorded = new Set(open.map(({ _id }) => _id));
  const lost: (typeof open)[number][] = [];
  await inParallel(
    open.filter(({ _id }) => !runs.has(_id)),
    PARALLEL_CALLS,
    async (document) => {
      const isOpen = (await onboardingsOf(db).findOne({ _id: document._id, ...NEEDS_RUN })) !== null;
      if (isOpen && !(await isRunning(client, document._id))) lost.push(document);
    },
  );
  const unrecorded: string[] = [];
  await inParallel(
    [...runs].filter((id) => !recorded.has(id)),
    PARALLEL_CALLS,
    async (id) => {
      const isOpen = (await onboardingsOf(db).findOne({ _id: id, ...NEEDS_RUN })) !== null;
      if (!isOpen && (await isRunning(client, id))) unrecorded.push(id);
    },
  );
  const revived: string[] = [];
  const clock = revive ? await completeClock(db) : null;
  if (clock !== null)
    await inParallel(lost, PARALLEL_CALLS, async (document) => {
      const args: [string] = [clock.toISOString()];
      if (await signalOnboarding(client, document._id, document, clockAdvancedSignal, args))
        revived.push(document._id);
    });
  return {
    open: open.length,
    live: runs.size,
    lost: lost.map(({ _id }) => _id).sort(),
    unrecorded: unrecorded.sort(),
    revived: revived.sort(),
  };
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
