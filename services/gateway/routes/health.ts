import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { live, ready } from '../../../schemas/api/operations/index.ts';
import { readServers } from '../adapters/status.ts';
import type { GatewayDeps } from '../deps.ts';
import { serve } from '../serve.ts';

/** Behind by more than this, a process does not serve anybody any more. */
const OVERLOADED_MS = 5_000;
/** Whoever asks for readiness wants to know it now: a server that takes longer is not ready. */
const PROBE_MS = 4_000;

/** Alive: this process answers and keeps up. Ready: the three servers behind it answer as well. */
export function healthRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const delay = monitorEventLoopDelay({ resolution: 100 });
  delay.enable();
  app.addHook('onClose', async () => {
    delay.disable();
  });

  serve(app, deps, live, async ({ reply }) => {
    const worstMs = delay.max / 1e6;
    delay.reset();
    if (worstMs < OVERLOADED_MS) return { status: 'up' };
    reply.code(503);
    return { status: 'overloaded' };
  });

  serve(app, deps, ready, async ({ reply }) => {
    const servers = await readServers(deps.status, PROBE_MS);
    const isReady = Object.values(servers).every((server) => server.ok);
    reply.code(isReady ? 200 : 503);
    return { status: isReady ? 'ready' : 'not-ready', servers };
  });
}
