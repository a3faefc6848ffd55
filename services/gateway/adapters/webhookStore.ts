import { randomUUID } from 'node:crypto';
import type { Collection, Db, Filter } from 'mongodb';
import type {
  Webhook,
  WebhookCreated,
  WebhookDelivery,
  WebhookMessage,
  WebhookRequest,
} from '../../../schemas/api/webhooks.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Tenancy } from '../../../schemas/tenancy.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import type { Principal } from '../domain/principal.ts';
import { onboardingsOf as visibleTo } from '../domain/visibility.ts';
import { newSecret, type Told } from '../domain/webhooks.ts';
import { requireReceiver } from './receiverAddress.ts';

/** Where somebody wants to be told. Not an event: it holds a secret, and an address must be forgettable. */
export interface StoredWebhook {
  readonly _id: string;
  readonly url: string;
  readonly description: string;
  readonly secret: string;
  readonly owner: Webhook['owner'];
  /** What the owner could see when it subscribed; no more is ever told. */
  readonly tenancy: Tenancy;
  readonly createdAt: Date;
  readonly state: Webhook['state'];
  readonly endedBecause: Webhook['endedBecause'];
  /** Attempts that failed since the last that did not; until `restsUntil` nothing is sent there. */
  readonly failures: number;
  readonly restsUntil: Date;
}

export interface StoredTold extends Told {
  /** `<webhook> <onboarding>` */
  readonly _id: string;
  readonly webhookId: string;
}

export interface StoredDelivery {
  readonly _id: string;
  readonly webhookId: string;
  readonly state: WebhookDelivery['state'];
  readonly attempts: number;
  readonly queuedAt: Date;
  /** Until then another sender has it, or it rests after a failed attempt. */
  readonly notBefore: Date;
  readonly deliveredAt: Date | null;
  readonly lastError: string | null;
  readonly message: WebhookMessage;
}

export const webhooksOf = (db: Db): Collection<StoredWebhook> => db.collection<StoredWebhook>('webhooks');
export const toldOf = (db: Db): Collection<StoredTold> => db.collection<StoredTold>('webhook_told');
export const deliveriesOf = (db: Db): Collection<StoredDelivery> =>
  db.collection<StoredDelivery>('webhook_deliveries');

export const toldId = (webhookId: string, onboardingId: string): string => `${webhookId} ${onboardingId}`;

const MOST_OF_ONE_OWNER = 10;
const BATCH = 2_000;
/** How long can be looked up what was sent, or could not be. */
const KEPT_S = 90 * 86_400;

/** Addresses to be told at, and what was told there. Everybody reaches their own; the operator reaches all. */
export interface WebhookDesk {
  ensureIndexes(): Promise<void>;
  /** @throws ChainlightError BAD_INPUT */
  create(principal: Principal, request: WebhookRequest): Promise<WebhookCreated>;
  list(principal: Principal): Promise<Webhook[]>;
  /** @throws ChainlightError NOT_FOUND */
  withdraw(principal: Principal, id: string): Promise<Webhook>;
  /** Queues what failed anew. @throws ChainlightError NOT_FOUND */
  resend(principal: Principal, id: string): Promise<{ resent: number }>;
  /** @throws ChainlightError NOT_FOUND, BAD_INPUT */
  deliveries(
    principal: Principal,
    id: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ total: number; items: WebhookDelivery[]; nextCursor: string | null }>;
}

export function createWebhookDesk(deps: {
  readonly db: Db;
  readonly now: () => Date;
  readonly allowsPrivate: boolean;
}): WebhookDesk {
  const { db, now, allowsPrivate } = deps;
  const [webhooks, told, deliveries] = [webhooksOf(db), toldOf(db), deliveriesOf(db)];

  const mine = ({ subject, tenancy }: Principal): Filter<StoredWebhook> =>
    tenancy.role === 'operator' ? {} : { 'owner.subject': { $eq: subject } };

  async function require(principal: Principal, id: string): Promise<StoredWebhook> {
    const found = await webhooks.findOne({ ...mine(principal), _id: { $eq: id } });
    if (found === null) throw new ChainlightError('NOT_FOUND', `there is no webhook ${id} of yours`);
    return found;
  }

  /** What the owner can look up now is no news to it later. */
  async function seed(webhook: StoredWebhook): Promise<void> {
    const seen = onboardingsOf(db).find(visibleTo(webhook.tenancy) as object, {
      projection: { stage: 1, status: 1 },
      batchSize: BATCH,
    });
    let batch: StoredTold[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length > 0) await told.insertMany(batch, { ordered: false });
      batch = [];
    };
    for await (const { _id, stage, status } of seen) {
      batch.push({ _id: toldId(webhook._id, _id), webhookId: webhook._id, stage, status, revision: 0 });
      if (batch.length === BATCH) await flush();
    }
    await flush();
  }

  async function shown(webhook: StoredWebhook): Promise<Webhook> {
    const { _id, url, description, owner, createdAt, state, endedBecause } = webhook;
    const ofThis = { webhookId: _id };
    const [waiting, failed, last, troubled] = await Promise.all([
      deliveries.countDocuments({ ...ofThis, state: 'waiting' }),
      deliveries.countDocuments({ ...ofThis, state: 'failed' }),
      deliveries.findOne({ ...ofThis, state: 'delivered' }, { sort: { deliveredAt: -1 } }),
      deliveries.findOne(
        { ...ofThis, state: { $ne: 'delivered' }, lastError: { $ne: null } },
        { sort: { notBefore: -1 } },
      ),
    ]);
    return {
      ...{ id: _id, url, description, owner, state, endedBecause },
      createdAt: createdAt.toISOString(),
      waiting,
      failed,
      lastDeliveredAt: last?.deliveredAt?.toISOString() ?? null,
      lastError: troubled?.lastError ?? null,
    };
  }

  return {
    ensureIndexes: async () => {
      await webhooks.createIndexes([{ key: { 'owner.subject': 1 }, name: 'owner' }]);
      await told.createIndexes([{ key: { webhookId: 1 }, name: 'webhook' }]);
      await deliveries.createIndexes([
        { key: { webhookId: 1, state: 1, deliveredAt: -1 }, name: 'webhook' },
        { key: { webhookId: 1, queuedAt: -1, _id: -1 }, name: 'newest' },
        {
          key: { notBefore: 1 },
          name: 'waiting',
          partialFilterExpression: { state: 'waiting' },
        },
        { key: { queuedAt: 1 }, name: 'expiry', expireAfterSeconds: KEPT_S },
      ]);
    },

    create: async (principal, { url, description }) => {
      requireReceiver(url, allowsPrivate);
      const { subject, name, tenancy } = principal;
      const active = await webhooks.countDocuments({ 'owner.subject': { $eq: subject }, state: 'active' });
      if (active >= MOST_OF_ONE_OWNER)
        throw new ChainlightError(
          'BAD_INPUT',
          bilingual(
            `you have ${active} webhooks already, and ${MOST_OF_ONE_OWNER} are the most; withdraw one first`,
            `已有 ${active} 个推送地址，最多 ${MOST_OF_ONE_OWNER} 个，请先撤销一个`,
          ),
        );
      const webhook: StoredWebhook = {
        _id: randomUUID(),
        url,
        description,
        secret: newSecret(),
        owner: { subject, name, role: tenancy.role },
        tenancy,
        createdAt: now(),
        state: 'active',
        endedBecause: null,
        failures: 0,
        restsUntil: now(),
      };
      await seed(webhook);
      await webhooks.insertOne(webhook);
      return { ...(await shown(webhook)), secret: webhook.secret };
    },

    list: async (principal) => {
      const found = await webhooks.find(mine(principal)).sort({ createdAt: -1, _id: 1 }).toArray();
      return Promise.all(found.map(shown));
    },

    withdraw: async (principal, id) => {
      const { _id } = await require(principal, id);
      await webhooks.updateOne(
        { _id, state: 'active' },
        { $set: { state: 'ended', endedBecause: 'withdrawn' } },
      );
      await told.deleteMany({ webhookId: _id });
      await deliveries.updateMany(
        { webhookId: _id, state: 'waiting' },
        { $set: { state: 'failed', lastError: 'withdrawn before it was sent' } },
      );
      return shown(await require(principal, id));
    },

    resend: async (principal, id) => {
      const webhook = await require(principal, id);
      if (webhook.endedBecause === 'withdrawn')
        throw new ChainlightError(
          'BAD_INPUT',
          bilingual(`webhook ${id} was withdrawn; make a new one`, '此推送地址已撤销，请新建'),
        );
      await webhooks.updateOne(
        { _id: webhook._id },
        { $set: { state: 'active', endedBecause: null, failures: 0, restsUntil: now() } },
      );
      const { modifiedCount } = await deliveries.updateMany(
        { webhookId: webhook._id, state: 'failed' },
        { $set: { state: 'waiting', attempts: 0, notBefore: now() } },
      );
      return { resent: modifiedCount };
    },

    deliveries: async (principal, id, { limit, cursor }) => {
      const { _id: webhookId } = await require(principal, id);
      const filter: Filter<StoredDelivery> = { webhookId };
      const total = await deliveries.countDocuments(filter);
      const after = cursor === undefined ? {} : olderThan(cursor);
      const found = await deliveries
        .find({ ...filter, ...after })
        .sort({ queuedAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray();
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const nextCursor =
        found.length > limit && last ? cursorOf([last.queuedAt.toISOString(), last._id]) : null;
      return { total, items: items.map(shownDelivery), nextCursor };
    },
  };
}

function olderThan(cursor: string): Filter<StoredDelivery> {
  const [at, id] = positionOf(cursor);
  const queuedAt = new Date(String(at));
  return { $or: [{ queuedAt: { $lt: queuedAt } }, { queuedAt, _id: { $lt: id } }] };
}

const shownDelivery = (delivery: StoredDelivery): WebhookDelivery => ({
  id: delivery._id,
  state: delivery.state,
  attempts: delivery.attempts,
  queuedAt: delivery.queuedAt.toISOString(),
  deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  nextAttemptAt: delivery.state === 'waiting' ? delivery.notBefore.toISOString() : null,
  lastError: delivery.lastError,
  message: delivery.message,
});
