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
    let batch: TellableOnboarding[] = [];
    for await (const onboarding of onboardingsOf(db).find({}, { projection: PROJECTION, batchSize: BATCH })) {
      batch.push(onboarding);
      if (batch.length < BATCH) continue;
      await queueNews(webhooks, batch);
      batch = [];
    }
    await queueNews(webhooks, batch);
  }

  async function queueNews(
    webhooks: readonly StoredWebhook[],
    onboardings: readonly TellableOnboarding[],
  ): Promise<void> {
    const pairs = onboardings.flatMap((onboarding) =>
      webhooks
        .filter(({ tenancy }) => seesOnboarding(tenancy, onboarding))
        .map((webhook) => ({ webhook, onboarding, id: toldId(webhook._id, onboarding._id) })),
    );
    if (pairs.length === 0) return;
    await mongo.client.withSession((session) =>
      session.withTransaction(async () => {
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
      }),
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
        return false;
      }
      subscribe();
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
        const found = onboardingsOf(db).find({ _id: { $in: ids } }, { projection: PROJECTION });
        await queueNews(webhooks, await found.toArray());
      } catch (error) {
        for (const id of ids) changed.add(id);
        throw error;
      }
      return true;
    },
    stop: unsubscribe,
  };
}
