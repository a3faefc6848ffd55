import type { Logger } from './logger.ts';

export interface Running {
  /** What the parent process is told on the ready line. */
  readonly ready?: Record<string, unknown>;
  /** Finishes what is under way, then lets go of every connection. */
  stop(): Promise<void>;
}

/**
 * Runs a service's process: starts it, prints one line `{"ready":true,…}` on standard output for the supervisor, and on
 * SIGTERM or SIGINT stops it in order. A failed start ends the process with a clear message and exit code 1.
 */
export async function runProcess(logger: Logger, start: () => Promise<Running>): Promise<void> {
  let running: Running | null = null;
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping: finishing what is under way');
    try {
      await running?.stop();
      logger.info('stopped');
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  try {
    running = await start();
    process.stdout.write(`${JSON.stringify({ ready: true, ...running.ready })}\n`);
    logger.info(running.ready ?? {}, 'ready');
  } catch (error) {
    logger.fatal({ err: error }, 'start failed');
    process.exit(1);
  }
}

/**
 * Calls `step` again and again until `stop`: at once while it says there is more to do, otherwise after `idleMs`.
 * An error is logged and retried after a growing pause; it never ends the loop.
 */
export function loop(
  logger: Logger,
  idleMs: number,
  step: () => Promise<boolean>,
): { stop(): Promise<void> } {
  let stopped = false;
  let wake: (() => void) | null = null;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const done = (async () => {
    let failures = 0;
    while (!stopped) {
      try {
        const more = await step();
        failures = 0;
        if (!more && !stopped) await pause(idleMs);
      } catch (error) {
        failures++;
        logger.error({ err: error, failures }, 'step failed; it is tried again');
        if (!stopped) await pause(Math.min(idleMs * 2 ** failures, 10_000));
      }
    }
  })();
  return {
    stop: () => {
      stopped = true;
      wake?.();
      return done;
    },
  };
}
