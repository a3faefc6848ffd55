import type { Config } from '../../runtime/config.ts';
import { type CircuitSettings, PLATFORM_CIRCUIT } from './circuit.ts';
import {
  createPlatformClient,
  deferred,
  type PlatformAccess,
  type PlatformClient,
} from './platformClient.ts';

/** Which platform is reached where. */
export interface PlatformSettings {
  readonly byId: Readonly<Record<string, PlatformAccess>>;
  /** Where every other one is; null: there is no other. */
  readonly others: PlatformAccess | null;
}

/** What the environment names: each platform by itself, or one address for all; null where it names none. */
export function platformSettings({
  PLATFORMS,
  PLATFORM_URL,
  PLATFORM_TOKEN,
}: Pick<Config, 'PLATFORMS' | 'PLATFORM_URL' | 'PLATFORM_TOKEN'>): PlatformSettings | null {
  if (PLATFORMS !== undefined) return { byId: PLATFORMS, others: null };
  if (PLATFORM_URL === undefined) return null;
  return { byId: {}, others: { url: PLATFORM_URL, token: PLATFORM_TOKEN } };
}

/**
 * Hands each request to the platform that it is for, each behind a circuit of its own. One that is not named is no firm's fault: its calls
 * wait until it is.
 */
export function createPlatformClients(
  { byId, others }: PlatformSettings,
  timeoutMs?: number,
  circuit: CircuitSettings = PLATFORM_CIRCUIT,
): PlatformClient {
  const known = new Map(
    Object.entries(byId).map(([id, access]) => [id, createPlatformClient(access, timeoutMs, circuit)]),
  );
  const other = others && createPlatformClient(others, timeoutMs, circuit);
  return async (request) => {
    const client = known.get(request.platform) ?? other;
    if (client === null)
      throw deferred(`PLATFORMS names no address of the platform ${request.platform}`, 'turned-away');
    return client(request);
  };
}
