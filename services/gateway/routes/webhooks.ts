import type { FastifyInstance } from 'fastify';
import * as operations from '../../../schemas/api/operations/index.ts';
import type { GatewayDeps } from '../deps.ts';
import { serve } from '../serve.ts';

/** Addresses at which leaders' and bureaus' systems are told how onboardings stand. */
export function webhookRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { webhooks } = deps;
  serve(app, deps, operations.createWebhook, async ({ body, principal, reply }) => {
    reply.code(201);
    return webhooks.create(principal, body);
  });
  serve(app, deps, operations.listWebhooks, async ({ principal }) => ({
    items: await webhooks.list(principal),
  }));
  serve(app, deps, operations.listDeliveries, ({ principal, params, query }) =>
    webhooks.deliveries(principal, params.id, query),
  );
  serve(app, deps, operations.resendDeliveries, ({ principal, params }) =>
    webhooks.resend(principal, params.id),
  );
  serve(app, deps, operations.withdrawWebhook, ({ principal, params }) =>
    webhooks.withdraw(principal, params.id),
  );
}
