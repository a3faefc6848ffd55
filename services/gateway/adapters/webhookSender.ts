import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Db } from 'mongodb';
import { MAX_ATTEMPTS, pauseMsAfter, signedHeaders } from '../domain/webhooks.ts';
import { hostOf, isPublicAddress } from './receiverAddress.ts';
import { deliveriesOf, type StoredDelivery, webhooksOf } from './webhookStore.ts';

const TIMEOUT_MS = 10_000;
/** A receiver that is down rests at most so long between attempts, whichever of its messages they are for. */
const MAX_REST_MS = 60_000;
/** Longer than an attempt may take: a sender that died lets go of its message then. */
const LEASE_MS = 60_000;
const GONE = 410;

/** Posts and gives the status of the answer, whose body nobody reads. */
export type PostWebhook = (url: URL, headers: Record<string, string>, body: string) => Promise<number>;

/** @param allowsPrivate whether addresses that are not public are reached; what a name stands for is looked at when it is used */
export function createWebhookPost(allowsPrivate: boolean): PostWebhook {
  const publicOnly: LookupFunction = (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const reachable = error ? [] : addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = reachable;
      if (error) return callback(error, '', 0);
      if (first === undefined) return callback(new Error('the name stands for no public address'), '', 0);
      return options.all ? callback(null, reachable) : callback(null, first.address, first.family);
    });

  return (url, headers, body) =>
    new Promise((done, fail) => {
      const host = hostOf(url);
      if (!allowsPrivate && isIP(host) !== 0 && !isPublicAddress(host))
        return fail(new Error('the address is not public'));
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const asked = send(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
          signal: AbortSignal.timeout(TIMEOUT_MS),
          agent: false,
          ...(allowsPrivate ? {} : { lookup: publicOnly }),
        },
        (answer) => {
          done(answer.statusCode ?? 0);
          // However much it would say: nothing is read, and no redirection is followed.
          answer.destroy();
        },
      );
      asked.on('error', fail);
      asked.end(body);
    });
}

/**
 * Takes one message, so that no other gateway has it meanwhile, and sends it. Sent at least once: a receiver knows a repetition by its
 * `webhook-id`.
 * @returns whether there was one
 */
export async function sendNextWebhook(db: Db, post: PostWebhook, now: () => Date): Promise<boolean> {
  const deliveries = deliveriesOf(db);
  const at = now();
  // Asked for by receiver: one that lets everybody wait must not hold up the others with all that piles up for it.
  const awake = await webhooksOf(db)
    .find({ state: 'active', restsUntil: { $lte: at } }, { projection: { _id: 1 } })
    .toArray();
  if (awake.length === 0) return false;
  const taken = await deliveries.findOneAndUpdate(
    { state: 'waiting', notBefore: { $lte: at }, webhookId: { $in: awake.map(({ _id }) => _id) } },
    { $set: { notBefore: new Date(at.getTime() + LEASE_MS) }, $inc: { attempts: 1 } },
    { sort: { notBefore: 1 }, returnDocument: 'after' },
  );
  if (taken === null) return false;
  const settle = (change: Partial<StoredDelivery>) =>
    deliveries.updateOne({ _id: taken._id, attempts: taken.attempts, state: 'waiting' }, { $set: change });
  const webhook = await webhooksOf(db).findOne({ _id: taken.webhookId, state: 'active' });
  if (webhook === null) {
    await settle({ state: 'failed', lastError: 'its webhook has ended' });
    return true;
  }
  const body = JSON.stringify(taken.message);
  try {
    const status = await post(new URL(webhook.url), signedHeaders(webhook.secret, taken._id, body, at), body);
    if (status >= 200 && status < 300) {
      await settle({ state: 'delivered', deliveredAt: now(), lastError: null });
      if (webhook.failures > 0)
        await webhooksOf(db).updateOne({ _id: webhook._id }, { $set: { failures: 0 } });
      return true;
    }
    if (status === GONE) {
      await webhooksOf(db).updateOne(
        { _id: webhook._id, state: 'active' },
        { $set: { state: 'ended', endedBecause: 'gone' } },
      );
      await settle({ state: 'failed', lastError: 'answered 410' });
      return true;
    }
    throw new Error(`answered ${status}`);
  } catch (error) {
    const restMs = Math.min(pauseMsAfter(webhook.failures + 1), MAX_REST_MS);
    await webhooksOf(db).updateOne(
      { _id: webhook._id },
      { $inc: { failures: 1 }, $set: { restsUntil: new Date(now().getTime() + restMs) } },
    );
    await settle({
      state: taken.attempts >= MAX_ATTEMPTS ? 'failed' : 'waiting',
      notBefore: new Date(now().getTime() + pauseMsAfter(taken.attempts)),
      lastError: error instanceof Error ? error.message.slice(0, 300) : String(error),
    });
  }
  return true;
}
