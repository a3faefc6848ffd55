import { setTimeout as sleep } from 'node:timers/promises';
import type { ActCommand } from '../../schemas/api/acts.ts';
import { ChainlightError, type ErrorCode } from '../../schemas/errors.ts';
import { type OutgoingRecord, type Producer, send } from '../runtime/kafka.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Scenario, ScenarioRecord } from './domain/scenario.ts';

const BATCH_RECORDS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;
const CONCURRENT_ACTS = 8;
const ACT_TIMEOUT_MS = 10 * 60_000;
const CLOSED: ErrorCode = 'ALREADY_CLOSED';
/** Answers that mean: the pipeline has not come so far yet. */
const TRY_AGAIN = new Set([404, 409, 425, 429, 502, 503]);

export interface DriverDeps {
  readonly producer: Producer;
  /** Public address of the product's HTTP interface. */
  readonly gatewayUrl: string;
  /** An access token that holds now. */
  readonly token: () => Promise<string>;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
}

/**
 * Plays a scenario through Kafka and HTTP alone: leaders and platforms are registered, then month after month the records are
 * sent in the order of their arrival and people's acts of that month are carried out before the next month begins.
 * Doing it twice is harmless: every record and act has its identity.
 */
export async function playScenario(
  scenario: Scenario,
  deps: DriverDeps,
): Promise<{ records: number; acts: number }> {
  const { logger } = deps;
  for (const platform of scenario.platforms) await post(deps, '/api/v1/platforms', { platform });
  for (const leader of scenario.leaders) await post(deps, '/api/v1/leaders', { ...leader, simulated: true });
  logger.info({
    progress: `${scenario.leaders.length} leaders and ${scenario.platforms.length} platform registered`,
  });
  let records = 0;
  let acts = 0;
  for (const month of scenario.months()) {
    if (deps.isStopping()) break;
    await sendInOrder(deps.producer, month.records);
    records += month.records.length;
    await actAll(deps, month.acts);
    acts += month.acts.length;
    logger.info({ progress: `${month.period}: ${records} records sent, ${acts} acts of people done` });
  }
  return { records, acts };
}

/** Sends a month's records; within a topic they keep the order of their arrival. */
async function sendInOrder(producer: Producer, records: readonly ScenarioRecord[]): Promise<void> {
  let open = new Map<string, OutgoingRecord[]>();
  let count = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    for (const [topic, batch] of open) await send(producer, topic, batch);
    open = new Map();
    count = 0;
    bytes = 0;
  };
  for (const { topic, key, value, headers } of records) {
    const batch = open.get(topic) ?? [];
    batch.push({ key, value, headers });
    open.set(topic, batch);
    count++;
    bytes += value.length;
    if (count >= BATCH_RECORDS || bytes >= BATCH_BYTES) await flush();
  }
  await flush();
}

/** Carries out acts, several at a time; acts on one onboarding keep their order. */
async function actAll(deps: DriverDeps, acts: readonly ActCommand[]): Promise<void> {
  const bySupplier = new Map<string, ActCommand[]>();
  for (const act of acts)
    bySupplier.set(act.supplierUscc, [...(bySupplier.get(act.supplierUscc) ?? []), act]);
  const queues = [...bySupplier.values()];
  const worker = async (): Promise<void> => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
      for (const act of queue) {
        if (deps.isStopping()) return;
        await post(deps, '/api/v1/onboardings/acts', act);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_ACTS }, worker));
}

async function post(deps: DriverDeps, path: string, body: unknown): Promise<void> {
  const giveUpAt = Date.now() + ACT_TIMEOUT_MS;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 1.5, 2_000)) {
    const answer = await tryPost(`${deps.gatewayUrl}${path}`, body, deps.token);
    if (answer.ok) return;
    if (answer.text.includes(CLOSED)) {
      deps.logger.warn({ body }, 'the onboarding was closed before this act');
      return;
    }
    if (!TRY_AGAIN.has(answer.status) || Date.now() > giveUpAt) {
      throw new ChainlightError('INTERNAL', `POST ${path} was refused (${answer.status}): ${answer.text}`, {
        body,
      });
    }
    if (deps.isStopping()) return;
    await sleep(pauseMs);
  }
}

async function tryPost(
  url: string,
  body: unknown,
  token: () => Promise<string>,
): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      body: JSON.stringify(body),
    });
    return { ok: response.ok, status: response.status, text: (await response.text()).slice(0, 500) };
  } catch (error) {
    return { ok: false, status: 503, text: error instanceof Error ? error.message : String(error) };
  }
}
