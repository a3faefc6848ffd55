import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../services/runtime/config.ts';
import { partitionsOf } from '../../services/runtime/eventStore.ts';
import { createKafka } from '../../services/runtime/kafka.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';
import { nodeArgumentsOf, startServers } from '../../services/stack/index.ts';
import { readCommandLine, wholeNumber } from '../support/commandLine.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { type GatewayWorld, sendWorld, settle, worldOf } from './gatewayWorld.ts';
import { inventoryEvents } from './inventoryEvents.ts';
import { type Ask, quantile, saturate, users } from './load.ts';

/**
 * The HTTP interface with a large programme behind it: calls of the pages by users who think a second in between, as many calls as go
 * through, a bare route for scale, and intake over HTTP. All data came through Kafka, ingest and the projectors; `--data FOLDER` keeps them
 * there, and a later run with the same number of suppliers begins with them.
 */
const USERS = 50;
const THINK_MS = 1_000;
const CONNECTIONS = 16;
const SENDERS = 4;
const EVENTS_A_REQUEST = 1_000;
const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const rounded = (value: number): number => Math.round(value * 10) / 10;

export async function run(args: readonly string[]) {
  const { values } = readCommandLine('npm run bench -- gateway', args, {
    suppliers: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '30' },
    events: { type: 'string', default: '100000' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const suppliers = wholeNumber('--suppliers', values.suppliers, 1);
  const seconds = wholeNumber('--seconds', values.seconds, 1);
  const events = wholeNumber('--events', values.events, 1);
  const dataDir = values.data ?? join(projectRoot, '.chainlight', `bench-${process.pid}`);
  const servers = await startServers({ dataDir, durable: false, progress });
  const children: ChildProcess[] = [];
  let issuer: TestIssuer | null = null;
  try {
    const kafka = createKafka(servers.env.KAFKA_BROKERS.split(','), 'bench');
    const env = {
      ...process.env,
      ...servers.env,
      MONGODB_DB: 'bench',
      LOG_LEVEL: 'warn',
      CHAINLIGHT_CLOCK: 'stream',
    };
    const world = worldOf(suppliers);
    const mongo = await connectMongo(servers.env.MONGODB_URI, 'bench');
    const isThere = (await partitionsOf(mongo.db).countDocuments()) > 0;
    if (!isThere) await sendWorld(kafka, world);
    progress(`${suppliers} suppliers ${isThere ? 'were in the topics before' : 'are in the topics'}`);
    const start = async (entry: string, extra: Record<string, string> = {}): Promise<string> => {
      const { child, url } = await startProcess(entry, { ...env, ...extra });
      children.push(child);
      return url;
    };
    await Promise.all([start('services/ingest/main.ts'), start('services/measurement/main.ts')]);
    await settle(mongo, kafka);
    progress('all is judged, measured and projected');
    await mongo.close();
    await kafka.close();

    const [first = ''] = world.leaders;
    const [sender = ''] = world.suppliers;
    issuer = await startTestIssuer({
      ministry: { role: 'bureau', region: '000000' },
      leader: { role: 'leader', firms: [first] },
      supplier: { role: 'supplier', firms: [sender] },
    });
    const url = await start('services/gateway/main.ts', {
      ...issuer.settings,
      GATEWAY_PORT: '0',
      GATEWAY_REQUESTS_PER_MINUTE: '100000000',
    });
    const hello = await start('test/bench/helloServer.ts');
    // A token holds for some minutes only: each part of a long run begins with new ones.
    let looks = looksOf(world, url, await issuer.as('ministry'), await issuer.as('leader'));
    const helloAsk: Ask = { route: 'hello', url: `${hello}/hello`, headers: {} };
    await users(USERS, THINK_MS, 5_000, (user, look) => looks(user + look));
    progress(`${USERS} users for ${seconds} s`);
    const times = await users(USERS, THINK_MS, seconds * 1_000, (user, look) => looks(user + look));
    const helloTimes = await users(USERS, THINK_MS, 5_000, () => helloAsk);
    const routes = [];
    for (const [index, route] of ROUTES.entries()) {
      looks = looksOf(world, url, await issuer.as('ministry'), await issuer.as('leader'));
      const ms = times.get(route) ?? [];
      const requestsPerS = await saturate(CONNECTIONS, 3_000, (look) => looks(index + look * ROUTES.length));
      routes.push({
        route,
        p50Ms: rounded(quantile(ms, 0.5)),
        p95Ms: rounded(quantile(ms, 0.95)),
        requestsPerS: Math.round(requestsPerS),
        asked: ms.length,
      });
    }
    const httpIntakeEventsPerS = await intake(url, await issuer.as('supplier'), sender, events);
    return {
      suppliers,
      routes,
      hello: {
        p95Ms: rounded(quantile(helloTimes.get('hello') ?? [], 0.95)),
        requestsPerS: Math.round(await saturate(CONNECTIONS, 3_000, () => helloAsk)),
      },
      httpIntakeEventsPerS,
    };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await issuer?.close();
    await servers.stop();
    if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

const ROUTES = [
  'list',
  'list by name',
  'board',
  'funnel',
  'cities',
  'city',
  'supplier',
  'figures',
  'leader list',
] as const;

/** The calls of the pages in turn, each about another supplier or city than the one before. */
function looksOf(
  { suppliers, cities }: GatewayWorld,
  url: string,
  ministry: Record<string, string>,
  leader: Record<string, string>,
): (look: number) => Ask {
  return (look) => {
    const round = Math.floor(look / ROUTES.length);
    const firm = suppliers[(round * 7_919) % suppliers.length];
    const city = cities[round % cities.length];
    const route = ROUTES[look % ROUTES.length] ?? 'list';
    const path: Record<(typeof ROUTES)[number], string> = {
      list: '/api/v1/onboardings?limit=50&status=ACTIVE&sort=nextDueAt',
      'list by name': `/api/v1/onboardings?limit=50&sort=name&order=${round % 2 === 0 ? 'asc' : 'desc'}`,
      board: '/api/v1/board',
      funnel: '/api/v1/funnel',
      cities: '/api/v1/cities?limit=200',
      city: `/api/v1/board?city=${city}`,
      supplier: `/api/v1/suppliers/${firm}`,
      figures: `/api/v1/suppliers/${firm}/figures`,
      'leader list': '/api/v1/onboardings?limit=50',
    };
    return { route, url: `${url}${path[route]}`, headers: route === 'leader list' ? leader : ministry };
  };
}

async function intake(
  url: string,
  headers: Record<string, string>,
  firm: string,
  events: number,
): Promise<number> {
  const bodies: string[] = [];
  const [template] = inventoryEvents(1);
  const sample = JSON.parse(template?.value ?? '{}');
  for (let at = 0; at < events; at += EVENTS_A_REQUEST)
    bodies.push(
      JSON.stringify(
        Array.from({ length: Math.min(EVENTS_A_REQUEST, events - at) }, (_, index) => ({
          ...sample,
          id: `http-${at + index}`,
          source: `/supplier/${firm}/http`,
          partitionkey: firm,
          data: { ...sample.data, firmUscc: firm, holderUscc: firm },
        })),
      ),
    );
  const begun = performance.now();
  const sender = async (): Promise<void> => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const answer = await fetch(`${url}/api/v1/events`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
        body,
      });
      if (answer.status !== 202) throw new Error(`intake answers ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return Math.round(events / ((performance.now() - begun) / 1_000));
}

/** Starts a process and waits for the line in which it says that it is ready. */
function startProcess(entry: string, env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [...nodeArgumentsOf(entry), entry], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${entry} ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{"ready":true')) return;
      resolve({ child, url: String((JSON.parse(line) as { url?: string }).url ?? '') });
    });
  });
}
