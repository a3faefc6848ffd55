import {
  type Db,
  MongoClient,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { ChainlightError } from '../../schemas/errors.ts';

export type { Db } from 'mongodb';

export interface Mongo {
  readonly client: MongoClient;
  readonly db: Db;
  close(): Promise<void>;
}

/**
 * Connects to MongoDB with majority writes and reads.
 * @throws ChainlightError SERVER_UNREACHABLE when no primary answers within `timeoutMs`, or it does not let us in
 */
export async function connectMongo(uri: string, dbName: string, timeoutMs = 10_000): Promise<Mongo> {
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: timeoutMs,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
    ignoreUndefined: true,
  });
  try {
    await client.connect();
    await client.db(dbName).command({ ping: 1 });
  } catch (cause) {
    await client.close().catch(() => {});
    throw new ChainlightError(
      'SERVER_UNREACHABLE',
      `MongoDB does not answer at ${withoutPassword(uri)}${cause instanceof MongoServerError ? ` as it should: ${cause.message}` : ''}`,
      {},
      { cause },
    );
  }
  return { client, db: client.db(dbName), close: () => client.close() };
}

/** Whether `connectMongo` failed because nothing listens there, rather than because something there is not as it should be. */
export function isNobodyThere(error: unknown): boolean {
  const cause = error instanceof ChainlightError ? error.cause : error;
  if (!(cause instanceof MongoServerSelectionError)) return false;
  const servers = [...(cause.reason?.servers.values() ?? [])];
  return servers.every((server) => server.error === null || isSilence(server.error));
}

const SILENCE_CODES: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH']);

function isSilence(error: Error): boolean {
  if (error instanceof MongoNetworkTimeoutError) return true;
  return error.cause instanceof Error && 'code' in error.cause && SILENCE_CODES.has(error.cause.code);
}

const withoutPassword = (uri: string): string => uri.replace(/\/\/[^@/]*@/, '//');

const TRANSIENT_LABELS = [
  'RetryableWriteError',
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
];

/** What Node says of a connection that was lost in the middle of a write: the driver hands some of it on as it is. */
const SOCKET_CODES: ReadonlySet<unknown> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
]);

/** What a server says that is no primary, or no longer, to a read as well: NotWritablePrimary and what comes with a step-down. */
const NO_PRIMARY_CODES: ReadonlySet<unknown> = new Set([189, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Whether an error says that no primary could take the work, rather than that something is wrong with the work. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof Error && 'code' in error && SOCKET_CODES.has(error.code)) return true;
  // The driver hands out whatever ends a bulk write as an error of the server, with the true one inside.
  if (error instanceof MongoServerError && error.errorResponse instanceof Error)
    return isUnavailable(error.errorResponse);
  if (error instanceof MongoServerError && NO_PRIMARY_CODES.has(error.code)) return true;
  return error instanceof MongoError && TRANSIENT_LABELS.some((label) => error.hasErrorLabel(label));
}

/** Whether a primary takes writes at this moment. */
export async function isWritable({ db }: Pick<Mongo, 'db'>): Promise<boolean> {
  return db.command({ hello: 1 }).then(
    (hello) => hello.isWritablePrimary === true,
    () => false,
  );
}
