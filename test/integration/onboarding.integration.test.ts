import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import { Subsidies } from '../../schemas/api/evidence.ts';
import { Funnel, SupplierOnboardings } from '../../schemas/api/onboarding.ts';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import { ACTS, erpTopic, PROGRAMME_EVENTS, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { parkedOf, RegistryCache } from '../../services/ingest/index.ts';
import { readSubsidies } from '../../services/measurement/index.ts';
import { readOnboardings } from '../../services/onboarding/adapters/readOnboardings.ts';
import {
  activityOf,
  countOnboardings,
  isOnboardingQuiet,
  listLiveRuns,
  onboardingProjector,
  onboardingsOf,
  readFunnel,
  reconcileRuns,
  showOnboardings,
} from '../../services/onboarding/index.ts';
import { startOnboarding } from '../../services/onboarding/onboarding.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import {
  cloudEvent,
  LEADER,
  leaderRegistered,
  relationDeclared,
  testUscc,
  uniqueName,
} from '../support/events.ts';
import { rememberSecret } from '../support/logSearch.ts';
import { actCommand, onboardingEvents, PLATFORM, PROGRAMME, PROVIDER } from '../support/onboardingEvents.ts';
import { passTimeTo } from '../support/passTime.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

let stream: TestStream;
let temporal: Temporal;
const stops: (() => Promise<unknown>)[] = [];
const platform = buildPlatform();
const platformToken = uniqueName('platform-token');

/** Firms of this run alone: topics outlive a test, workflows too. */
const serial = 100_000 + Math.floor(process.hrtime()[1] % 800_000);
const supplier = testUscc(serial);
const quitter = testUscc(serial + 1);
const idOf = (supplierUscc: string) =>
  workflowIdOf({ supplierUscc, platform: PLATFORM, programme: PROGRAMME });

beforeAll(async () => {
  rememberSecret(platformToken);
  stream = await openTestStream();
  const logger = createLogger('test', { level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  temporal = await connectTemporal(inject('TEMPORAL_ADDRESS'), 'default');
  const platformUrl = await platform.app.listen({ host: '127.0.0.1', port: 0 });
  await stream.ensureTopics([erpTopic(LEADER), platformTopic(PLATFORM)]);
  const ingest = await stream.startIngest();
  const onboarding = await startOnboarding({
    mongo: stream.mongo,
    producer: stream.producer,
    temporal,
    temporalAddress: inject('TEMPORAL_ADDRESS'),
    namespace: 'default',
    platforms: { byId: {}, others: { url: platformUrl, token: platformToken } },
    logger,
    nowMs: Date.now,
  });
  stops.push(
    () => onboarding.stop(),
    () => ingest.stop(),
    () => platform.app.close(),
    () => temporal.close(),
    () => stream.close(),
  );
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.send(
    erpTopic(LEADER),
    [supplier, quitter].map((uscc) =>
      relationDeclared('2022-01-01', {
        id: `relation/${uscc}`,
        partitionkey: uscc,
        data: { buyerUscc: LEADER, supplierUscc: uscc, validFrom: '2022-01-01' },
      }),
    ),
  );
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

const documentOf = (uscc: string) => onboardingsOf(stream.mongo.db).findOne({ _id: idOf(uscc) });

const advanceTo = (at: string): Promise<void> => passTimeTo(at, stream, serial + 10);

async function act(command: ReturnType<typeof actCommand>): Promise<unknown> {
  const handle = temporal.client.workflow.getHandle(idOf(command.supplierUscc));
  return eventually('the act to be taken', async () => {
    try {
      return await handle.executeUpdate('act', {
        args: [ActCommand.parse(command)],
        updateId: command.actId,
      });
    } catch (error) {
      const isEarly =
        error instanceof WorkflowNotFoundError || String((error as Error).cause).includes('by then');
      if (isEarly) return null;
      throw error;
    }
  });
}

describe('an onboarding on real servers', () => {
  it('a tenant’s data without an onboarding hold nothing up', async () => {
    const stranger = testUscc(serial + 20);
    await stream.send(platformTopic(PLATFORM), [onboardingEvents(stranger).data('2024-01-03T08:00:00Z')]);
    await stream.drained();
    await eventually('all to be quiet', () => isOnboardingQuiet(stream.mongo.db));
    expect(await activityOf(stream.mongo.db).findOne({ supplierUscc: stranger })).toMatchObject({
      months: [{ month: '2024-01', firstAt: '2024-01-03T08:00:00.000Z' }],
    });
  });

  it('runs from nomination to acceptance, and the record equals a rebuild', async () => {
    const events = onboardingEvents(supplier);
    await stream.send(PROGRAMME_EVENTS, [
      events.diagnosed('2024-01-20T08:00:00Z'),
      events.planFiled('2024-02-10T08:00:00Z'),
    ]);
    await stream.send(erpTopic(LEADER), [events.nominated('2024-01-05T08:00:00Z')]);
    await act(actCommand('approve-plan', '2024-02-20T08:00:00Z', {}, supplier));
    await stream.send(SUPPLIER_REPORTS, [
      events.takenBack('withdrawn-in-error', '2024-02-29T08:00:00Z'),
      events.takenBack(events.contracted('').id, '2024-02-28T09:00:00Z'),
      { ...events.withdrew('2024-02-29T08:00:00Z'), id: 'withdrawn-in-error' },
      events.contracted('2024-02-28T08:00:00Z'),
      { ...events.contracted('2024-03-01T08:00:00Z'), id: 'contract-as-signed' },
      events.trained('2024-04-01T08:00:00Z'),
    ]);
    await stream.send(PROGRAMME_EVENTS, [events.deployed('2024-04-10T08:00:00Z')]);
    await stream.send(platformTopic(PLATFORM), [
      events.data('2024-02-25T08:00:00Z'),
      events.data('2024-04-15T08:00:00Z'),
      events.data('2024-05-15T08:00:00Z'),
    ]);
    await stream.send(SUPPLIER_REPORTS, [events.goLive('2024-05-20T08:00:00Z')]);
    await act(
      actCommand('self-assess', '2024-06-01T08:00:00Z', { edition: '2024', score: 45, level: 2 }, supplier),
    );
    await act(actCommand('audit-finance', '2024-06-10T08:00:00Z', { outcome: 'matched' }, supplier));
    await stream.send(PROGRAMME_EVENTS, [
      events.rated('2024-06-20T08:00:00Z'),
      events.accepted('2024-07-01T08:00:00Z'),
    ]);
    await advanceTo('2024-07-15T08:00:00Z');
    const document = await eventually('the onboarding to be accepted', async () => {
      const found = await documentOf(supplier);
      return found?.status === 'ACCEPTED' ? found : null;
    });
    expect(document.steps.map(({ step, state }) => [step, state])).toEqual(
      document.steps.map(({ step }) => [step, 'DONE']),
    );
    expect(document.history.filter(({ isTakenBack }) => isTakenBack).map(({ event }) => event)).toEqual([
      'onboarding.contract-signed.v1',
      'onboarding.supplier-withdrew.v1',
    ]);
    expect(document.contractedAt).toEqual(new Date('2024-03-01T08:00:00Z'));
    const before = await readOnboardings(
      stream.mongo.db,
      { asOf: new Date('2024-02-28T08:30:00Z') },
      supplier,
    );
    expect(before[0]?.contractedAt).toEqual(new Date('2024-02-28T08:00:00Z'));
    const after = await readOnboardings(
      stream.mongo.db,
      { asOf: new Date('2024-02-28T12:00:00Z') },
      supplier,
    );
    expect(after[0]?.contractedAt).toBeNull();
    expect(document.connectedAt).toEqual(new Date('2024-04-15T08:00:00Z'));
    expect(document.liveAt).toEqual(new Date('2024-05-20T08:00:00Z'));
    expect(platform.tenant(`${PROGRAMME}.${supplier}`)).toMatchObject({
      status: 'active',
      credential: 'issued',
    });
    await eventually('all to be quiet', () => isOnboardingQuiet(stream.mongo.db));

    const paid = (paymentNumber: string, amountFen: number) =>
      cloudEvent({
        ...{ type: 'subsidy.paid.v1', source: '/bureau/510100/finance', id: paymentNumber },
        ...{ time: '2024-08-01T08:00:00Z', partitionkey: supplier },
        data: {
          ...{ supplierUscc: supplier, programme: PROGRAMME, paymentNumber, paidOn: '2024-08-01' },
          ...{ amountFen, currency: 'CNY' },
        },
      });
    await stream.send(PROGRAMME_EVENTS, [paid(`PAY-${supplier}`, 4_000_000)]);
    await stream.drained();
    const subsidies = Subsidies.parse(
      await readSubsidies(stream.mongo.db, { firm: supplier }, { asOf: new Date('2024-08-02T00:00:00Z') }),
    );
    // A fifth of the plan's CNY 300,000 was set aside when it was approved; what is paid is held against it.
    expect(subsidies.ledgers).toMatchObject([
      {
        ...{ programme: PROGRAMME, reservedFen: 6_000_000, paidFen: 4_000_000, netFen: 4_000_000 },
        entries: [
          { kind: 'set-aside', amountFen: 6_000_000, on: '2024-02-20' },
          { kind: 'paid', number: `PAY-${supplier}` },
        ],
      },
    ]);

    const rebuilt = await connectMongo(inject('MONGODB_URI'), uniqueName('rebuild'));
    await onboardingProjector.ensureIndexes(rebuilt.db);
    while (await projectOnce(rebuilt, onboardingProjector, stream.mongo.db, 3));
    for (const name of onboardingProjector.collections)
      expect(await rebuilt.db.collection(name).find().sort({ _id: 1 }).toArray()).toEqual(
        await stream.mongo.db.collection(name).find().sort({ _id: 1 }).toArray(),
      );
    await rebuilt.db.dropDatabase();
    await rebuilt.close();
  });

  it('a withdrawal undoes what was done, even after Temporal lost the workflow; what comes later is a finding', async () => {
    const events = onboardingEvents(quitter);
    await stream.send(erpTopic(LEADER), [events.nominated('2024-01-05T08:00:00Z')]);
    await stream.send(PROGRAMME_EVENTS, [
      events.diagnosed('2024-01-20T08:00:00Z'),
      events.planFiled('2024-02-10T08:00:00Z'),
    ]);
    await act(actCommand('approve-plan', '2024-02-20T08:00:00Z', {}, quitter));
    await stream.send(SUPPLIER_REPORTS, [events.contracted('2024-03-01T08:00:00Z')]);
    const tenant = `${PROGRAMME}.${quitter}`;
    await eventually('the credential', async () => platform.tenant(tenant)?.credential === 'issued');
    await eventually('all to be quiet', () => isOnboardingQuiet(stream.mongo.db));

    const { client } = temporal;
    const listed = await eventually('it to be listed by where it stands', async () => {
      const filter = { leader: LEADER, stage: 'IMPLEMENTING', stallRisk: 'MISSED_REMINDERS' };
      return (await listLiveRuns(client, { supplier: quitter, ...filter }))[0];
    });
    expect(listed).toMatchObject({ workflowId: idOf(quitter), status: 'ACTIVE' });
    expect((await reconcileRuns(stream.mongo.db, client, false)).lost).toEqual([]);
    await client.workflow.getHandle(idOf(quitter)).terminate('lost, for the test');
    await eventually('the lists to follow', async () => {
      return (await listLiveRuns(client, { supplier: quitter })).length === 0;
    });
    const found = await reconcileRuns(stream.mongo.db, client, true);
    expect(found).toMatchObject({ lost: [idOf(quitter)], revived: [idOf(quitter)] });
    await eventually('the new run to say where it stands', async () => {
      return (await listLiveRuns(client, { supplier: quitter, stage: 'IMPLEMENTING' })).length === 1;
    });
    await client.workflow.getHandle(idOf(quitter)).terminate('lost once more');
    await stream.send(SUPPLIER_REPORTS, [events.withdrew('2024-05-02T08:00:00Z')]);
    const closed = await eventually('the withdrawal', async () => {
      const found = await documentOf(quitter);
      return found?.status === 'WITHDRAWN' ? found : null;
    });
    expect(platform.tenant(tenant)).toMatchObject({ status: 'disabled', credential: 'revoked' });
    expect(closed.failureReason).toEqual({ group: 'DARE_NOT', cause: 'CASH' });
    expect(closed.history.filter((entry) => entry.event === 'onboarding.tenant-created.v1')).toHaveLength(1);

    await stream.send(SUPPLIER_REPORTS, [events.trained('2024-05-20T08:00:00Z')]);
    const after = await eventually('the finding', async () => {
      const found = await documentOf(quitter);
      return found?.findings.length ? found : null;
    });
    expect(after.findings).toMatchObject([
      { code: 'LATE_AFTER_CLOSE', type: 'onboarding.training-completed.v1' },
    ]);
    expect(after.status).toBe('WITHDRAWN');
    expect(after.steps).toEqual(closed.steps);

    const money = Subsidies.parse(
      await readSubsidies(stream.mongo.db, { firm: quitter }, { asOf: new Date('2024-06-01T00:00:00Z') }),
    );
    expect(money.ledgers).toMatchObject([
      {
        ...{ reservedFen: 0, paidFen: 0 },
        entries: [
          { kind: 'set-aside', amountFen: 6_000_000 },
          { kind: 'released', amountFen: 6_000_000 },
        ],
      },
    ]);

    const shown = SupplierOnboardings.parse(await showOnboardings(stream.mongo.db, quitter, {}));
    expect(shown.onboardings).toMatchObject([{ status: 'WITHDRAWN', stage: 'IMPLEMENTING' }]);
    const asOf = new Date('2024-04-01T00:00:00Z');
    const then = SupplierOnboardings.parse(await showOnboardings(stream.mongo.db, quitter, { asOf }));
    expect(then.onboardings).toMatchObject([{ status: 'ACTIVE', stage: 'IMPLEMENTING', closedAt: null }]);
    const funnel = Funnel.parse(await readFunnel(stream.mongo.db, {}));
    expect(funnel.failures).toMatchObject([{ stage: 'IMPLEMENTING', reason: 'DARE_NOT/CASH', count: 1 }]);
    expect(await countOnboardings(stream.mongo.db)).toMatchObject({
      started: 2,
      accepted: 1,
      withdrawn: 1,
      active: 0,
    });
  });

  it('a provider’s application begins an onboarding only while the supplier lets it act', async () => {
    const [delegating, ended] = [testUscc(serial + 2), testUscc(serial + 3)];
    const { db } = stream.mongo;
    const applies = (uscc: string, at: string, id: string) => ({
      ...onboardingEvents(uscc).applied(at),
      id: `${id}/${uscc}`,
    });
    const says = (uscc: string, type: string, at: string, more: Record<string, unknown> = {}) =>
      cloudEvent({
        ...{ type, source: '/system/consent', id: `${type}/${uscc}`, time: at, partitionkey: uscc },
        data: {
          ...{ supplierUscc: uscc, providerUscc: PROVIDER, ...more },
          decidedBy: { subject: 'owner', name: 'Owner' },
        },
      });
    const applied = applies(delegating, '2024-08-10T08:00:00Z', 'applied');
    await stream.send(PROGRAMME_EVENTS, [applied]);
    await stream.drained();
    const waits = { identity: `/provider/${PROVIDER} ${applied.id}` };
    expect(await parkedOf(db).findOne(waits)).toMatchObject({
      waitingFor: `delegation/${delegating}/${PROVIDER}`,
    });
    expect(await documentOf(delegating)).toBeNull();

    await stream.send(ACTS, [
      says(delegating, 'delegation.granted.v1', '2024-08-01T08:00:00Z', { validUntil: '2024-08-10' }),
      says(ended, 'delegation.granted.v1', '2024-08-01T08:00:00Z'),
      says(ended, 'delegation.withdrawn.v1', '2024-08-05T08:00:00Z'),
    ]);
    await eventually(
      'the application to be released',
      async () => (await parkedOf(db).findOne(waits)) === null,
    );
    const begun = await eventually('the onboarding', () => documentOf(delegating));
    expect(begun.history).toMatchObject([{ event: 'onboarding.supplier-applied.v1' }]);

    await stream.send(PROGRAMME_EVENTS, [
      applies(delegating, '2024-08-11T08:00:00Z', 'day-after'),
      applies(ended, '2024-08-10T08:00:00Z', 'withdrawn'),
    ]);
    await stream.drained();
    const refused = await deadLettersOf(db)
      .find({ source: `/provider/${PROVIDER}` })
      .sort({ eventId: 1 })
      .toArray();
    expect(refused.map(({ eventId, reason }) => [eventId, reason])).toEqual([
      [`day-after/${delegating}`, 'DELEGATION_ENDED'],
      [`withdrawn/${ended}`, 'DELEGATION_ENDED'],
    ]);
    expect(await documentOf(ended)).toBeNull();
    expect((await documentOf(delegating))?.facts.map(({ id }) => id)).not.toContain(
      `/provider/${PROVIDER} day-after/${delegating}`,
    );
    // A process that starts later reads what was delegated before.
    const later = new RegistryCache(db);
    await later.refresh();
    expect(later.delegation(`delegation/${ended}/${PROVIDER}`)?.words).toHaveLength(2);
  });
});
