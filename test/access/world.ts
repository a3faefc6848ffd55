import type { FastifyInstance } from 'fastify';
import { inject } from 'vitest';
import { OPERATIONS, type OperationId } from '../../schemas/api/operations/index.ts';
import { ACTS, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { createGateway } from '../../services/gateway/index.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { onboardingProjector } from '../../services/onboarding/index.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { loop } from '../../services/runtime/lifecycle.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import {
  draws,
  EXPECTED,
  EXTRA,
  kept,
  mine,
  paperOf,
  programmeOf,
  TENANCIES,
  theirs,
  type World,
} from '../support/accessExpected.ts';
import { inventoryClosed } from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

export let stream: TestStream;
let ingest: { stop(): Promise<void> };
let temporal: Temporal;
let issuer: TestIssuer;
export let app: FastifyInstance;
let measuring: { stop(): Promise<void> };

const nomination = (about: World) => ({
  specversion: '1.0',
  id: `nominated-${about.supplier}`,
  source: `/chain/${about.leader}/erp/sap`,
  type: 'onboarding.supplier-nominated.v1',
  time: '2024-03-01T00:00:00Z',
  partitionkey: about.supplier,
  data: {
    supplierUscc: about.supplier,
    leaderUscc: about.leader,
    platform: about.platform,
    programme: `sme-${about.cityCode}-2024`,
    supplierName: 'Test supplier',
    cityCode: about.cityCode,
    districtCode: about.districtCode,
    industryCode: '3670',
  },
});
export const planFiled = (about: World) => ({
  specversion: '1.0',
  id: `plan-${about.supplier}`,
  source: `/provider/${about.provider}`,
  type: 'onboarding.plan-filed.v1',
  time: '2024-03-05T00:00:00Z',
  partitionkey: about.supplier,
  data: {
    supplierUscc: about.supplier,
    platform: about.platform,
    programme: `sme-${about.cityCode}-2024`,
    providerUscc: about.provider,
    planNumber: `PL-${about.supplier}`,
    solution: 'MES light',
    priceFen: 30_000_000,
    currency: 'CNY',
  },
});

const accepted = (about: World) => ({
  specversion: '1.0',
  id: `accepted-${about.supplier}`,
  source: '/system/onboarding',
  type: 'onboarding.closed.v1',
  time: '2024-03-20T00:00:00Z',
  partitionkey: about.supplier,
  data: {
    supplierUscc: about.supplier,
    platform: about.platform,
    programme: programmeOf(about),
    ...{ status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null, decidedBy: 'bureau' },
    basis: [nomination(about), planFiled(about)].map(({ source, id }) => `${source} ${id}`),
  },
});

/** Two worlds in one stack, and a sign-in for each role. */
export async function openAccess(): Promise<void> {
  stream = await openTestStream();
  // Business time is now as soon as nothing more comes: what was accepted by then may be sampled.
  ingest = await stream.startIngest({ clock: { clock: 'wall', latenessMs: 0, quietMs: 500 } });
  issuer = await startTestIssuer({ ...TENANCIES, ...EXTRA });
  const config = {
    ...loadConfig({
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: stream.mongo.db.databaseName,
      CHAINLIGHT_CLOCK: 'stream',
    }),
    ...issuer.settings,
  };
  temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  const logger = createLogger('test', { level: 'silent' });
  const { mongo, kafka } = stream;
  app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  for (const about of [mine, theirs]) {
    const source = `/chain/${about.leader}/erp/sap`;
    await call('operator', 'POST', '/api/v1/leaders', {
      uscc: about.leader,
      name: 'L',
      sources: [source],
      at: '2023-01-01T00:00:00Z',
    });
    await call('operator', 'POST', '/api/v1/relations', {
      leader: about.leader,
      supplier: about.supplier,
      from: '2023-01-01',
      at: '2023-01-02T00:00:00Z',
    });
    await stream.send(`erp.${about.leader}`, [nomination(about)]);
    await stream.send(PROGRAMME_EVENTS, [planFiled(about)]);
    await stream.send(ACTS, [accepted(about)]);
    await stream.send(SUPPLIER_REPORTS, [
      inventoryClosed(`first-${about.supplier}`, {}, about.supplier),
      {
        ...inventoryClosed(`again-${about.supplier}`, { closingStockFen: 1 }, about.supplier),
        time: '2024-04-01T08:00:00Z',
      },
    ]);
  }
  // A topic that has just been made may be missing from the list for a moment: wait for what was said, not for what is listed.
  const said = 2 * ['leader', 'relation', 'nomination', 'plan', 'acceptance', 'close', 'close again'].length;
  await eventually('everything to be taken in', async () => (await stream.drained()).accepted >= said);
  while (await projectOnce(stream.mongo, onboardingProjector)) {
    // Until all has been read.
  }
  await measurementProjector.ensureIndexes(stream.mongo.db);
  while (await projectOnce(stream.mongo, measurementProjector)) {
    // The same.
  }
  for (const [about, official] of [
    [mine, 'financial-auditor'],
    [theirs, 'otherCity'],
  ] as const) {
    const drawn = await eventually('a sample', async () => {
      const answer = await call(official, 'POST', '/api/v1/samples', { n: 1, seed: 1 });
      return answer.statusCode === 201 ? answer.json<{ drawId: string }>() : null;
    });
    draws.set(about, drawn.drawId);
  }
  measuring = loop(logger, 50, () => projectOnce(stream.mongo, measurementProjector));
  await keepSomething(mine, 'financial-auditor');
  await keepSomething(theirs, 'otherCity');
}

export const FILE_NAME = '合同.pdf';
export const fileOf = (about: World) => Buffer.from(`%PDF-1.7\n% ${about.supplier}\n%%EOF\n`);

/** One of each thing that is asked for by its own name: a file of the firm, one of its work-paper, a refused record, an invitation. */
async function keepSomething(about: World, official: string): Promise<void> {
  const bytes = { 'content-type': 'application/octet-stream' };
  const handIn = async (as: string, url: string) => {
    const answer = await call(
      as,
      'POST',
      `${url}&fileName=${encodeURIComponent(FILE_NAME)}`,
      fileOf(about),
      bytes,
    );
    if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
    return answer.json<{ sha256: string }>().sha256;
  };
  const programme = `programme=${programmeOf(about)}`;
  const evidence = `/api/v1/suppliers/${about.supplier}/evidence?${programme}&kind=other`;
  await stream.send(`erp.${about.leader}`, [
    { ...nomination(about), id: 'refused', type: 'nothing.known.v1' },
  ]);
  const invited = await call('operator', 'POST', '/api/v1/invitations', { supplierUscc: about.supplier });
  const letter = await eventually('the refused record', () =>
    deadLettersOf(stream.mongo.db).findOne({ leader: about.leader }),
  );
  kept.set(about, {
    evidenceSha256: await handIn('operator', evidence),
    attachmentSha256: await handIn(official, `${paperOf(about)}/files?check=in-use`),
    letterId: letter._id,
    invitationId: invited.json<{ invitationId: string }>().invitationId,
  });
  for (const id of ['downloadEvidence', 'downloadAttachment'] as const)
    await eventually(
      `to be given by ${id}`,
      async () => (await ask('operator', id, about)).statusCode === 200,
    );
}

export async function closeAccess(): Promise<void> {
  await measuring?.stop();
  await app?.close();
  await issuer?.close();
  await temporal?.close();
  await ingest?.stop();
  await stream?.close();
}

export async function call(
  as: string | null,
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
) {
  const authorization = as === null ? {} : await issuer.as(as);
  return app.inject({
    method,
    url,
    headers: { ...authorization, ...headers },
    ...(payload ? { payload } : {}),
  });
}

export const ask = (as: string | null, id: OperationId, about: World) => {
  const operation = OPERATIONS.find((one) => one.id === id);
  if (operation === undefined) throw new Error(`${id} is no operation`);
  const { url, payload, headers } = EXPECTED[id].ask?.(about) ?? {};
  const body = operation.method === 'POST' ? (payload ?? {}) : undefined;
  return call(as, operation.method, url ?? operation.path, body, headers);
};
