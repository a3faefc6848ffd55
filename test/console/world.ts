import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { inject } from 'vitest';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import type { Tenancy } from '../../schemas/tenancy.ts';
import { ACTS, erpTopic, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { createGateway } from '../../services/gateway/index.ts';
import { onboardingsOf } from '../../services/onboarding/index.ts';
import { startOnboarding } from '../../services/onboarding/onboarding.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectTemporal } from '../../services/runtime/temporal.ts';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import { LEADER, leaderRegistered, testUscc } from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';
import { launchBrowser } from './browser.ts';
import { chains, claims, targets } from './fixture.ts';
import { signIn, type Visit } from './page.ts';

/** Firms of this run alone: topics outlive a test, workflows too. */
export const serial = 100_000 + Math.floor(process.hrtime()[1] % 800_000);
export const supplier = testUscc(serial);
export const other = testUscc(serial + 1);
export const sampled = testUscc(serial + 4);
const stops: (() => Promise<unknown>)[] = [];

export let stream: TestStream;
let issuer: TestIssuer;
let app: FastifyInstance;
export let browser: Browser;
export let url: string;

const TENANCIES: Readonly<Record<string, Tenancy>> = {
  leader: { role: 'leader', firms: [LEADER] },
  bureau: { role: 'bureau', region: '510100' },
  ministry: { role: 'bureau', region: '000000' },
  supplier: { role: 'supplier', firms: [supplier] },
  group: { role: 'supplier', firms: [supplier, other] },
  newcomer: { role: 'supplier', firms: [] },
  mistaken: { role: 'supplier', firms: [] },
  rater: { role: 'rater', rater: 'cesi', region: '510100' },
  auditor: { role: 'financial-auditor', region: '510000' },
  operator: { role: 'operator' },
  large: { role: 'leader', firms: [testUscc(serial + 20)] },
};

/** Signs in and arrives at a page. */
export const visit = (account: string, address = '/', width = 1440): Promise<Visit> =>
  signIn(browser, url, account, { address, width });

export const documentOf = (uscc: string) =>
  onboardingsOf(stream.mongo.db).findOne({
    _id: workflowIdOf({ supplierUscc: uscc, platform: PLATFORM, programme: PROGRAMME }),
  });
export const stageOf = async (uscc: string): Promise<string | undefined> => (await documentOf(uscc))?.stage;

/** Servers, services, issuer and browser of one run; every journey goes through the same. */
export async function openWorld(): Promise<void> {
  stream = await openTestStream();
  const { mongo, kafka } = stream;
  const logger = createLogger('test', { level: 'silent' });
  issuer = await startTestIssuer(TENANCIES);
  const config = {
    ...loadConfig({
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: mongo.db.databaseName,
      CHAINLIGHT_CLOCK: 'wall',
      CONSOLE_DIR: await ensureConsoleBuilt(),
    }),
    ...issuer.settings,
  };
  const temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  const platform = buildPlatform();
  const platformUrl = await platform.app.listen({ host: '127.0.0.1', port: 0 });
  await stream.ensureTopics([erpTopic(LEADER), platformTopic(PLATFORM), SUPPLIER_REPORTS]);
  const ingest = await stream.startIngest({
    clock: { clock: 'wall', latenessMs: 3_600_000, quietMs: 500 },
  });
  const onboarding = await startOnboarding({
    mongo,
    producer: stream.producer,
    temporal,
    temporalAddress: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    platforms: { byId: {}, others: { url: platformUrl } },
    logger,
    nowMs: Date.now,
  });
  app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  stops.push(
    () => browser.close(),
    () => app.close(),
    () => onboarding.stop(),
    () => ingest.stop(),
    () => platform.app.close(),
    () => temporal.close(),
    () => issuer.close(),
    () => stream.close(),
  );
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.drained();
  const summaries = mongo.db.collection<{ _id: string }>('summaries');
  await summaries.insertMany([targets, chains, claims]);
}

export async function closeWorld(): Promise<void> {
  for (const stop of stops) await stop();
}
