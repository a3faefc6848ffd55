import { setTimeout as sleep } from 'node:timers/promises';
import type { IntakeReceipt } from '../../../schemas/api/intake.ts';
import { ChainlightError, ERRORS } from '../../../schemas/errors.ts';
import { speaksFor } from '../../../schemas/tenancy.ts';
import { topicOfSource } from '../../../schemas/topics.ts';
import { authorise, examine, type Refusal, RegistryCache, refusalOf } from '../../ingest/index.ts';
import {
  createProducer,
  type KafkaClient,
  type OutgoingRecord,
  type Producer,
  send,
} from '../../runtime/kafka.ts';
import type { Db } from '../../runtime/mongo.ts';
import type { HttpEvent } from '../domain/cloudEventsHttp.ts';
import { mayActFor, type Reach } from '../domain/principal.ts';

const REGISTRY_MS = 1_000;
/** How long a sender waits for Kafka; the same events sent again have no second effect. */
const ACK_TIMEOUT_MS = 30_000;

/** Takes events that come over HTTP: judged as ingest judges them, then written to Kafka. */
export interface Intake {
  /** Resolves when Kafka has acknowledged all that is written. Receipts are in the order of the events. */
  take(
    tenancy: Reach,
    events: readonly HttpEvent[],
    wantsAll: boolean,
  ): Promise<{ written: number; receipts: IntakeReceipt[] }>;
  close(): Promise<void>;
}

export function createIntake(
  kafka: KafkaClient,
  db: Db,
  now: () => Date,
  ackTimeoutMs = ACK_TIMEOUT_MS,
): Intake {
  let producer: Promise<Producer> | null = null;
  let topics: { readonly known: Set<string>; readonly atMs: number } | null = null;
  const registry = new RegistryCache(db);
  let refreshedAtMs = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<ReadonlySet<string>> {
    const nowMs = performance.now();
    if (nowMs - refreshedAtMs > REGISTRY_MS) {
      refreshedAtMs = nowMs;
      await registry.refresh();
    }
    if (topics === null || nowMs - topics.atMs > REGISTRY_MS)
      topics = { known: new Set(await (await kafka.admin()).listTopics()), atMs: nowMs };
    return topics.known;
  }

  return {
    take: async (tenancy, events, wantsAll) => {
      const known = await refresh();
      const byTopic = new Map<string, OutgoingRecord[]>();
      const receipts: IntakeReceipt[] = [];
      let written = 0;
      let isNewest = false;
      for (const [index, event] of events.entries()) {
        let judged = judge(tenancy, event, registry, known, now());
        if (!isNewest && 'refusal' in judged && judged.refusal.code === 'BAD_CHECK_DIGIT') {
          // An override may have been recorded within the last second.
          await registry.refresh();
          isNewest = true;
          judged = judge(tenancy, event, registry, known, now());
        }
        if ('refusal' in judged) {
          const { code, explanation, explanationZh, source = null, id = null } = judged.refusal;
          receipts.push({
            index,
            source,
            id,
            outcome: 'refused',
            code,
            explanation,
            explanationZh,
            remedy: ERRORS[code].remedy,
          });
          continue;
        }
        const records = byTopic.get(judged.topic) ?? [];
        records.push({ key: judged.key, value: event.value, headers: { ...event.headers } });
        byTopic.set(judged.topic, records);
        written++;
        if (wantsAll)
          receipts.push({
            index,
            source: judged.source,
            id: judged.id,
            outcome: 'written',
            topic: judged.topic,
          });
      }
      if (byTopic.size > 0) {
        producer ??= createProducer(kafka).catch((error) => {
          producer = null;
          throw error;
        });
        const connected = await producer;
        await acknowledged(
          Promise.all([...byTopic].map(([topic, records]) => send(connected, topic, records))),
          ackTimeoutMs,
        );
      }
      return { written, receipts };
    },

    close: async () => {
      const connected = await producer?.catch(() => null);
      await connected?.disconnect();
    },
  };
}

/** The producer itself never gives up, a sender must be told. @throws ChainlightError SERVER_UNREACHABLE */
async function acknowledged(sent: Promise<unknown>, timeoutMs: number): Promise<void> {
  const patience = new AbortController();
  const late = sleep(timeoutMs, 'late', { signal: patience.signal }).catch(() => 'late');
  const outcome = await Promise.race([sent, late]).finally(() => patience.abort());
  if (outcome !== 'late') return;
  throw new ChainlightError(
    'SERVER_UNREACHABLE',
    'Kafka has not acknowledged the events in time; send the same again',
  );
}

type Judged =
  | { readonly refusal: Refusal }
  | { readonly topic: string; readonly key: string | null; readonly source: string; readonly id: string };

function judge(
  tenancy: Reach,
  { value, headers }: HttpEvent,
  registry: RegistryCache,
  topics: ReadonlySet<string>,
  now: Date,
): Judged {
  const record = { topic: '', partition: 0, offset: 0, key: null, headers, value };
  const examined = examine(record, now);
  if ('refusal' in examined) return { refusal: refusalOf(examined, registry) };
  const { event } = examined;
  const blank = event.identity.indexOf(' ');
  const [source, id] = [event.identity.slice(0, blank), event.identity.slice(blank + 1)];
  const known = { source, id, type: event.type };
  const topic = topicOfSource(event.source);
  if (!speaksFor(tenancy, event.source))
    return {
      refusal: {
        code: 'NOT_AUTHORISED',
        explanation: `this sign-in does not speak for ${source}`,
        explanationZh: `当前登录不能代表 ${source} 陈述`,
        ...known,
      },
    };
  const isOnBehalf = tenancy.role === 'provider' && event.definition.onBehalf?.includes('provider');
  if (isOnBehalf && (event.firm === null || !mayActFor({ tenancy }, event.firm)))
    return {
      refusal: {
        code: 'NOT_AUTHORISED',
        explanation: `${event.firm ?? 'nobody'} has not let you act on its behalf`,
        explanationZh: `${event.firm ?? '供应商'} 尚未授权您代其办理`,
        ...known,
      },
    };
  if (!topics.has(topic))
    return {
      refusal: {
        code: 'NOT_AUTHORISED',
        explanation: `${source} is not registered: there is no topic ${topic}`,
        explanationZh: `${source} 尚未登记：没有主题 ${topic}`,
        ...known,
      },
    };
  const authority = authorise(event, topic, registry);
  // Parked ones are written: ingest releases them when the relation arrives.
  return authority.ok ? { topic, key: event.firm, source, id } : { refusal: authority.refusal };
}
