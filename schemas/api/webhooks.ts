import { z } from 'zod';
import { Instant } from '../ids.ts';
import { FailureReason, OnboardingStatus, Stage } from '../onboarding.ts';
import { ROLES } from '../tenancy.ts';
import { pageOf } from './paging.ts';

export const WEBHOOK_MESSAGE_TYPE = 'chainlight.onboarding.status-changed.v1';

const Standing = z.object({ stage: Stage, status: OnboardingStatus });

/** What a receiver is sent: CloudEvents 1.0, structured. */
export const WebhookMessage = z.object({
  specversion: z.literal('1.0'),
  /** The same each time the message is sent; also in the header `webhook-id`. */
  id: z.string(),
  source: z.literal('/system/gateway'),
  type: z.literal(WEBHOOK_MESSAGE_TYPE),
  time: Instant,
  datacontenttype: z.literal('application/json'),
  data: Standing.extend({
    supplierUscc: z.string(),
    supplierName: z.string().nullable(),
    platform: z.string(),
    programme: z.string(),
    /** What this receiver was told, or could see, before; null for an onboarding that is new to it. */
    before: Standing.nullable(),
    failureReason: FailureReason.nullable(),
    /** Counts what this receiver was told about the onboarding: of two messages the greater one is newer. */
    revision: z.number().int().min(1),
  }),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

export const WebhookRequest = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  description: z.string().trim().max(200).default(''),
});
export type WebhookRequest = z.infer<typeof WebhookRequest>;

export const Webhook = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  owner: z.object({ subject: z.string(), name: z.string(), role: z.enum(ROLES) }),
  createdAt: Instant,
  state: z.enum(['active', 'ended']),
  /** `withdrawn`: by its owner or the operator; `gone`: the receiver answered 410. */
  endedBecause: z.enum(['withdrawn', 'gone']).nullable(),
  waiting: z.number().int(),
  failed: z.number().int(),
  lastDeliveredAt: Instant.nullable(),
  lastError: z.string().nullable(),
});
export type Webhook = z.infer<typeof Webhook>;

/** The only answer that holds the secret. */
export const WebhookCreated = Webhook.extend({
  secret: z.string().meta({ description: '`whsec_` and 32 bytes in Base64: the key of the signatures' }),
});
export type WebhookCreated = z.infer<typeof WebhookCreated>;
export const WebhookList = z.object({ items: z.array(Webhook) });

export const WebhookDelivery = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.number().int(),
  queuedAt: Instant,
  deliveredAt: Instant.nullable(),
  /** When it is tried again; null once that is over. */
  nextAttemptAt: Instant.nullable(),
  lastError: z.string().nullable(),
  message: WebhookMessage,
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
export const WebhookDeliveryPage = pageOf(WebhookDelivery);
export const WebhookResent = z.object({ resent: z.number().int() });
