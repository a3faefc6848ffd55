import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ChainlightError } from '../../schemas/errors.ts';
import { defaultDataDir } from '../runtime/config.ts';
import { type ScenarioPeople, scenarioPeople } from '../simulator/index.ts';
import { reportFailure } from './failure.ts';
import { helpText } from './help.ts';
import { takeLock } from './lock.ts';
import { LIVE_CLOCK, type Product, SCENARIO_CLOCK, startProduct } from './product.ts';
import { type RunningScenario, runScenario } from './scenario.ts';
import { credentialsPath, isSecured } from './servers/kafkaSecurity.ts';

/** What the data folder holds; kept beside the data. */
const Content = z.object({ content: z.enum(['scenario', 'own']), scenarioSent: z.boolean() });
type Content = z.infer<typeof Content>;

const SCENARIO = { seed: 1, scale: 10 } as const;
const NOBODY: ScenarioPeople = { leaders: [], suppliers: [], providers: [] };
const contentFile = join(defaultDataDir, 'content.json');
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

const HELP = helpText(
  'npm start --',
  'Starts Kafka, Temporal and MongoDB with all services on this machine, loads the simulated scenario, and stays up until Ctrl-C.',
  {
    fresh: 'delete the data folder first and begin anew; otherwise data stay between starts',
    empty: "without the scenario, for a real leader's own stream",
    secure: 'Kafka asks for a sign-in, each leader writes to its own topic alone (docs/security.md)',
  },
  [
    'Once up it prints the addresses of the page, of Temporal UI and of each server, the data folder, and the demo sign-ins.',
    [
      'Environment:',
      `  CHAINLIGHT_DATA_DIR     data folder (now ${defaultDataDir})`,
      '  KAFKA_BROKERS, TEMPORAL_ADDRESS, MONGODB_URI',
      '                          servers of your own; what is given here is not started',
    ].join('\n'),
  ],
);

function readOptions(): { fresh: boolean; empty: boolean; secure: boolean } {
  const { values } = parseArgs({
    options: {
      fresh: { type: 'boolean', default: false },
      empty: { type: 'boolean', default: false },
      secure: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  if (values.secure && process.env.KAFKA_BROKERS)
    throw new ChainlightError(
      'BAD_USAGE',
      '--secure concerns the broker that is started here; for your own set KAFKA_USERNAME and KAFKA_PASSWORD (docs/security.md)',
    );
  return values;
}

function readContent(): Content | null {
  if (!existsSync(contentFile)) return null;
  return Content.parse(JSON.parse(readFileSync(contentFile, 'utf8')));
}

function writeContent(content: Content): void {
  mkdirSync(defaultDataDir, { recursive: true });
  writeFileSync(contentFile, JSON.stringify(content));
}

/** A folder of scenario data and a folder of a leader's own data run on different clocks, so they do not mix. */
async function prepare({ fresh, empty }: { fresh: boolean; empty: boolean }): Promise<Content> {
  if (fresh) {
    // Taking the lock first: a folder that another launch uses is not deleted under it.
    mkdirSync(defaultDataDir, { recursive: true });
    const lock = await takeLock(join(defaultDataDir, 'lock'), { what: `the data folder ${defaultDataDir}` });
    lock.release();
    rmSync(defaultDataDir, { recursive: true, force: true });
  }
  const wanted = empty ? 'own' : 'scenario';
  const found = readContent() ?? { content: wanted, scenarioSent: false };
  if (empty && found.content === 'scenario') {
    throw new ChainlightError(
      'BAD_USAGE',
      `${defaultDataDir} holds the simulated scenario. Use \`npm start -- --empty --fresh\` to delete it, or set CHAINLIGHT_DATA_DIR to another folder.`,
    );
  }
  return found;
}

function describe(product: Product, content: Content): string {
  return [
    '',
    'Chainlight is up.',
    `  page         ${product.gatewayUrl}`,
    `  Temporal UI  ${product.servers.temporalUiUrl ?? '(of your own server)'}`,
    ...product.servers.servers.map((server) => `  ${server.name.padEnd(11)}  ${server.address}`),
    ...(isSecured(defaultDataDir)
      ? [`  Kafka        asks for a sign-in; its passwords: ${credentialsPath(defaultDataDir)}`]
      : []),
    `  data         ${defaultDataDir} (kept; \`npm start -- --fresh\` begins anew)`,
    content.content === 'own'
      ? '  Register a leader: npm run --silent cli -- leaders add --uscc … --name … --source …'
      : content.scenarioSent
        ? '  The simulated scenario is loaded. All its data are simulated.'
        : '  The simulated scenario streams in now. All its data are simulated.',
    '  Demo sign-ins (choose one on the page; no passwords, this machine alone):',
    ...product.accounts.map(({ id, name, about }) => `    ${id.padEnd(20)} ${name}  ${about.en}`),
    '  Stop with Ctrl-C.',
    '',
  ].join('\n');
}

let product: Product | null = null;
let scenario: RunningScenario | null = null;
let stopping: Promise<void> | null = null;
const stop = (): Promise<void> => {
  stopping ??= (async () => {
    await scenario?.stop();
    await product?.stop();
  })();
  return stopping;
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === null) progress('stopping: what is under way is finished first …');
    void stop().then(() => {
      progress('stopped');
      process.exit(0);
    });
  });
}

try {
  const options = readOptions();
  const content = await prepare(options);
  product = await startProduct({
    dataDir: defaultDataDir,
    database: 'chainlight',
    time: content.content === 'own' ? LIVE_CLOCK : SCENARIO_CLOCK,
    durable: true,
    secure: options.secure,
    people: content.content === 'own' ? NOBODY : scenarioPeople(SCENARIO),
    progress,
  });
  writeContent(content);
  process.stdout.write(`${describe(product, content)}\n`);
  if (content.content === 'scenario' && !content.scenarioSent) {
    scenario = runScenario({
      scenario: 'sichuan',
      ...SCENARIO,
      env: { ...product.env, ...product.replayer },
      dataDir: defaultDataDir,
      progress,
    });
    await scenario.done;
    if (stopping === null) {
      writeContent({ ...content, scenarioSent: true });
      progress('scenario: all sent. The stack stays up; stop with Ctrl-C.');
    }
  }
} catch (error) {
  if (stopping === null) {
    const exitCode = reportFailure(error);
    await stop();
    process.exit(exitCode);
  }
}
