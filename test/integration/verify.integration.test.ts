import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import { erpTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { compareWithRebuild, PROJECTORS } from '../../services/cli/readModels.ts';
import { parkedOf } from '../../services/ingest/index.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import {
  cloudEvent,
  inventoryClosed,
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

describe('read models against a rebuild from the events', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  const onboarding = { supplierUscc: SUPPLIER, platform: 'iip', programme: 'sme-510100-2023' };

  beforeAll(async () => {
    stream = await openTestStream();
    await stream.ensureTopics([erpTopic(LEADER)]);
    for (const projector of PROJECTORS) await projector.ensureIndexes(stream.mongo.db);
    ingest = await stream.startIngest();
    await stream.send('chainlight.acts', [leaderRegistered()]);
    await stream.send(erpTopic(LEADER), [
      relationDeclared(),
      orderPlaced('verify-1'),
      cloudEvent({
        type: 'onboarding.supplier-nominated.v1',
        source: LEADER_SOURCE,
        id: 'verify-nomination',
        partitionkey: SUPPLIER,
        data: {
          ...onboarding,
          leaderUscc: LEADER,
          supplierName: 'Test supplier',
          cityCode: '510100',
          industryCode: '3670',
        },
      }),
    ]);
    await stream.send(SUPPLIER_REPORTS, [
      inventoryClosed('verify-2'),
      inventoryClosed('verify-3', { period: '2024-03' }),
    ]);
    await eventually(
      'released',
      async () =>
        (await stream.drained()) &&
        (await parkedOf(stream.mongo.db).countDocuments({ topic: erpTopic(LEADER) })) === 0,
    );
    for (const projector of PROJECTORS) {
      if (projector.name === 'registry') continue;
      while (await projectOnce(stream.mongo, projector)) {
        // One batch a call.
      }
    }
  });
  afterAll(async () => {
    await ingest?.stop();
    await stream?.close();
  });

  const compare = () => compareWithRebuild(stream.mongo, () => {});

  it('are equal when nobody touched them, and leave no database behind', async () => {
    expect(await compare()).toEqual({ equal: true, differences: [] });
    const { databases } = await stream.mongo.client.db().admin().listDatabases();
    expect(databases.filter(({ name }) => name.startsWith('rebuild_'))).toEqual([]);
  });

  it.each([
    ['kpi', { firm: 'corrupted' }],
    ['relations', { ended: ['2020-01-01'] }],
  ])('show a document of %s that somebody changed by hand', async (collection, change) => {
    const documents = stream.mongo.db.collection(collection);
    const original = await documents.findOne({});
    if (original === null) throw new Error(`no document in ${collection}`);
    await documents.updateOne({ _id: original._id }, { $set: change });
    const { equal, differences } = await compare();
    expect(equal).toBe(false);
    expect(differences).toMatchObject([{ collection, id: String(original._id) }]);
    await documents.replaceOne({ _id: original._id }, original);
    expect((await compare()).equal).toBe(true);
  });

  it('show an onboarding that was deleted, and one that was made up', async () => {
    const onboardings = stream.mongo.db.collection<{ _id: string }>('onboardings');
    const id = workflowIdOf(onboarding);
    const original = await onboardings.findOneAndDelete({ _id: id });
    if (original === null) throw new Error('no onboarding');
    await onboardings.insertOne({ ...original, _id: 'made-up' });
    const { differences } = await compare();
    expect(differences.map((difference) => difference.id).sort()).toEqual([id, 'made-up'].sort());
    await onboardings.deleteOne({ _id: 'made-up' });
    await onboardings.insertOne(original);
    expect((await compare()).equal).toBe(true);
  });
});
