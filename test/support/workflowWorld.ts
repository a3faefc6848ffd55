import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { ActCommand, ActReceipt } from '../../schemas/api/acts.ts';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import { SEARCH_ATTRIBUTES } from '../../schemas/searchAttributes.ts';
import { addMonths, periodOf, startOfPeriod } from '../../schemas/time.ts';
import { createPlatformActivities } from '../../services/onboarding/activities/platform.ts';
import type { CircuitSettings } from '../../services/onboarding/adapters/circuit.ts';
import { createIndustrialPlatform } from '../../services/onboarding/adapters/industrialPlatform.ts';
import { createPlatformClient } from '../../services/onboarding/adapters/platformClient.ts';
import { workflowsPath } from '../../services/onboarding/onboarding.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { bundleWorkflows } from '../../services/runtime/workflowBundle.ts';
import { buildPlatform, type Platform, type PlatformOptions } from '../../services/simulator/platform/app.ts';
import { temporalTestServerPath } from '../../services/stack/index.ts';
import type {
  MeasurementActivities,
  OnboardingActivities,
  Outcome,
  OutgoingAct,
} from '../../workflows/onboarding/activities.contract.ts';
import type { DataPoint } from '../../workflows/onboarding/effects.ts';
import { actIdentity, type Fact, factOf } from '../../workflows/onboarding/facts.ts';
import { listedAtStart } from '../../workflows/onboarding/listing.ts';
import {
  clockAdvancedSignal,
  factsArrivedSignal,
  MEASUREMENT_TASK_QUEUE,
  ONBOARDING_TASK_QUEUE,
  ONBOARDING_WORKFLOW,
  type OnboardingInput,
} from '../../workflows/onboarding/messages.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';
import { PLATFORM, PROGRAMME } from './onboardingEvents.ts';
import { BESIDE_OUTCOME } from './onboardingFacts.ts';

/** Temporal with time that skips, the platform over HTTP, and a record kept in memory in place of Kafka and MongoDB. */
export interface WorkflowWorld {
  readonly environment: TestWorkflowEnvironment;
  readonly platform: Platform;
  /** Every act published, in order; one per id unless the workflow states it twice. */
  readonly acts: OutgoingAct[];
  /** Business times of the tenant's data. */
  dataTimes: string[];
  /** The watermark that `readClock` tells; null: the clock of the test server. */
  watermark: string | null;
  /** A run that begins knows what is on record only once this has settled. */
  recallAfter: Promise<void>;
  /** What the measurement answers. */
  outcome: Omit<Outcome, 'kpi'>;
  /** An event that the log keeps although no workflow is told of it. */
  tellLater(supplierUscc: string, ...facts: Fact[]): void;
  toldTo(supplierUscc: string): readonly Fact[];
  /** Another worker takes the place of the one there is, in a world whose workers have no cache. */
  replaceWorker(code?: WorkerCode): Promise<void>;
  begin(
    supplierUscc: string,
    facts: readonly Fact[],
    options?: Partial<OnboardingInput>,
    taskTimeoutMs?: number,
  ): Promise<Onboarding>;
  close(): Promise<void>;
}

/** `old`: as it was before each `patched`; what it begins it does not know to be patched. */
export type WorkerCode = 'old' | 'new';

export interface Onboarding {
  readonly handle: WorkflowHandle;
  learn(...facts: Fact[]): Promise<void>;
  tell(at: string): Promise<void>;
  /** `updateId` is the act's id unless a caller has forgotten that it sent the act before. */
  act(command: ActCommand, updateId?: string): Promise<ActReceipt>;
}

const asFact = (act: OutgoingAct): Fact => factOf({ ...act, id: actIdentity(act.id) });

let isRuntimeInstalled = false;

/** A server that skips time and knows what runs are listed by. */
export async function openTimeSkipping(): Promise<TestWorkflowEnvironment> {
  if (!isRuntimeInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isRuntimeInstalled = true;
  const path = await temporalTestServerPath();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  // KEYWORD of the indexed value types; this server cannot be asked what it knows.
  const searchAttributes = Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, 2]));
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes,
  });
  return environment;
}

export interface WorldOptions extends PlatformOptions {
  /** What carries the first onboardings; default `new`. */
  readonly code?: WorkerCode;
  /** 0: every task is replayed from the start, and a worker that is replaced leaves nothing in a cache that this server would wait for. */
  readonly maxCachedWorkflows?: number;
  /** After so long without an answer the platform is asked again. */
  readonly platformTimeoutMs?: number;
  /** Beside a clock that skips, a circuit that counts real seconds stays open for days. */
  readonly circuit?: CircuitSettings;
}

export async function openWorkflowWorld({
  code = 'new',
  maxCachedWorkflows,
  platformTimeoutMs,
  circuit,
  ...options
}: WorldOptions = {}): Promise<WorkflowWorld> {
  const environment = await openTimeSkipping();
  const platform = buildPlatform(options);
  const url = await platform.app.listen({ host: '127.0.0.1', port: 0 });
  const taskQueue = ONBOARDING_TASK_QUEUE;
  /** What an onboarding was told, as the log of events would keep it. */
  const told = new Map<string, Fact[]>();
  const tell = (firm: string, facts: readonly Fact[]): void =>
    void told.set(firm, [...(told.get(firm) ?? []), ...facts]);
  const acts: OutgoingAct[] = [];
  const world = {
    dataTimes: [] as string[],
    watermark: null as string | null,
    recallAfter: Promise.resolve(),
    outcome: {
      ...{ verdict: 'gain', before: 5, after: 6.1, change: 0.22, reason: null },
      displacement: [BESIDE_OUTCOME],
    } as Omit<Outcome, 'kpi'>,
  };
  const activities: OnboardingActivities & MeasurementActivities = {
    ...createPlatformActivities(
      createIndustrialPlatform(createPlatformClient({ url }, platformTimeoutMs, circuit)),
      createLogger('test', { level: 'silent' }),
    ),
    recallFacts: async ({ supplierUscc }) => {
      await world.recallAfter;
      return [
        ...(told.get(supplierUscc) ?? []),
        ...acts.filter((act) => act.data.supplierUscc === supplierUscc).map(asFact),
      ];
    },
    readClock: async () => world.watermark ?? new Date(await environment.currentTimeMs()).toISOString(),
    readTenantData: async ({ since, through, months }) =>
      firstOfMonths(world.dataTimes, since, through, months),
    readOutcome: async ({ kpi }) => ({ ...world.outcome, kpi }),
    publishActs: async (request) => void acts.push(...request.acts),
  };
  const workflowBundle = await bundleWorkflows(workflowsPath);
  const startWorker = async (of: WorkerCode) => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle,
      activities,
      ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
      ...(of === 'old' ? { patchActivationCallback: () => false } : {}),
    });
    return { worker, ended: worker.run() };
  };
  let running = await startWorker(code);
  const measurer = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: MEASUREMENT_TASK_QUEUE,
    activities,
  });
  const measuring = measurer.run();
  const { client } = environment;
  return Object.assign(world, {
    environment,
    platform,
    acts,
    tellLater: (supplierUscc: string, ...facts: Fact[]) => tell(supplierUscc, facts),
    toldTo: (supplierUscc: string) => told.get(supplierUscc) ?? [],
    replaceWorker: async (of: WorkerCode = 'new') => {
      running.worker.shutdown();
      await running.ended;
      running = await startWorker(of);
    },
    begin: async (
      supplierUscc: string,
      facts: readonly Fact[],
      input: Partial<OnboardingInput> = {},
      taskTimeoutMs?: number,
    ) => {
      const key = { supplierUscc, platform: PLATFORM, programme: PROGRAMME };
      tell(supplierUscc, facts);
      const handle = await client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
        workflowId: workflowIdOf(key),
        taskQueue,
        typedSearchAttributes: listedAtStart(key),
        args: [{ ...key, programmeVersion: CURRENT_PROGRAMME_VERSION, ...input }],
        signal: factsArrivedSignal,
        signalArgs: [facts],
        workflowTaskTimeout: taskTimeoutMs,
      });
      // Follows the chain of runs, as a caller who knows only the id does.
      const current = client.workflow.getHandle(handle.workflowId);
      return {
        handle: current,
        learn: (...more: Fact[]) => {
          tell(supplierUscc, more);
          return current.signal(factsArrivedSignal, more);
        },
        tell: (at: string) => current.signal(clockAdvancedSignal, at),
        act: (command: ActCommand, updateId = command.actId) =>
          current.executeUpdate<ActReceipt, [ActCommand]>('act', {
            args: [command],
            updateId,
          }),
      };
    },
    close: async () => {
      running.worker.shutdown();
      measurer.shutdown();
      await Promise.all([running.ended, measuring]);
      await environment.teardown();
      await platform.app.close();
    },
  });
}

function firstOfMonths(
  times: readonly string[],
  since: string,
  through: string,
  months: number,
): DataPoint[] {
  const points: DataPoint[] = [];
  let from = since;
  while (points.length < months) {
    const at = [...times].sort().find((time) => time >= from && time <= through);
    if (at === undefined) break;
    const month = periodOf(new Date(at));
    points.push({ month, at, source: 'tenant', id: at });
    from = startOfPeriod(addMonths(month, 1)).toISOString();
  }
  return points;
}
