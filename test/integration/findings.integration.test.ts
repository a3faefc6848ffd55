import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Findings } from '../../schemas/api/findings.ts';
import { SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { actOnFinding, measurementProjector, readFindings } from '../../services/measurement/index.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { inventoryClosed, SUPPLIER } from '../support/events.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';

const actor = { name: 'Li', role: 'bureau' } as const;
const id = `CLOSED_TWICE/${SUPPLIER}/2024-02/inventory/supplier`;

describe('findings on real servers', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };

  const findings = async () => {
    await stream.drained();
    while (await projectOnce(stream.mongo, measurementProjector)) {
      // Until nothing is left to read.
    }
    return Findings.parse(await readFindings(stream.mongo.db)).findings;
  };
  const deps = (actId: string) => ({
    db: stream.mongo.db,
    producer: stream.producer,
    now: () => new Date(),
    actId,
  });

  beforeAll(async () => {
    stream = await openTestStream();
    await measurementProjector.ensureIndexes(stream.mongo.db);
    ingest = await stream.startIngest();
    const again = { ...inventoryClosed('again', { closingStockFen: 1 }), time: '2024-04-01T08:00:00Z' };
    await stream.send(SUPPLIER_REPORTS, [inventoryClosed('first'), again]);
  });
  afterAll(async () => {
    await ingest.stop();
    await stream.close();
  });

  it('are acted on by events, in turn only', async () => {
    expect(await findings()).toMatchObject([{ id, state: 'open', raisedOn: '2024-04-01' }]);
    await expect(
      actOnFinding(deps('appeal-0'), { act: 'appealed', findingId: id, actor, text: 'too early' }),
    ).rejects.toMatchObject({ code: 'FINDING_NOT_OPEN' });
    await expect(
      actOnFinding(deps('x'), { act: 'replied', findingId: 'none', actor, text: 'nothing' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reply = { act: 'replied', findingId: id, actor, text: 'the later close is right' } as const;
    expect(await actOnFinding(deps('reply'), reply)).toMatchObject({ confirmed: true });
    expect(await findings()).toMatchObject([{ id, state: 'replied' }]);
    const closing = { act: 'closed', findingId: id, actor, outcome: 'upheld', text: 'as replied' } as const;
    await actOnFinding(deps('close'), closing);
    expect(await findings()).toMatchObject([
      { id, state: 'closed', outcome: 'upheld', history: [{ act: 'replied' }, { act: 'closed' }] },
    ]);
    await actOnFinding(deps('appeal'), { act: 'appealed', findingId: id, actor, text: 'look again' });
    expect(await findings()).toMatchObject([{ id, state: 'appealed' }]);
  });
});
