import { createInvitations, createStatements, type Invitations, type Statements } from '../gateway/index.ts';
import { loadConfig } from '../runtime/config.ts';
import { openKafka } from '../runtime/kafka.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo, type Db } from '../runtime/mongo.ts';

export interface StatementWork {
  readonly db: Db;
  readonly statements: Statements;
  readonly invitations: Invitations;
  /** Address of the product as browsers know it, or that of the running stack on this machine; null where there is neither. */
  readonly publicUrl: string | null;
}

/** Opens the running stack for what people decide about access. */
export async function withStatements<Result>(
  work: (deps: StatementWork) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig();
  const logger = createLogger('cli', { level: process.env.LOG_LEVEL ?? 'fatal' });
  const now = () => new Date();
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'gateway', logger);
  const statements = createStatements({ kafka, mongo, now });
  const { db } = mongo;
  const publicUrl = config.GATEWAY_PUBLIC_URL ?? config.GATEWAY_URL ?? null;
  try {
    const invitations = createInvitations(db, statements, now);
    return await work({ db, statements, invitations, publicUrl });
  } finally {
    await statements.close();
    await kafka.close();
    await mongo.close();
  }
}

/** A person at the command line, as events name them. */
export const atCommandLine = (by: string) => ({ subject: `cli:${by}`, name: by });
