import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { ACTOR_ROLES, type Actor } from '../../schemas/events/acts.ts';
import { loadConfig } from '../runtime/config.ts';
import { createProducer, openKafka, type Producer } from '../runtime/kafka.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo, type Db } from '../runtime/mongo.ts';
import { badUsage } from './output.ts';

export interface ActorOptions {
  readonly by: string;
  readonly role: string;
  readonly actId?: string;
}

/** Adds the options that every act of a person has. */
export const withActor = (command: Command, role: Actor['role'] = 'bureau'): Command =>
  command
    .option('--by <name>', 'who does it; without it the name of this account', userInfo().username)
    .option('--role <role>', `in which role: ${ACTOR_ROLES.join(', ')}`, role)
    .option('--act-id <id>', 'the same id is the same act, however often it is sent')
    .option('--json', 'print one JSON object');

/** @throws ChainlightError BAD_USAGE for a role that does not exist */
export function actorOf({ by, role }: ActorOptions): Actor {
  const known = ACTOR_ROLES.find((candidate) => candidate === role);
  if (known === undefined) throw badUsage(`--role must be one of ${ACTOR_ROLES.join(', ')}`);
  return { name: by, role: known };
}

export interface ActWork {
  readonly db: Db;
  readonly producer: Producer;
  readonly now: () => Date;
  readonly actId: string;
}

/** Opens the running stack for one act. */
export async function withActs<Result>(
  actId: string | undefined,
  work: (deps: ActWork) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig();
  const logger = createLogger('cli', { level: process.env.LOG_LEVEL ?? 'fatal' });
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'gateway', logger);
  const producer = await createProducer(kafka);
  try {
    return await work({ db: mongo.db, producer, now: () => new Date(), actId: actId ?? randomUUID() });
  } finally {
    await producer.disconnect();
    await kafka.close();
    await mongo.close();
  }
}
