import { Client, Connection } from '@temporalio/client';
import { ChainlightError } from '../../schemas/errors.ts';

export interface Temporal {
  readonly client: Client;
  close(): Promise<void>;
}

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
    return { client: new Client({ connection, namespace }), close: () => connection.close() };
  } catch (cause) {
    throw new ChainlightError('SERVER_UNREACHABLE', `Temporal does not answer at ${address}`, {}, { cause });
  }
}
