import { z } from 'zod';
import { Instant } from '../../../schemas/ids.ts';
import type { PlatformClient, PlatformRequest } from './platformClient.ts';

/** What every call says about itself. */
export interface CallHeader {
  /** Makes it safe to repeat: the same key has one effect. */
  readonly idempotencyKey: string;
  readonly correlationId: string;
  /** ISO 8601, UTC. */
  readonly businessTime: string;
}

export interface TenantKey {
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
}

/** An industrial internet platform, as far as an onboarding needs one. What undoes something is fine with there being nothing. */
export interface IndustrialPlatform {
  verifyFirm(header: CallHeader, key: TenantKey): Promise<{ readonly register: string | null }>;
  createTenant(header: CallHeader, key: TenantKey): Promise<{ readonly tenantId: string }>;
  issueCredential(
    header: CallHeader,
    key: TenantKey,
  ): Promise<{ readonly credentialId: string; readonly issuedAt: string }>;
  registerDevices(header: CallHeader, key: TenantKey): Promise<{ readonly devices: number }>;
  /** What the platform itself says of the tenant's first valid data: to be compared with the events, never taken for them. */
  firstValidData(header: CallHeader, key: TenantKey): Promise<{ readonly at: string | null }>;
  /** When the tenant was last heard of. */
  heartbeat(header: CallHeader, key: TenantKey): Promise<{ readonly lastAt: string | null }>;
  removeDevices(header: CallHeader, key: TenantKey): Promise<void>;
  revokeCredential(header: CallHeader, key: TenantKey): Promise<void>;
  disableTenant(header: CallHeader, key: TenantKey): Promise<void>;
}

const Firm = z.object({ register: z.string().nullable().default(null) });
const Tenant = z.object({ tenantId: z.string().min(1) });
const Credential = z.object({ credentialId: z.string().min(1), issuedAt: Instant });
const Devices = z.object({ devices: z.number().int().min(0) });
const FirstData = z.object({ at: Instant.nullable() });
const Heartbeat = z.object({ lastAt: Instant.nullable() });

/** The platform over HTTP. On its platform a tenant is named by programme and firm, so that it can be undone even where the reply to its creation was lost. */
export function createIndustrialPlatform(client: PlatformClient): IndustrialPlatform {
  const tenantPath = ({ programme, supplierUscc }: TenantKey): string =>
    `/tenants/${programme}.${supplierUscc}`;
  const ask = async <Reply>(
    schema: z.ZodType<Reply>,
    header: CallHeader,
    { platform }: TenantKey,
    request: Pick<PlatformRequest, 'method' | 'path' | 'body'>,
  ): Promise<Reply> => schema.parse((await client({ ...header, platform, ...request })) ?? {});
  const undo = async (header: CallHeader, { platform }: TenantKey, path: string): Promise<void> => {
    await client({ ...header, platform, method: 'DELETE', path, absentIsFine: true });
  };
  return {
    verifyFirm: (header, key) =>
      ask(Firm, header, key, { method: 'GET', path: `/firms/${key.supplierUscc}` }),
    createTenant: (header, key) => {
      const { supplierUscc, platform, programme } = key;
      const body = { supplierUscc, platform, programme };
      return ask(Tenant, header, key, { method: 'POST', path: '/tenants', body });
    },
    issueCredential: async (header, key) => {
      const path = `${tenantPath(key)}/credentials`;
      const request = { method: 'POST' as const, path, body: {} };
      const { credentialId, issuedAt } = await ask(Credential, header, key, request);
      return { credentialId, issuedAt: new Date(issuedAt).toISOString() };
    },
    registerDevices: (header, key) =>
      ask(Devices, header, key, { method: 'POST', path: `${tenantPath(key)}/devices`, body: {} }),
    firstValidData: (header, key) =>
      ask(FirstData, header, key, { method: 'GET', path: `${tenantPath(key)}/first-data` }),
    heartbeat: (header, key) =>
      ask(Heartbeat, header, key, { method: 'GET', path: `${tenantPath(key)}/heartbeat` }),
    removeDevices: (header, key) => undo(header, key, `${tenantPath(key)}/devices`),
    revokeCredential: (header, key) => undo(header, key, `${tenantPath(key)}/credentials`),
    disableTenant: (header, key) => undo(header, key, tenantPath(key)),
  };
}
