import { Context } from '@temporalio/activity';
import type {
  OnboardingActivities,
  PlatformCall,
} from '../../../workflows/onboarding/activities.contract.ts';
import { beating } from '../../runtime/heartbeat.ts';
import type { Logger } from '../../runtime/logger.ts';
import { deferralIn } from '../adapters/circuit.ts';
import type { CallHeader, IndustrialPlatform } from '../adapters/industrialPlatform.ts';

export type PlatformActivities = Pick<
  OnboardingActivities,
  | 'verifyIdentity'
  | 'createTenant'
  | 'issueCredential'
  | 'registerDevices'
  | 'askAboutData'
  | 'removeDevices'
  | 'revokeCredential'
  | 'disableTenant'
>;

/** The activities that call the industrial internet platform. */
export function createPlatformActivities(platform: IndustrialPlatform, logger: Logger): PlatformActivities {
  const told = async <Reply>(
    operation: string,
    call: PlatformCall,
    ask: (header: CallHeader) => Promise<Reply>,
  ): Promise<Reply> => {
    const { attempt } = Context.current().info;
    const about = { operation, firm: call.supplierUscc, attempt, correlationId: call.correlationId };
    const { key: idempotencyKey, correlationId, at: businessTime } = call;
    try {
      const reply = await beating(() => ask({ idempotencyKey, correlationId, businessTime }));
      logger.debug(about, 'done by the platform');
      return reply;
    } catch (error) {
      if (deferralIn(error)?.meaning === 'turned-away')
        logger.error(
          { ...about, err: error },
          'turned away by the platform: look at its address, token and rights',
        );
      else logger.warn({ ...about, err: error }, 'not done by the platform');
      throw error;
    }
  };

  return {
    verifyIdentity: async (call) => {
      const { register } = await told('verify-identity', call, (header) => platform.verifyFirm(header, call));
      return { register: register ?? call.platform };
    },
    createTenant: (call) => told('create-tenant', call, (header) => platform.createTenant(header, call)),
    issueCredential: (call) =>
      told('issue-credential', call, (header) => platform.issueCredential(header, call)),
    registerDevices: (call) =>
      told('register-devices', call, (header) => platform.registerDevices(header, call)),
    askAboutData: (call) =>
      told('ask-about-data', call, async (header) => {
        const under = (question: string): CallHeader => ({
          ...header,
          idempotencyKey: `${header.idempotencyKey}/${question}`,
        });
        const [first, heard] = await Promise.all([
          platform.firstValidData(under('first-data'), call),
          platform.heartbeat(under('heartbeat'), call),
        ]);
        return { firstDataAt: inUtc(first.at), lastHeardAt: inUtc(heard.lastAt) };
      }),
    removeDevices: (call) => told('remove-devices', call, (header) => platform.removeDevices(header, call)),
    revokeCredential: (call) =>
      told('revoke-credential', call, (header) => platform.revokeCredential(header, call)),
    disableTenant: (call) => told('disable-tenant', call, (header) => platform.disableTenant(header, call)),
  };
}

const inUtc = (instant: string | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();
