import { Client, Connection } from '@temporalio/client';
import { ChainlightError } from '../../schemas/errors.ts';

export interface Temporal {
  readonly client: Client;
  /**
   * Asks the server once, and gives its version. Never again by itself: whoever lost patience with the answer must not leave
   * attempts behind that go on after `close` and end the process.
   * @throws when it does not answer
   */
  ping(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A server that is back is noticed so soon, however long it was away. */
const RECONNECT_WITHIN_MS = 5_000;

/**
 * Connects to Temporal.
 * @throws ChainlightError SERVER_UNREACHABLE when it does not answer within `timeoutMs`
 */
export async function connectTemporal(
  address: string,
  namespace: string,
  timeoutMs = 10_000,
): Promise<Temporal> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
    const asking = Connection.lazy({
      address,
      interceptors: [],
      channelArgs: { 'grpc.max_reconnect_backoff_ms': RECONNECT_WITHIN_MS },
    });
    return {
      client: new Client({ connection, namespace }),
      ping: async () => (await asking.workflowService.getSystemInfo({})).serverVersion || undefined,
      close: async () => {
        await Promise.all([asking.close(), connection.close()]);
      },
    };
  } catch (cause) {
    throw new ChainlightError('SERVER_UNREACHABLE', `Temporal does not answer at ${address}`, {}, { cause });
  }
}
