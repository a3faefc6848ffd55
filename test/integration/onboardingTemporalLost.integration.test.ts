import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import { ACTS, erpTopic, PROGRAMME_EVENTS, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { submitAct } from '../../services/gateway/adapters/acts.ts';
import { readStatusOf } from '../../services/gateway/adapters/readModels.ts';
import { keepStuck } from '../../services/onboarding/adapters/stuckRuns.ts';
import {
  isOnboardingQuiet,
  listLiveRuns,
  listStuck,
  onboardingsOf,
  reconcileRuns,
  restartStuck,
} from '../../services/onboarding/index.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import { startServers, supervise } from '../../services/stack/index.ts';
import { LEADER, leaderRegistered, relationDeclared, testUscc } from '../support/events.ts';
import { actCommand, onboardingEvents, PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { passTimeTo } from '../support/passTime.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const serial = 100_000 + Math.floor(process.hrtime()[1] % 800_000);
const [halfway, waiting, ended, slow] = [0, 1, 2, 3].map((nth) => testUscc(serial + nth)) as [
  string,
  string,
  string,
  string,
];
const idOf = (supplierUscc: string) =>
  workflowIdOf({ supplierUscc, platform: PLATFORM, programme: PROGRAMME });
const tenantOf = (firm: string) => `${PROGRAMME}.${firm}`;
const TAKEN = ['tenant-created', 'credential-issued', 'devices-registered'];
const UNDONE = ['devices-removed', 'credential-revoked', 'tenant-disabled'];

/** The platform cannot switch off one tenant for now, so that its compensation stops half-way. */
const platform = buildPlatform();
let isHeld = true;
platform.app.addHook('onRequest', async (request, reply) => {
  const isSwitchingOff = request.method === 'DELETE' && request.url === `/tenants/${tenantOf(halfway)}`;
  if (isHeld && isSwitchingOff) return reply.code(503).send({ error: 'held, for the test' });
});

/** Long enough that the service is asked to stop meanwhile, and well within the time that it is given. */
const SLOW_MS = 4_000;
let slowCalls = 0;
platform.app.addHook('preHandler', async (request) => {
  if (request.method !== 'POST' || request.url !== `/tenants/${tenantOf(slow)}/credentials`) return;
  slowCalls += 1;
  await sleep(SLOW_MS);
});

let stream: TestStream;
let folder: string;
let server: Awaited<ReturnType<typeof startTemporal>>;
let temporal: Temporal;
let service: Awaited<ReturnType<typeof supervise>>;
const stops: (() => Promise<unknown>)[] = [];
/** What the supervisor of the service has said. */
const progress: string[] = [];

/** A server of its own, also where the others are given by the environment. */
const { TEMPORAL_ADDRESS: _given, ...environment } = process.env;
const startTemporal = () =>
  startServers({ dataDir: join(folder, 'temporal'), only: ['temporal'], environment });
const addressOf = (): string => server.env.TEMPORAL_ADDRESS ?? '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chainlight-lost-'));
  stream = await openTestStream();
  server = await startTemporal();
  temporal = await connectTemporal(addressOf(), 'default');
  await stream.ensureTopics([erpTopic(LEADER), platformTopic(PLATFORM)]);
  const ingest = await stream.startIngest();
  service = await supervise({
    name: 'onboarding',
    entry: 'services/onboarding/main.ts',
    env: {
      ...process.env,
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: stream.mongo.db.databaseName,
      TEMPORAL_ADDRESS: addressOf(),
      PLATFORM_URL: await platform.app.listen({ host: '127.0.0.1', port: 0 }),
    },
    dataDir: folder,
    progress: (line) => void progress.push(line),
  });
  stops.push(
    () => service.stop(),
    () => ingest.stop(),
    () => platform.app.close(),
    () => temporal.close(),
    () => server.stop(),
    () => stream.close(),
    () => rm(folder, { recursive: true, force: true }),
  );
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.send(
    erpTopic(LEADER),
    [halfway, waiting, ended, slow].map((uscc) =>
      relationDeclared('2022-01-01', {
        id: `relation/${uscc}`,
        partitionkey: uscc,
        data: { buyerUscc: LEADER, supplierUscc: uscc, validFrom: '2022-01-01' },
      }),
    ),
  );
  await stream.drained();
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

const submit = (command: ReturnType<typeof actCommand>) =>
  submitAct(temporal, ActCommand.parse(command), randomUUID, (id) => readStatusOf(stream.mongo.db, id));
/** As soon as the onboarding has heard of what it is about. */
const act = (command: ReturnType<typeof actCommand>) =>
  eventually(`${command.act} to be taken`, () =>
    submit(command).catch((error: { code?: string }) => {
      if (error.code === 'NOT_FOUND' || error.code === 'NOT_WAITING_FOR_THIS') return null;
      throw error;
    }),
  );
const quiet = () => eventually('all to be quiet', () => isOnboardingQuiet(stream.mongo.db));
/** As if Temporal had refused it for good: what `cli onboarding stuck --restart` does then. */
const restart = async (firm: string): Promise<string> => {
  const { db } = stream.mongo;
  const key = { supplierUscc: firm, platform: PLATFORM, programme: PROGRAMME };
  await keepStuck(db, idOf(firm), key, 'refused, for the test', ['an event'], new Date());
  const became = await restartStuck(db, temporal.client, idOf(firm), 'the operator asked for it');
  expect((await listStuck(db)).stuck).toEqual([]);
  return became;
};
const statusOf = (firm: string) => readStatusOf(stream.mongo.db, idOf(firm));
const stated = async (firm: string): Promise<string[]> =>
  (
    await eventsOf(stream.mongo.db)
      .find({ firm, sourceClass: 'system', type: /^onboarding\./ })
      .sort({ _id: 1 })
      .toArray()
  ).map(({ _id }) => _id.slice(_id.indexOf(firm) + firm.length + 1));

async function loseTemporal(): Promise<void> {
  await temporal.close();
  const pids = [service.pid(), server.servers[0]?.pid];
  for (const pid of pids) if (pid) process.kill(pid, 'SIGKILL');
  await server.stop();
  await rm(join(folder, 'temporal', 'temporal'), { recursive: true, force: true });
  server = await startTemporal();
  temporal = await connectTemporal(addressOf(), 'default');
}

describe('Temporal’s database is deleted while a compensation is half-way', () => {
  it('every onboarding comes back from the events as it stood, and the compensation ends', async () => {
    for (const firm of [halfway, waiting, ended]) {
      const events = onboardingEvents(firm);
      await stream.send(erpTopic(LEADER), [events.nominated('2024-01-05T08:00:00Z')]);
      await stream.send(PROGRAMME_EVENTS, [
        events.diagnosed('2024-01-20T08:00:00Z'),
        events.planFiled('2024-02-10T08:00:00Z'),
      ]);
      if (firm === waiting) continue;
      await act(actCommand('approve-plan', '2024-02-20T08:00:00Z', {}, firm));
      await stream.send(SUPPLIER_REPORTS, [events.contracted('2024-03-01T08:00:00Z')]);
    }
    await stream.send(SUPPLIER_REPORTS, [onboardingEvents(ended).withdrew('2024-04-01T08:00:00Z')]);
    await stream.drained();
    await passTimeTo('2024-04-10T08:00:00Z', stream, serial + 10);
    await quiet();
    expect(await statusOf(ended)).toBe('WITHDRAWN');
    expect(platform.effects(tenantOf(ended))).toEqual([...TAKEN, ...UNDONE]);
    const completed = await temporal.client.workflow.getHandle(idOf(ended)).describe();
    expect(completed.status.name).toBe('COMPLETED');
    expect(await restart(ended)).toBe('over');
    expect(await temporal.client.workflow.getHandle(idOf(ended)).describe()).toMatchObject({
      runId: completed.runId,
      status: { name: 'COMPLETED' },
    });

    await stream.send(SUPPLIER_REPORTS, [onboardingEvents(halfway).withdrew('2024-05-02T08:00:00Z')]);
    await stream.drained();
    await passTimeTo('2024-05-10T08:00:00Z', stream, serial + 10);
    await eventually('the compensation to be half-way', async () =>
      platform.effects(tenantOf(halfway)).includes('credential-revoked'),
    );
    expect(platform.tenant(tenantOf(halfway))?.status).toBe('active');
    expect(await stated(halfway)).not.toContain('devices-removed');
    const before = { waiting: await stated(waiting), ended: await stated(ended) };

    await loseTemporal();
    expect(await listLiveRuns(temporal.client, {}).catch(() => [])).toEqual([]);
    isHeld = false;
    // Nobody has to wait for the next event or due moment: a person's act brings an onboarding back by itself.
    await act(actCommand('approve-plan', '2024-05-12T08:00:00Z', {}, waiting));
    await eventually('the withdrawal', async () => (await statusOf(halfway)) === 'WITHDRAWN');
    await eventually('the record and the runs to agree', async () => {
      const found = await reconcileRuns(stream.mongo.db, temporal.client, true);
      return found.open === 1 && found.live === 1 && found.lost.length + found.unrecorded.length === 0;
    });
    await quiet();

    expect(platform.effects(tenantOf(halfway))).toEqual([...TAKEN, ...UNDONE]);
    expect(platform.tenant(tenantOf(halfway))).toMatchObject({ status: 'disabled', credential: 'revoked' });
    const released = ['closed', 'provider-released', 'subsidy-released', ...UNDONE];
    expect(await stated(halfway)).toEqual(expect.arrayContaining(released));
    const closed = (await stated(halfway)).filter((name) => !/escalated|round-/.test(name));
    expect(closed).toEqual(await stated(halfway));

    expect(await stated(waiting)).toEqual(expect.arrayContaining(before.waiting));
    const document = await onboardingsOf(stream.mongo.db).findOne({ _id: idOf(waiting) });
    expect(document).toMatchObject({ status: 'ACTIVE', stage: 'CONTRACTED' });
    // What was completed stays so although Temporal has forgotten it; what is open is begun anew.
    expect(await restart(ended)).toBe('over');
    expect(await restart(waiting)).toBe('begun');
    await quiet();
    expect(await stated(ended)).toEqual(before.ended);
    expect(platform.effects(tenantOf(ended))).toEqual([...TAKEN, ...UNDONE]);
    await expect(temporal.client.workflow.getHandle(idOf(ended)).describe()).rejects.toThrow(
      WorkflowNotFoundError,
    );

    const late = { actId: 'late', reason: 'we have changed our mind' };
    await expect(
      submit(
        actCommand(
          'withdraw',
          '2024-05-13T08:00:00Z',
          { ...late, failureReason: { group: 'DARE_NOT', cause: 'CASH' } },
          ended,
        ),
      ),
    ).rejects.toMatchObject({ code: 'ALREADY_CLOSED' });
    await act(actCommand('reopen', '2024-05-13T08:00:00Z', {}, ended));
    await eventually('the reopening', async () => (await statusOf(ended)) === 'ACTIVE');
  });
});

describe('a service that is asked to stop with a call on the platform in its hands', () => {
  it('finishes it, exits with 0 in its time, and the next one does nothing twice', async () => {
    const events = onboardingEvents(slow);
    await stream.send(erpTopic(LEADER), [events.nominated('2024-03-05T08:00:00Z')]);
    await stream.send(PROGRAMME_EVENTS, [
      events.diagnosed('2024-03-20T08:00:00Z'),
      events.planFiled('2024-04-10T08:00:00Z'),
    ]);
    await act(actCommand('approve-plan', '2024-04-20T08:00:00Z', {}, slow));
    await stream.send(SUPPLIER_REPORTS, [events.contracted('2024-05-01T08:00:00Z')]);
    await eventually('the slow call', async () => slowCalls > 0);
    expect(platform.effects(tenantOf(slow))).toEqual(['tenant-created']);

    const pid = service.pid();
    const before = service.restarts();
    process.kill(pid ?? 0, 'SIGTERM');
    await eventually('the next one', async () => service.restarts() > before);
    expect(progress.at(-1)).toContain(`onboarding (pid ${pid}) died (exit code 0); restarted`);
    // By then the call was answered, and nobody else had made it.
    expect(platform.effects(tenantOf(slow)).slice(0, 2)).toEqual(TAKEN.slice(0, 2));

    await eventually('its devices', async () => (await stated(slow)).includes('devices-registered'));
    await quiet();
    expect(platform.effects(tenantOf(slow))).toEqual(TAKEN);
    expect(slowCalls).toBe(1);
    expect((await stated(slow)).filter((name) => TAKEN.includes(name)).sort()).toEqual([...TAKEN].sort());
    const history = await temporal.client.workflow.getHandle(idOf(slow)).fetchHistory();
    const attempts = history.events?.flatMap((one) => one.activityTaskStartedEventAttributes?.attempt ?? []);
    expect(new Set(attempts)).toEqual(new Set([1]));
  });
});
