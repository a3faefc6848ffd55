import { DefaultLogger, type LogLevel, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from './logger.ts';
import type { WorkflowBundle } from './workflowBundle.ts';

export interface RunningWorker {
  /** Lets tasks under way finish, takes no new ones, then lets go of the server. */
  stop(): Promise<void>;
}

export interface WorkerSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Absent: this worker carries out activities alone. */
  readonly bundle?: WorkflowBundle;
  readonly activities: object;
  readonly logger: Logger;
  /** How long activities under way may take to finish when the worker stops. */
  readonly shutdownGraceMs?: number;
}

const LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Sends what the Temporal SDK logs to our logger; call once a process, before anything else of this file. */
export function installTemporalRuntime(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
      logger[LEVELS[level]](meta ?? {}, message),
    ),
    // The service itself answers SIGTERM and SIGINT, in its own order.
    shutdownSignals: [],
  });
}

/** Starts a worker and keeps it running. */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const connection = await NativeConnection.connect({ address: settings.address });
  const worker = await Worker.create({
    connection,
    namespace: settings.namespace,
    taskQueue: settings.taskQueue,
    workflowBundle: settings.bundle,
    activities: settings.activities,
    maxCachedWorkflows: 1_000,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 100,
    shutdownGraceTime: settings.shutdownGraceMs ?? 10_000,
  });
  const ended = worker.run().catch((error: unknown) => {
    settings.logger.fatal({ err: error }, 'the Temporal worker ended');
    process.exit(1);
  });
  return {
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}
