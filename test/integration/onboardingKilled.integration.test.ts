import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import { type TerminalStatus, workflowIdOf } from '../../schemas/onboarding.ts';
import { ACTS, erpTopic, platformTopic } from '../../schemas/topics.ts';
import { submitAct } from '../../services/gateway/adapters/acts.ts';
import { ROUTER } from '../../services/onboarding/adapters/clock.ts';
import { NOTIFIER, notifyOnce } from '../../services/onboarding/adapters/notifier.ts';
import { outboxOf } from '../../services/onboarding/adapters/outbox.ts';
import { routeOnce } from '../../services/onboarding/adapters/router.ts';
import { ensureSearchAttributes } from '../../services/onboarding/adapters/searchAttributes.ts';
import { ensureTenantDataIndex } from '../../services/onboarding/adapters/tenantData.ts';
import { createTicker } from '../../services/onboarding/adapters/ticker.ts';
import { isOnboardingQuiet, onboardingProjector, onboardingsOf } from '../../services/onboarding/index.ts';
import { routedCorrectionsOf } from '../../services/onboarding/readModel/corrections.ts';
import { dataOf, eventsOf, partitionKeyOf } from '../../services/runtime/eventStore.ts';
import { hasReached } from '../../services/runtime/eventTail.ts';
import { loop } from '../../services/runtime/lifecycle.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { projectOnce, readCursor } from '../../services/runtime/projector.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import { listedAtStart } from '../../workflows/onboarding/listing.ts';
import {
  factsArrivedSignal,
  ONBOARDING_WORKFLOW,
  type OnboardingInput,
} from '../../workflows/onboarding/messages.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';
import { LEADER, leaderRegistered, relationDeclared, testUscc, uniqueName } from '../support/events.ts';
import {
  type Act,
  accepted,
  dayAt,
  declined,
  expired,
  type Fields,
  failed,
  opening,
  type Part,
  withdrawn,
} from '../support/mortalStories.ts';
import { type Boundary, bundleForMortals, type Fate, MortalWorkers } from '../support/mortalWorkers.ts';
import { PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { passTimeTo } from '../support/passTime.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

let stream: TestStream;
let temporal: Temporal;
let folder: string;
const platform = buildPlatform();
const stops: (() => Promise<unknown>)[] = [];
let env: Record<string, string>;
const serial = 100_000 + Math.floor(process.hrtime()[1] % 800_000);

/** One supplier's onboarding, and the workers that carry it. */
interface Line {
  readonly firm: string;
  readonly workers: MortalWorkers;
  readonly taskQueue: string;
  readonly story: readonly Part[];
  readonly diesWhenTold: (name: string) => boolean;
}

interface LineOptions {
  /** Whether its worker is killed once something has reached the workflow, by the name of the act or the type of the event. */
  readonly diesWhenTold?: (name: string) => boolean;
  /** Whether its worker is killed after an activity, by what that did; the first time alone. */
  readonly diesAfter?: (what: string) => boolean;
  readonly input?: Partial<OnboardingInput>;
  /** Those that nobody disturbs can be carried together. */
  readonly carriedWith?: Line;
}

/** Says what was done, without saying for which firm, at what moment of the wall's clock, or as which try. */
function placeOf(firm: string) {
  return ({ activity, request }: Boundary): string => {
    const { acts, key, since, months } = request as Fields & { acts?: { id: string }[] };
    const what = acts?.map(({ id }) => id.slice(id.indexOf(firm) + firm.length + 1)).join(' ');
    return [
      activity,
      what ??
        String(key ?? '')
          .split('/')
          .at(-1),
      since,
      months,
    ]
      .filter(Boolean)
      .join(' ');
  };
}

/** The rest of the way of those that were not accepted was walked by the accepted one. */
const isUndoing = (what: string): boolean => /remove-|revoke-|disable-|closed/.test(what);

async function begin(nth: number, story: (firm: string) => Part[], options: LineOptions = {}): Promise<Line> {
  const firm = testUscc(serial + nth);
  const { diesAfter, diesWhenTold = () => false, carriedWith } = options;
  const taskQueue = carriedWith?.taskQueue ?? uniqueName('mortal');
  const place = placeOf(firm);
  const workers =
    carriedWith?.workers ??
    (await beginWorkers(taskQueue, (boundary) => (diesAfter?.(place(boundary)) ? place(boundary) : null)));
  const key = { supplierUscc: firm, platform: PLATFORM, programme: PROGRAMME };
  const { client } = temporal;
  const handle = await client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
    workflowId: workflowIdOf(key),
    taskQueue,
    // A task that died with its worker is given to the next one soon.
    workflowTaskTimeout: '3 seconds',
    typedSearchAttributes: listedAtStart(key),
    args: [{ ...key, programmeVersion: CURRENT_PROGRAMME_VERSION, ...options.input }],
    signal: factsArrivedSignal,
    signalArgs: [[]],
  });
  stops.unshift(() =>
    client.workflow
      .getHandle(handle.workflowId)
      .terminate('the test is over')
      .catch(() => {}),
  );
  return { firm, workers, taskQueue, story: story(firm), diesWhenTold };
}

async function beginWorkers(taskQueue: string, fate: Fate): Promise<MortalWorkers> {
  const workers = new MortalWorkers({ ...env, TASK_QUEUE: taskQueue }, fate);
  stops.unshift(() => workers.stop());
  await workers.begin();
  return workers;
}

beforeAll(async () => {
  stream = await openTestStream();
  folder = await mkdtemp(join(tmpdir(), 'chainlight-killed-'));
  const { mongo } = stream;
  const { db } = mongo;
  const logger = createLogger('test', { level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const address = inject('TEMPORAL_ADDRESS');
  temporal = await connectTemporal(address, 'default');
  env = {
    TEMPORAL_ADDRESS: address,
    KAFKA_BROKERS: inject('KAFKA_BROKERS'),
    MONGODB_URI: inject('MONGODB_URI'),
    MONGODB_DB: db.databaseName,
    PLATFORM_URL: await platform.app.listen({ host: '127.0.0.1', port: 0 }),
    WORKFLOW_BUNDLE: await bundleForMortals(folder),
  };
  await stream.ensureTopics([erpTopic(LEADER), platformTopic(PLATFORM)]);
  const ingest = await stream.startIngest();
  await onboardingProjector.ensureIndexes(db);
  await routedCorrectionsOf(db).createIndex({ target: 1 });
  await ensureTenantDataIndex(db);
  await ensureSearchAttributes(temporal.client.connection, 'default');
  const ticker = createTicker(db, temporal.client, logger, Date.now);
  const loops = [
    loop(logger, 50, () => projectOnce(mongo, onboardingProjector)),
    loop(logger, 50, () => routeOnce(db, temporal.client, logger)),
    loop(logger, 50, () => ticker.step()),
    loop(logger, 50, () => notifyOnce(mongo, new Date())),
  ];
  stops.push(
    () => Promise.all(loops.map((one) => one.stop())),
    () => ingest.stop(),
    () => platform.app.close(),
    () => temporal.close(),
    () => stream.close(),
    () => rm(folder, { recursive: true, force: true }),
  );
  await stream.send(ACTS, [leaderRegistered()]);
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

async function tell(line: Line, part: Part): Promise<void> {
  for (const one of part.told) {
    const name = nameOf(one);
    const dies = line.diesWhenTold(name);
    if ('act' in one) await act(one);
    else {
      const [topic, event] = one;
      await stream.send(topic, [event]);
      if (dies) await isRouted(`${event.source} ${event.id}`);
    }
    if (dies) await line.workers.kill(name);
  }
}

const nameOf = (told: Part['told'][number]): string => ('act' in told ? told.act : String(told[1].type));
const namesIn = (parts: readonly Part[]): string[] => parts.flatMap(({ told }) => told.map(nameOf));

/** Until the workflow has it as a signal, where it is any of its business. */
const isRouted = (identity: string) =>
  eventually(`${identity} to be routed`, async () => {
    const { db } = stream.mongo;
    const event = await eventsOf(db).findOne({ _id: identity });
    if (event === null) return false;
    const reached = await readCursor(db, ROUTER);
    return (reached[partitionKeyOf(event.topic, event.partition)] ?? 0) >= event.seq;
  });

/** As a person's act comes; where the worker dies with it, it is sent again. */
const act = (command: Act): Promise<unknown> =>
  eventually(`${command.act} to be taken`, () =>
    submitAct(temporal, ActCommand.parse(command), randomUUID, async () => null).catch((error: unknown) => {
      const { code } = error as { code?: string };
      if (code === 'SERVER_UNREACHABLE' || code === 'NOT_WAITING_FOR_THIS') return null;
      throw error;
    }),
  );

/** All that is left of an onboarding, as if it were anybody's. */
async function remainsOf({ firm }: Line) {
  const { db } = stream.mongo;
  const events = await eventsOf(db)
    .find({ firm, type: /^onboarding\./ })
    .sort({ _id: 1 })
    .toArray();
  const document = await onboardingsOf(db).findOne({ supplierUscc: firm });
  const outbox = await outboxOf(db)
    .find({ _id: new RegExp(firm) })
    .sort({ _id: 1 })
    .toArray();
  const tenant = `${PROGRAMME}.${firm}`;
  const remains = {
    facts: events.map(({ _id, type, time, correlationId, ...event }) => ({
      _id,
      type,
      time,
      correlationId,
      data: dataOf({ type, ...event }),
    })),
    document,
    outbox: outbox.map(({ _id, party, template, words, channel, state }) => ({
      _id,
      party,
      template,
      words,
      channel,
      state,
    })),
    tenant: platform.tenant(tenant),
    effects: platform.effects(tenant),
  };
  return JSON.parse(JSON.stringify(remains).replaceAll(firm, 'FIRM')) as typeof remains;
}

/** Some of the places where the worker of the accepted onboarding must have died; how facts are gathered into one publication is left open. */
const DEATHS = [
  'recallFacts',
  'verifyIdentity verify-identity',
  'createTenant create-tenant',
  'issueCredential issue-credential',
  'registerDevices register-devices',
  'publishActs closed',
];

const DONE_AND_UNDONE = [
  ...['tenant-created', 'credential-issued', 'devices-registered'],
  ...['devices-removed', 'credential-revoked', 'tenant-disabled'],
];
const UNDOING = [/^removeDevices /, /^revokeCredential /, /^disableTenant /];
const CLOSING = /^publishActs (.* )?closed$/;

/** At each of these places, and nowhere else. */
function expectDeaths({ workers: { deaths } }: Line, places: readonly RegExp[]): void {
  for (const place of places)
    expect(
      deaths.filter((death) => place.test(death)),
      String(place),
    ).not.toEqual([]);
  expect(deaths.filter((death) => !places.some((place) => place.test(death)))).toEqual([]);
}

describe('workers killed at every boundary of a step', () => {
  it('leave the same facts, record, letters and effects as one that nobody disturbed', async () => {
    const early = new Set(namesIn(opening('')));
    const undisturbedOne = await begin(0, accepted);
    const calmly = { carriedWith: undisturbedOne };
    const lives = {
      accepted: undisturbedOne,
      acceptedAfterKills: await begin(1, accepted, {
        diesAfter: () => true,
        diesWhenTold: (name) => !early.has(name),
      }),
      failed: await begin(2, failed, calmly),
      failedAfterKills: await begin(3, failed, {
        diesAfter: isUndoing,
        diesWhenTold: () => true,
        input: { handOverAfterEvents: 40 },
      }),
      withdrawn: await begin(4, withdrawn, calmly),
      withdrawnAfterKills: await begin(5, withdrawn, {
        diesAfter: isUndoing,
        diesWhenTold: (name) => name === 'onboarding.supplier-withdrew.v1',
      }),
      declined: await begin(6, declined, calmly),
      declinedAfterKills: await begin(7, declined, {
        diesAfter: isUndoing,
        diesWhenTold: (name) => name === 'decline-plan',
      }),
      expired: await begin(8, expired, calmly),
      expiredAfterKills: await begin(9, expired, {
        diesAfter: (what) => isUndoing(what) || what.includes('expiry-announced'),
      }),
    };
    const lines = Object.values(lives);
    await stream.send(
      erpTopic(LEADER),
      lines.map(({ firm }) =>
        relationDeclared('2022-01-01', {
          id: `relation/${firm}`,
          partitionkey: firm,
          data: { buyerUscc: LEADER, supplierUscc: firm, validFrom: '2022-01-01' },
        }),
      ),
    );
    await stream.drained();
    const parts = Math.max(...lines.map(({ story }) => story.length));
    for (let nth = 0; nth < parts; nth += 1) {
      const present = lines.flatMap((line) => {
        const part = line.story[nth];
        return part === undefined ? [] : [{ line, part }];
      });
      await Promise.all(present.map(({ line, part }) => tell(line, part)));
      await stream.drained();
      await passTimeTo(dayAt(present[0]?.part.until ?? 0), stream, serial + 20);
      await eventually('all to be quiet', () => isOnboardingQuiet(stream.mongo.db), 120_000);
    }
    await eventually('letters about all of it to be queued', async () => {
      const { db } = stream.mongo;
      return hasReached(await readCursor(db, NOTIFIER), await readCursor(db, ROUTER));
    });
    const { deaths } = lives.acceptedAfterKills.workers;
    expect(deaths).toEqual(expect.arrayContaining([...DEATHS, ...namesIn(accepted('').slice(2))]));
    expect(lives.failedAfterKills.workers.deaths).toHaveLength(namesIn(failed('')).length + 4);

    const undisturbed = await remainsOf(lives.accepted);
    expect(undisturbed.document?.status).toBe('ACCEPTED');
    expect(undisturbed.effects).toEqual(['tenant-created', 'credential-issued', 'devices-registered']);
    expect(undisturbed.outbox).not.toEqual([]);
    expect(await remainsOf(lives.acceptedAfterKills)).toEqual(undisturbed);

    const expectSameEnd = async (
      calm: Line,
      disturbed: Line,
      status: TerminalStatus,
      effects: readonly string[],
    ) => {
      const end = await remainsOf(calm);
      expect(end.document?.status).toBe(status);
      expect(end.effects, status).toEqual(effects);
      expect(await remainsOf(disturbed), status).toEqual(end);
    };
    await expectSameEnd(lives.failed, lives.failedAfterKills, 'FAILED', DONE_AND_UNDONE);
    await expectSameEnd(lives.withdrawn, lives.withdrawnAfterKills, 'WITHDRAWN', DONE_AND_UNDONE);
    await expectSameEnd(lives.declined, lives.declinedAfterKills, 'DECLINED', []);
    await expectSameEnd(lives.expired, lives.expiredAfterKills, 'EXPIRED', DONE_AND_UNDONE);

    const { withdrawnAfterKills, declinedAfterKills, expiredAfterKills } = lives;
    expectDeaths(withdrawnAfterKills, [/^onboarding\.supplier-withdrew/, ...UNDOING, CLOSING]);
    expectDeaths(declinedAfterKills, [/^decline-plan$/, CLOSING]);
    expectDeaths(expiredAfterKills, [/expiry-announced/, ...UNDOING, CLOSING]);
  }, 600_000);
});
