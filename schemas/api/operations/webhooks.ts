import { z } from 'zod';
import { PageQuery } from '../paging.ts';
import {
  Webhook,
  WebhookCreated,
  WebhookDeliveryPage,
  WebhookList,
  WebhookRequest,
  WebhookResent,
} from '../webhooks.ts';
import { operation } from './define.ts';

const get = { method: 'GET', tag: 'webhooks' } as const;
const post = { method: 'POST', tag: 'webhooks' } as const;
const one = z.strictObject({ id: z.uuid() });

export const createWebhook = operation({
  ...post,
  id: 'createWebhook',
  path: '/api/v1/webhooks',
  summary:
    'Has each change of stage or status of one’s suppliers sent to an address, signed; the only answer that holds the secret',
  // An answer kept for repetitions would keep the secret.
  idempotent: false,
  body: WebhookRequest,
  answers: { 201: WebhookCreated },
});
export const listWebhooks = operation({
  ...get,
  id: 'listWebhooks',
  path: '/api/v1/webhooks',
  summary: 'One’s own webhooks, with what waits and what failed; all of them for the operator',
  answers: { 200: WebhookList },
});
export const listDeliveries = operation({
  ...get,
  id: 'listDeliveries',
  path: '/api/v1/webhooks/{id}/deliveries',
  summary: 'What was sent or waits to be sent to one address, newest first',
  params: one,
  query: PageQuery,
  answers: { 200: WebhookDeliveryPage },
});
export const resendDeliveries = operation({
  ...post,
  id: 'resendDeliveries',
  path: '/api/v1/webhooks/{id}/resend',
  summary: 'Sends again what failed, once the receiver is mended; also begins anew what ended with 410',
  params: one,
  answers: { 200: WebhookResent },
});
export const withdrawWebhook = operation({
  ...post,
  id: 'withdrawWebhook',
  path: '/api/v1/webhooks/{id}/withdraw',
  summary: 'Ends a webhook; what still waited is not sent',
  params: one,
  answers: { 200: Webhook },
});
