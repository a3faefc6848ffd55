import { setTimeout as sleep } from 'node:timers/promises';
import { ChainlightError } from '../../schemas/errors.ts';
import { type Child, lastLines } from './child.ts';

const POLL_MS = 100;
/** As MongoDB, Kafka (Java) and Temporal (Go) say it, each somewhere in its log and not always near the end. */
const PORT_TAKEN = /address already in use|EADDRINUSE|BindException|failed to listen/i;

export interface ReadyOptions {
  readonly title: string;
  readonly child: Child;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Succeeds once the server answers as a client needs it to. */
  readonly attempt: () => Promise<unknown>;
}

/**
 * Repeats `attempt` until it succeeds.
 * @throws ChainlightError START_FAILED with the end of the server's log, and `portTaken` when another had its port, when the process ends or the time is over
 */
export async function untilReady({ title, child, timeoutMs, signal, attempt }: ReadyOptions): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < giveUpAt) {
    signal.throwIfAborted();
    if (child.hasExited()) {
      const { code, signal: by } = await child.exited;
      throw failed(title, child, `ended by itself (${by ?? `exit code ${code}`})`);
    }
    try {
      await attempt();
      return;
    } catch (error) {
      last = error;
    }
    await sleep(POLL_MS);
  }
  const why = last instanceof Error ? last.message : String(last);
  throw failed(title, child, `was not ready within ${timeoutMs / 1_000} s (last answer: ${why})`);
}

function failed(title: string, child: Child, what: string): ChainlightError {
  return new ChainlightError(
    'START_FAILED',
    `${title} ${what}. The end of ${child.logFile}:\n${lastLines(child.logFile)}`,
    { log: child.logFile, portTaken: PORT_TAKEN.test(child.said()) },
  );
}
