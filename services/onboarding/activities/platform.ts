import { Context } from '@temporalio/activity';
import type {
  OnboardingActivities,
  PlatformCall,
} from '../../../workflows/onboarding/activities.contract.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { PlatformClient, PlatformRequest } from '../adapters/platformClient.ts';

export type PlatformActivities = Pick<
  OnboardingActivities,
  | 'verifyIdentity'
  | 'createTenant'
  | 'issueCredential'
  | 'registerDevices'
  | 'removeDevices'
  | 'revokeCredential'
  | 'disableTenant'
>;

/** The activities that call the industrial internet platform. */
export function createPlatformActivities(platform: PlatformClient, logger: Logger): PlatformActivities {
  const ask = async (
    operation: string,
    call: PlatformCall,
    http: Pick<PlatformRequest, 'method' | 'path' | 'body' | 'absentIsFine'>,
  ): Promise<Record<string, unknown> | null> => {
    const { attempt } = Context.current().info;
    const about = { operation, firm: call.supplierUscc, attempt, correlationId: call.correlationId };
    try {
      const reply = await platform({
        ...http,
        idempotencyKey: call.key,
        correlationId: call.correlationId,
        businessTime: call.at,
      });
      logger.debug(about, 'done by the platform');
      return reply;
    } catch (error) {
      logger.warn({ ...about, err: error }, 'not done by the platform');
      throw error;
    }
  };

  return {
    verifyIdentity: async (call) => {
      const path = `/firms/${call.supplierUscc}`;
      const reply = await ask('verify-identity', call, { method: 'GET', path });
      return { register: String(reply?.register ?? call.platform) };
    },
    createTenant: async (call) => {
      const { platform: platformId, programme, supplierUscc } = call;
      const body = { supplierUscc, platform: platformId, programme };
      const reply = await ask('create-tenant', call, { method: 'POST', path: '/tenants', body });
      return { tenantId: String(reply?.tenantId) };
    },
    issueCredential: async (call) => {
      const path = `${tenantPath(call)}/credentials`;
      const reply = await ask('issue-credential', call, { method: 'POST', path, body: {} });
      const issuedAt = new Date(String(reply?.issuedAt)).toISOString();
      return { credentialId: String(reply?.credentialId), issuedAt };
    },
    registerDevices: async (call) => {
      const path = `${tenantPath(call)}/devices`;
      const reply = await ask('register-devices', call, { method: 'POST', path, body: {} });
      return { devices: Number(reply?.devices ?? 0) };
    },
    removeDevices: async (call) => {
      const path = `${tenantPath(call)}/devices`;
      await ask('remove-devices', call, { method: 'DELETE', path, absentIsFine: true });
    },
    revokeCredential: async (call) => {
      const path = `${tenantPath(call)}/credentials`;
      await ask('revoke-credential', call, { method: 'DELETE', path, absentIsFine: true });
    },
    disableTenant: async (call) => {
      await ask('disable-tenant', call, { method: 'DELETE', path: tenantPath(call), absentIsFine: true });
    },
  };
}

/** A tenant is named by programme and firm, so that it can be undone even where the reply to its creation was lost. */
const tenantPath = ({ programme, supplierUscc }: PlatformCall): string =>
  `/tenants/${programme}.${supplierUscc}`;
