import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Instant, isUscc, PartyId, ProgrammeCode, Uscc } from '../../../schemas/ids.ts';
import { type FaultPlan, faultOf, NO_FAULTS } from './faults.ts';

export interface PlatformOptions {
  readonly faults?: FaultPlan;
  /** Firms that the platform refuses for good. */
  readonly refusedFirms?: ReadonlySet<string>;
}

interface Tenant {
  readonly tenantId: string;
  status: 'active' | 'disabled';
  credential: 'none' | 'issued' | 'revoked';
  devices: number;
  /** What the platform says of the tenant's data, in its own words. */
  dataSince: string | null;
  lastHeardAt: string | null;
}

/** What a test or a page may ask about the platform's inside. */
export interface Platform {
  readonly app: FastifyInstance;
  /** While set, every request is answered 503. */
  setDown(isDown: boolean): void;
  /** @param platform which of those that are played; without it the first that has the tenant */
  tenant(tenantId: string, platform?: string): Readonly<Tenant> | undefined;
  /** What was changed at a tenant, in order: once for each idempotency key, however often that was sent. */
  effects(tenantId: string): readonly string[];
  /** The tenant's devices send something. */
  hear(tenantId: string, at: string): void;
}

type TenantRequest = FastifyRequest<{ Params: { tenantId: string } }>;

/** Marks the copy of a request that a proxy sent twice. */
const SECOND_COPY = 'x-second-copy';
/** Gateways and machines that the platform finds at a firm. */
const DEVICES_PER_TENANT = 3;

const NewTenant = z.object({ supplierUscc: Uscc, platform: PartyId, programme: ProgrammeCode });
const Headers = z.looseObject({
  'idempotency-key': z.string().min(1).max(300),
  'x-business-time': Instant,
});

/**
 * The industrial internet platform, as far as an onboarding needs it: a register of firms, tenants, credentials. It is repeatable
 * by nature (a tenant is named by programme and firm), so a request under the same idempotency key has one effect, even
 * across a restart that forgot everything: then there is nothing to undo, and it says 404.
 */
export function buildPlatform(options: PlatformOptions = {}): Platform {
  const { faults = NO_FAULTS, refusedFirms = new Set<string>() } = options;
  const app = Fastify();
  /** By name, then by the platform that is played. */
  const tenants = new Map<string, Map<string, Tenant>>();
  const tenantAt = (request: TenantRequest): Tenant | undefined =>
    tenants.get(request.params.tenantId)?.get(platformIn(request));
  /** A platform that was restarted has forgotten its tenants; the name says all there is to know. */
  const tenantOrNew = (tenantId: string, platform: string): Tenant => {
    const ofName = tenants.get(tenantId) ?? new Map<string, Tenant>();
    const tenant = ofName.get(platform) ?? newTenant(tenantId);
    tenants.set(tenantId, ofName.set(platform, tenant));
    return tenant;
  };
  const attempts = new Map<string, number>();
  /** Effects with the idempotency keys under which they were asked for. */
  const carriedOut = new Set<string>();
  const effects = new Map<string, string[]>();
  /** @returns whether it had not happened before under this key */
  const note = (request: FastifyRequest, tenantId: string, effect: string): boolean => {
    const once = `${effect} ${request.headers['idempotency-key']}`;
    if (carriedOut.has(once)) return false;
    carriedOut.add(once);
    effects.set(tenantId, [...(effects.get(tenantId) ?? []), effect]);
    return true;
  };
  /** Requests that are carried out, but whose reply gets lost on the way. */
  const withLostReply = new WeakSet<FastifyRequest>();
  const sentTwice = new WeakSet<FastifyRequest>();
  let isDown = false;

  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/health') return;
    if (isDown) return reply.code(503).send({ error: 'down' });
    const headers = Headers.safeParse(request.headers);
    if (!headers.success)
      return reply.code(400).send({ error: 'Idempotency-Key and X-Business-Time are needed' });
    if (request.headers[SECOND_COPY] !== undefined) return;
    const key = headers.data['idempotency-key'];
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    const fault = faultOf(faults, key, attempt);
    if (fault === 'error') return reply.code(500).send({ error: 'internal error' });
    if (fault === 'busy')
      return reply.code(429).header('retry-after', '1').send({ error: 'too many requests' });
    if (fault === 'slow') await sleep(faults.slowMs);
    if (fault === 'lost-reply') withLostReply.add(request);
    if (fault === 'duplicate') sentTwice.add(request);
  });
  app.addHook('preHandler', async (request) => {
    if (!sentTwice.has(request)) return;
    await app.inject({
      method: request.method as 'GET' | 'POST' | 'DELETE',
      url: request.url,
      headers: {
        'content-type': 'application/json',
        'x-platform': platformIn(request),
        'idempotency-key': String(request.headers['idempotency-key']),
        'x-business-time': String(request.headers['x-business-time']),
        [SECOND_COPY]: 'yes',
      },
      ...(request.body === undefined ? {} : { payload: JSON.stringify(request.body) }),
    });
  });
  app.addHook('onSend', async (request, reply) => {
    if (withLostReply.has(request)) reply.raw.destroy();
  });

  app.get('/health', async () => ({ status: 'up' }));

  app.get('/firms/:uscc', async (request: FastifyRequest<{ Params: { uscc: string } }>, reply) => {
    const { uscc } = request.params;
    if (!isUscc(uscc)) return notFound(reply, 'no such firm');
    return { uscc, register: 'firm-register', status: 'in-business' };
  });

  app.post('/tenants', async (request, reply) => {
    const body = NewTenant.safeParse(request.body);
    if (!body.success) return reply.code(422).send({ error: z.prettifyError(body.error) });
    const { supplierUscc, platform, programme } = body.data;
    if (refusedFirms.has(supplierUscc))
      return reply.code(422).send({ error: 'master data of this firm do not match the register' });
    const tenantId = `${programme}.${supplierUscc}`;
    const tenant = tenantOrNew(tenantId, platform);
    // A request under a new key brings a disabled tenant back; the same request again changes nothing.
    if (note(request, tenantId, 'tenant-created')) tenant.status = 'active';
    return reply.code(201).send({ tenantId, status: tenant.status });
  });

  app.post('/tenants/:tenantId/credentials', async (request: TenantRequest, reply) => {
    const { tenantId } = request.params;
    const tenant = tenantOrNew(tenantId, platformIn(request));
    if (tenant.status === 'disabled') return reply.code(410).send({ error: 'the tenant is disabled' });
    tenant.credential = 'issued';
    note(request, tenantId, 'credential-issued');
    const issuedAt = new Date(String(request.headers['x-business-time'])).toISOString();
    return reply.code(201).send({ credentialId: `cr.${tenantId}`, issuedAt });
  });

  app.post('/tenants/:tenantId/devices', async (request: TenantRequest, reply) => {
    const { tenantId } = request.params;
    const tenant = tenantOrNew(tenantId, platformIn(request));
    if (tenant.status === 'disabled') return reply.code(410).send({ error: 'the tenant is disabled' });
    tenant.devices = DEVICES_PER_TENANT;
    tenant.lastHeardAt = new Date(String(request.headers['x-business-time'])).toISOString();
    note(request, tenantId, 'devices-registered');
    return reply.code(201).send({ devices: tenant.devices });
  });

  app.get('/tenants/:tenantId/first-data', async (request: TenantRequest, reply) => {
    const tenant = tenantAt(request);
    return tenant === undefined ? notFound(reply, 'no such tenant') : { at: tenant.dataSince };
  });

  app.get('/tenants/:tenantId/heartbeat', async (request: TenantRequest, reply) => {
    const tenant = tenantAt(request);
    return tenant === undefined ? notFound(reply, 'no such tenant') : { lastAt: tenant.lastHeardAt };
  });

  app.delete('/tenants/:tenantId/devices', async (request: TenantRequest, reply) => {
    const tenant = tenantAt(request);
    if (tenant === undefined || tenant.devices === 0) return notFound(reply, 'no such devices');
    tenant.devices = 0;
    note(request, tenant.tenantId, 'devices-removed');
    return { tenantId: tenant.tenantId, devices: 0 };
  });

  app.delete('/tenants/:tenantId/credentials', async (request: TenantRequest, reply) => {
    const tenant = tenantAt(request);
    if (tenant === undefined || tenant.credential === 'none') return notFound(reply, 'no such credential');
    tenant.credential = 'revoked';
    note(request, tenant.tenantId, 'credential-revoked');
    return { tenantId: tenant.tenantId, credential: tenant.credential };
  });

  app.delete('/tenants/:tenantId', async (request: TenantRequest, reply) => {
    const tenant = tenantAt(request);
    if (tenant === undefined) return notFound(reply, 'no such tenant');
    tenant.status = 'disabled';
    note(request, tenant.tenantId, 'tenant-disabled');
    return { tenantId: tenant.tenantId, status: tenant.status };
  });

  const tenant = (tenantId: string, platform?: string): Tenant | undefined => {
    const ofName = tenants.get(tenantId);
    return platform === undefined ? ofName?.values().next().value : ofName?.get(platform);
  };
  return {
    app,
    setDown: (down) => {
      isDown = down;
    },
    tenant,
    effects: (tenantId) => effects.get(tenantId) ?? [],
    hear: (tenantId, at) => {
      const heard = tenant(tenantId);
      if (heard === undefined) return;
      heard.dataSince ??= at;
      heard.lastHeardAt = at;
    },
  };
}

/** One server may play several platforms; each has tenants of its own. */
const platformIn = (request: FastifyRequest): string => String(request.headers['x-platform'] ?? '');

const newTenant = (tenantId: string): Tenant => ({
  tenantId,
  status: 'active',
  credential: 'none',
  devices: 0,
  dataSince: null,
  lastHeardAt: null,
});

const notFound = (reply: FastifyReply, error: string): FastifyReply => reply.code(404).send({ error });
