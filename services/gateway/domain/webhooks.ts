import { createHmac, randomBytes } from 'node:crypto';
import { WEBHOOK_MESSAGE_TYPE, type WebhookMessage } from '../../../schemas/api/webhooks.ts';
import type { FailureReason, OnboardingStatus, Stage } from '../../../schemas/onboarding.ts';
import type { Owned } from './visibility.ts';

/** Where an onboarding stands, as far as receivers are told. */
export interface Standing {
  readonly stage: Stage;
  readonly status: OnboardingStatus;
}

/** What a message is made of. */
export interface TellableOnboarding extends Owned, Standing {
  readonly _id: string;
  readonly programme: string;
  readonly supplierName: string | null;
  readonly failureReason: FailureReason | null;
}

/** What a receiver was told last about an onboarding; revision 0: nothing yet, it could look it up when it subscribed. */
export interface Told extends Standing {
  readonly revision: number;
}

/** Whether a receiver has something to be told. */
export const isNews = (told: Told | undefined, now: Standing): boolean =>
  told === undefined || told.stage !== now.stage || told.status !== now.status;

/** @param id the message's own, the same however often it is sent */
export function messageOf(
  id: string,
  told: Told | undefined,
  onboarding: TellableOnboarding,
  now: Date,
): WebhookMessage {
  const { supplierUscc, supplierName, platform, programme, stage, status, failureReason } = onboarding;
  return {
    specversion: '1.0',
    id,
    source: '/system/gateway',
    type: WEBHOOK_MESSAGE_TYPE,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: {
      supplierUscc,
      supplierName,
      platform,
      programme,
      stage,
      status,
      before: told === undefined ? null : { stage: told.stage, status: told.status },
      failureReason,
      revision: (told?.revision ?? 0) + 1,
    },
  };
}

const SECRET_PREFIX = 'whsec_';

export const newSecret = (): string => `${SECRET_PREFIX}${randomBytes(32).toString('base64')}`;

/** Headers of one attempt, as the Standard Webhooks specification has them: HMAC-SHA256 over id, time and body. */
export function signedHeaders(secret: string, id: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
    'content-type': 'application/cloudevents+json; charset=utf-8',
  };
}

const MAX_PAUSE_MS = 3_600_000;
/** Together about half a day: a receiver that is mended in the morning has missed nothing. */
export const MAX_ATTEMPTS = 20;

/** Pause after the nth attempt failed: two seconds, then twice as long each time, an hour at most. */
export const pauseMsAfter = (attempts: number): number => Math.min(1_000 * 2 ** attempts, MAX_PAUSE_MS);
