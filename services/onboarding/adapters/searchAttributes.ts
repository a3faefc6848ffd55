import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type ConnectionLike, isGrpcServiceError } from '@temporalio/client';
import { ChainlightError, isChainlightError } from '../../../schemas/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../../schemas/searchAttributes.ts';

const NAMES = Object.values(SEARCH_ATTRIBUTES);
/** `KEYWORD` of Temporal's indexed value types. */
const KEYWORD = 2;
/** Status of gRPC: the request makes no sense, here because the attribute in the query is none. */
const INVALID_ARGUMENT = 3;
/** A server knows at once what was registered, but its parts learn of it one after the other. */
const KNOWN_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

/**
 * Sees to it that the namespace knows what runs are listed by: without that it would refuse every start. Asking is open to everybody,
 * registering is not (a managed cluster leaves it to its own tools).
 * @throws ChainlightError SEARCH_ATTRIBUTES_MISSING naming those that could not be registered
 */
export async function ensureSearchAttributes(connection: ConnectionLike, namespace: string): Promise<void> {
  const missing = await missingAmong(NAMES, connection, namespace);
  if (missing.length === 0) return;
  const lacking = (why: string, names: readonly string[], cause?: unknown): ChainlightError =>
    new ChainlightError(
      'SEARCH_ATTRIBUTES_MISSING',
      `namespace ${namespace} lacks ${names.join(', ')} as a Keyword: ${why}`,
      { namespace, missing: names },
      { cause },
    );
  if (!(connection instanceof Connection)) throw lacking('this connection cannot register', missing);
  const { operatorService } = connection;
  const register = async (): Promise<void> => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const ofOtherType = missing.filter((name) => (customAttributes?.[name] ?? KEYWORD) !== KEYWORD);
    if (ofOtherType.length > 0) throw lacking('registered with another type', ofOtherType);
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  };
  await register().catch((cause: unknown) => {
    if (isChainlightError(cause)) throw cause;
    throw lacking(cause instanceof Error ? cause.message : String(cause), missing, cause);
  });
  const giveUpAtMs = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const unknown = await missingAmong(missing, connection, namespace);
    if (unknown.length === 0) return;
    if (Date.now() > giveUpAtMs) throw lacking('registered, but not known everywhere yet', unknown);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Those that no Keyword of the namespace bears. */
async function missingAmong(
  names: readonly string[],
  { workflowService }: ConnectionLike,
  namespace: string,
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names)
    try {
      await workflowService.countWorkflowExecutions({ namespace, query: `${name} STARTS_WITH "x"` });
    } catch (error) {
      if (!isGrpcServiceError(error) || error.code !== INVALID_ARGUMENT) throw error;
      missing.push(name);
    }
  return missing;
}
