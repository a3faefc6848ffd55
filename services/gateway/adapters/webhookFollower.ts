import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { onboardingsOf } from '../../onboarding/index.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { seesOnboarding } from '../domain/visibility.ts';
import { isNews, messageOf, type TellableOnboarding } from '../domain/webhooks.ts';
import type { ChangeFeed } from './changeFeed.ts';
import {
  deliveriesOf,
  type StoredDelivery,
  type StoredTold,
  type StoredWebhook,
  toldId,
  toldOf,
  webhooksOf,
} from './webhookStore.ts';

const BATCH = 500;
const PROJECTION = {
  ...{ supplierUscc: 1, supplierName: 1, leaderUscc: 1, providerUscc: 1, platform: 1, programme: 1 },
  ...{ cityCode: 1, districtCode: 1, zone: 1, stage: 1, status: 1, failureReason: 1 },
};

/**
 * Queues a message for every receiver whose onboarding stands elsewhere than it was told last. Only what was told and what is count, so
 * it does not matter how often, how late or by how many gateways a change is noticed; after a start or a break all are compared once.
 */
export function createWebhookFollower(deps: {
  readonly mongo: Mongo;
  readonly changes: ChangeFeed;
  readonly now: () => Date;
}): { step(): Promise<boolean>; stop(): void } {
  const { mongo, changes, now } = deps;
  const { db } = mongo;
  const changed = new Set<string>();
  const known = new Set<string>();
  let mustCompareAll = false;
  let subscription: { stop(): void } | null = null;

  function subscribe(): void {
    subscription ??= changes.subscribe(null, {
      joined: () => {
        mustCompareAll = true;
      },
      change: (change) => {
        if (change.kind === 'onboarding') changed.add(change.key);
      },
      lost: () => {
        mustCompareAll = true;
      },
    });
  }

  function unsubscribe(): void {
    subscription?.stop();
    subscription = null;
    changed.clear();
  }

  async function compareAll(webhooks: readonly StoredWebhook[]): Promise<void> {
    let ids: string[] = [];
    for await (const { _id } of onboardingsOf(db).find({}, { projection: { _id: 1 }, batchSize: BATCH })) {
      ids.push(_id);
      if (ids.length < BATCH) continue;
      await queueNews(webhooks, ids);
      ids = [];
    }
    await queueNews(webhooks, ids);
  }

  /**
   * What is and what was told are read in one snapshot: a gateway that is behind never takes an older standing for news. Of two that find the
   * same news one is refused by the database, and looks again.
   */
  async function queueNews(webhooks: readonly StoredWebhook[], ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await mongo.client.withSession((session) =>
      session.withTransaction(
        async () => {
          const onboardings: TellableOnboarding[] = await onboardingsOf(db)
            .find({ _id: { $in: [...ids] } }, { projection: PROJECTION, session })
            .toArray();
          const pairs = onboardings.flatMap((onboarding) =>
            webhooks
              .filter(({ tenancy }) => seesOnboarding(tenancy, onboarding))
              .map((webhook) => ({ webhook, onboarding, id: toldId(webhook._id, onboarding._id) })),
          );
          const told = new Map((await readTold(pairs, session)).map((one) => [one._id, one]));
          const news = pairs.filter(({ id, onboarding }) => isNews(told.get(id), onboarding));
          if (news.length === 0) return;
          const queuedAt = now();
          const queued = news.map(({ webhook, onboarding, id }): [StoredTold, StoredDelivery] => {
            const before = told.get(id);
            const revision = (before?.revision ?? 0) + 1;
            const messageId = createHash('sha256').update(`${id} ${revision}`).digest('hex').slice(0, 32);
            const { stage, status } = onboarding;
            const delivery: StoredDelivery = {
              _id: messageId,
              webhookId: webhook._id,
              state: 'waiting',
              attempts: 0,
              queuedAt,
              notBefore: queuedAt,
              deliveredAt: null,
              lastError: null,
              message: messageOf(messageId, before, onboarding, queuedAt),
            };
            return [{ _id: id, webhookId: webhook._id, stage, status, revision }, delivery];
          });
          await toldOf(db).bulkWrite(
            queued.map(([told]) => ({
              replaceOne: { filter: { _id: told._id }, replacement: told, upsert: true },
            })),
            { session, ordered: false },
          );
          await deliveriesOf(db).insertMany(
            queued.map(([, delivery]) => delivery),
            { session },
          );
        },
        { readConcern: { level: 'snapshot' } },
      ),
    );
  }

  const readTold = (pairs: readonly { readonly id: string }[], session: ClientSession) =>
    toldOf(db)
      .find({ _id: { $in: pairs.map(({ id }) => id) } }, { session })
      .toArray();

  return {
    step: async () => {
      const webhooks = await webhooksOf(db).find({ state: 'active' }).toArray();
      if (webhooks.length === 0) {
        unsubscribe();
        known.clear();
        return false;
      }
      subscribe();
      // One that has ended and goes on later has missed what was in between.
      const active = new Set(webhooks.map(({ _id }) => _id));
      for (const id of known) if (!active.has(id)) known.delete(id);
      // What changed while somebody subscribed may have been looked at before its webhook was there.
      if (webhooks.some(({ _id }) => !known.has(_id))) mustCompareAll = true;
      if (mustCompareAll) {
        mustCompareAll = false;
        changed.clear();
        try {
          await compareAll(webhooks);
        } catch (error) {
          mustCompareAll = true;
          throw error;
        }
        known.clear();
        for (const { _id } of webhooks) known.add(_id);
        return true;
      }
      const ids = [...changed].slice(0, BATCH);
      if (ids.length === 0) return false;
      // Before they are read: what changes while they are is read once more.
      for (const id of ids) changed.delete(id);
      try {
        await queueNews(webhooks, ids);
      } catch (error) {
        for (const id of ids) changed.add(id);
        throw error;
      }
      return true;
    },
    stop: unsubscribe,
  };
}
