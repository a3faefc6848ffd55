import { createReadStream, existsSync } from 'node:fs';
import type { Command } from 'commander';
import { Conformance, ConformanceQuery } from '../../../schemas/api/conformance.ts';
import { isUscc } from '../../../schemas/ids.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import { parseInput } from '../../gateway/index.ts';
import { rehearseFile, rehearseTopic } from '../../ingest/index.ts';
import { loadConfig, stackFilePath } from '../../runtime/config.ts';
import { openKafka } from '../../runtime/kafka.ts';
import { createLogger } from '../../runtime/logger.ts';
import { connectMongo, isNobodyThere, type Mongo } from '../../runtime/mongo.ts';
import { conformanceOf, describeConformance } from '../conformanceReport.ts';
import { badUsage, type CliIo, mustBeFile, printResult } from '../output.ts';

const CONNECT_TIMEOUT_MS = 3_000;

/** `conformance`: the first thing an integrator runs. */
export function register(program: Command, io: CliIo): void {
  program
    .command('conformance')
    .description(
      'Tell what ingest would make of a sample: the share it would accept, what each refusal means and how to mend it, and which KPIs the events are enough for. Nothing is sent or stored.',
    )
    .requiredOption('--leader <uscc>', 'chain leader whose events they are')
    .option(
      '--file <file>',
      'a file with one CloudEvent a line; needs no server. Without it: the newest records of the leader’s topic',
    )
    .option('--sample <n>', 'at most so many records (10000)')
    .option('--json', 'print one JSON object')
    .action(
      async ({ json, ...options }: { leader: string; file?: string; sample?: string; json?: boolean }) => {
        const query = parseInput(ConformanceQuery, options);
        if (!isUscc(query.leader))
          throw badUsage(`--leader: ${query.leader} is not a unified social credit code`);
        const result = Conformance.parse(
          await (query.file === undefined ? ofTopic(query) : ofFile(query, query.file)),
        );
        printResult(io, json, result, () => describeConformance(result));
      },
    );
}

async function ofFile({ leader, sample }: ConformanceQuery, file: string): Promise<Conformance> {
  await mustBeFile(file);
  const mongo = await connectIfThere();
  const input = createReadStream(file, { highWaterMark: 1024 * 1024 });
  try {
    const rehearsed = await rehearseFile(input, leader, sample, mongo?.db ?? null, new Date());
    return conformanceOf(leader, { kind: 'file', name: file }, rehearsed, mongo !== null);
  } finally {
    input.destroy();
    await mongo?.close();
  }
}

async function ofTopic({ leader, sample }: ConformanceQuery): Promise<Conformance> {
  const config = loadConfig();
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const logger = createLogger('cli', { level: process.env.LOG_LEVEL ?? 'fatal' });
  const kafka = openKafka(config, 'ingest', logger);
  try {
    const rehearsed = await rehearseTopic(kafka, leader, sample, mongo.db, new Date());
    return conformanceOf(leader, { kind: 'topic', name: erpTopic(leader) }, rehearsed, true);
  } finally {
    await kafka.close();
    await mongo.close();
  }
}

/** The running stack's database, if there is one: a file can be judged without. One that is there but does not let us in is an error. */
async function connectIfThere(): Promise<Mongo | null> {
  if (!process.env.MONGODB_URI && !existsSync(stackFilePath())) return null;
  const config = loadConfig();
  try {
    return await connectMongo(config.MONGODB_URI, config.MONGODB_DB, CONNECT_TIMEOUT_MS);
  } catch (error) {
    if (isNobodyThere(error)) return null;
    throw error;
  }
}
