import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VerifyResult } from '../../schemas/api/verify.ts';
import { ChainlightError } from '../../schemas/errors.ts';
import { countSupplierMonths, readClaims } from '../measurement/index.ts';
import { countOnboardings } from '../onboarding/index.ts';
import { projectRoot } from '../runtime/config.ts';
import { partitionsOf } from '../runtime/eventStore.ts';
import { createKafka } from '../runtime/kafka.ts';
import { connectMongo } from '../runtime/mongo.ts';
import { scenarioPeople } from '../simulator/index.ts';
import { auditTurns } from './audit.ts';
import { lastLineOf, outputOf } from './command.ts';
import { writeEndings } from './endings.ts';
import { reportFailure } from './failure.ts';
import { helpText } from './help.ts';
import { type Product, SCENARIO_CLOCK, startProduct } from './product.ts';
import { untilQuiet } from './quiet.ts';
import { runScenario } from './scenario.ts';

const QUIET_TIMEOUT_MS = 20 * 60_000;
const VERDICTS = ['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'] as const;

interface DemoOptions {
  readonly scenario: 'sichuan' | 'sichuan-null';
  readonly seed: number;
  readonly scale: number;
  /** File for what the simulator planted. */
  readonly truth: string | undefined;
  /** Folder for the audit's report. */
  readonly report: string | undefined;
  /** Folder for what `onboarding show` says of one supplier of each ending. */
  readonly endings: string | undefined;
  readonly json: boolean;
}

const HELP = helpText(
  'npm run demo --',
  'Plays the simulated scenario on fresh data from beginning to end, checks what came of it, prints the result and exits.',
  {
    'scenario <name>': 'sichuan, or sichuan-null in which nothing has an effect (default sichuan)',
    'seed <number>': 'the same seed gives the same run (default 1)',
    'scale <number>': 'a tenth of the cities’ firms at 10, all of them at 1 (default 10)',
    'truth <file>': 'write what the simulator planted',
    'report <folder>': 'write the audit’s report',
    'endings <folder>': 'write what `cli onboarding show` says of one supplier of each ending',
    json: 'print one JSON object as the last line',
  },
);

function readOptions(): DemoOptions {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'sichuan' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '10' },
      truth: { type: 'string' },
      report: { type: 'string' },
      endings: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const { scenario } = values;
  if (scenario !== 'sichuan' && scenario !== 'sichuan-null') {
    throw new ChainlightError('BAD_USAGE', `--scenario must be sichuan or sichuan-null, not ${scenario}`);
  }
  return {
    scenario,
    seed: wholeNumber('--seed', values.seed, 0),
    scale: wholeNumber('--scale', values.scale, 1),
    truth: values.truth,
    report: values.report,
    endings: values.endings,
    json: values.json,
  };
}

function wholeNumber(name: string, text: string, minimum: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new ChainlightError(
      'BAD_USAGE',
      `${name} must be a whole number of at least ${minimum}, not ${text}`,
    );
  }
  return value;
}

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(options: DemoOptions, product: Product, startedAt: number) {
  const scenario = runScenario({
    ...options,
    env: { ...product.env, ...product.replayer },
    dataDir,
    progress,
  });
  stopScenario = scenario.stop;
  await scenario.done;
  progress('scenario: all sent; waiting for the last effects');
  const mongo = await connectMongo(product.servers.env.MONGODB_URI, database);
  const kafka = createKafka(product.servers.env.KAFKA_BROKERS.split(','), 'demo');
  try {
    const { sent } = await untilQuiet(mongo, kafka, progress, QUIET_TIMEOUT_MS);
    const heads = await partitionsOf(mongo.db).find().toArray();
    const verdicts = Object.fromEntries(
      VERDICTS.map((verdict) => [verdict, heads.reduce((total, head) => total + head.counts[verdict], 0)]),
    );
    progress('verify: another process rebuilds everything from the events');
    const consistent = (await verifyElsewhere(product.env)).ok;
    progress('audit: did it raise turnover, and did it spread?');
    const audit = await auditTurns(mongo.db, options.report);
    if (options.endings !== undefined) {
      const shown = await writeEndings(mongo.db, product.env, options.endings);
      progress(`endings: ${[...shown].map(([status, uscc]) => `${status} ${uscc}`).join(', ')}`);
    }
    const { started, accepted, withdrawn, declined, failed, expired, active } = await countOnboardings(
      mongo.db,
    );
    return {
      scenario: options.scenario,
      events: { sent, ...verdicts },
      onboardings: { started, accepted, withdrawn, declined, failed, expired, active },
      kpis: { supplierMonths: await countSupplierMonths(mongo.db) },
      claims: (await readClaims(mongo.db)).claims,
      audit,
      consistent,
      seconds: Math.round((Date.now() - startedAt) / 1_000),
    };
  } finally {
    await kafka.close();
    await mongo.close();
  }
}

async function verifyElsewhere(env: Readonly<Record<string, string>>): Promise<VerifyResult> {
  const result = VerifyResult.parse(JSON.parse(lastLineOf(await outputOf(['verify', '--json'], env))));
  for (const difference of result.readModels.differences.slice(0, 10))
    progress(`verify: ${difference.collection} ${difference.id}: ${difference.detail}`);
  if (result.firstFault !== null) progress(`verify: ${result.firstFault.kind}: ${result.firstFault.detail}`);
  return result;
}

type DemoResult = Awaited<ReturnType<typeof run>>;

function describe(result: DemoResult): string {
  const { events, onboardings, claims, audit } = result;
  return [
    `Scenario ${result.scenario}, simulated data, ${result.seconds} s`,
    `events       ${Object.entries(events)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    `onboardings  ${Object.entries(onboardings)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    `figures      ${result.kpis.supplierMonths} supplier-months`,
    ...claims.map(
      (claim) =>
        `claim        ${claim.id}: claimed ${claim.claimed} ${claim.unit}, measured ${claim.measured ?? '–'}: ${claim.verdict}`,
    ),
    `audit        direct: ${audit.direct.en}`,
    `             spillover: ${audit.spillover.en}`,
    ...audit.chainsRefused.map(({ name, codes }) => `             ${name}: refused (${codes.join(', ')})`),
    `rebuild      ${result.consistent ? 'equal: every read model follows from the events' : 'DIFFERENT: a read model does not follow from the events'}`,
  ].join('\n');
}

const startedAt = Date.now();
const name = `demo-${process.pid}`;
const dataDir = join(projectRoot, '.chainlight', name);
const database = `chainlight_${name.replace('-', '_')}`;
let product: Product | null = null;
let stopScenario: () => Promise<void> = async () => {};
let stopping: Promise<void> | null = null;

/** @param keepLogs after a failure: the message names a log, and the other services' logs say what led to it */
const cleanUp = (keepLogs = false): Promise<void> => {
  stopping ??= (async () => {
    await stopScenario();
    await product?.stop();
    for (const entry of existsSync(dataDir) ? readdirSync(dataDir) : [])
      if (!keepLogs || entry !== 'logs') rmSync(join(dataDir, entry), { recursive: true, force: true });
    if (!keepLogs) rmSync(dataDir, { recursive: true, force: true });
  })();
  return stopping;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    progress(`${signal}: stopping`);
    void cleanUp().then(() => process.exit(130));
  });
}

try {
  const options = readOptions();
  product = await startProduct({
    dataDir,
    database,
    time: SCENARIO_CLOCK,
    durable: false,
    people: scenarioPeople(options),
    progress,
  });
  const result = await run(options, product, startedAt);
  await cleanUp();
  process.stdout.write(`${options.json ? JSON.stringify(result) : describe(result)}\n`);
  process.exit(result.consistent ? 0 : 1);
} catch (error) {
  const wasAsked = stopping !== null;
  const exitCode = wasAsked ? 1 : reportFailure(error);
  await cleanUp(!wasAsked);
  process.exit(exitCode);
}
