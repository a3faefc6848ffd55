import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTS, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import {
  drawIdOf,
  drawSample,
  evaluateDraw,
  frameOf,
  parseMustRules,
  readDraw,
  readFrame,
  readPapers,
  recordDraw,
  recordPaperAct,
  recordResults,
  resultsOf,
} from '../../services/audit/index.ts';
import { createReadCache } from '../../services/gateway/reads/cache.ts';
import { prepareDraw, readSampleFrame } from '../../services/gateway/reads/samples.ts';
import { measurementProjector, readAuditFrame, readWorkPapers } from '../../services/measurement/index.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { cloudEvent, inventoryClosed, LEADER, SUPPLIER, testUscc } from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const PROGRAMME = 'sme-510100-2023';
const RULES = 'level=2';
const actor = { name: 'Li', role: 'financial-auditor' } as const;
const serialOf = (uscc: string): number => Number(uscc.slice(10, 16));
const FIRMS = [1, 2, 3, 4, 5].map((index) => testUscc(serialOf(SUPPLIER) + 100_000 + index));
const onboarding = (supplierUscc: string) => ({ supplierUscc, platform: 'test-iip', programme: PROGRAMME });

function accepted(uscc: string, index: number): [string, Record<string, unknown>][] {
  const said = (source: string, type: string, time: string, data: Record<string, unknown>) =>
    cloudEvent({
      source,
      type,
      id: `${type}/${uscc}`,
      partitionkey: uscc,
      time,
      data: { ...onboarding(uscc), ...data },
    });
  const contract = {
    providerUscc: LEADER,
    contractNumber: `HT-${index}`,
    signedOn: '2024-01-10',
    amountFen: 100,
    currency: 'CNY',
    documentSha256: 'ab'.repeat(32).slice(0, 63) + (index < 3 ? '0' : index),
  };
  const rating = { assessedOn: '2024-06-10', edition: '2024', score: 41 + index, level: index === 5 ? 2 : 3 };
  const closed = {
    status: 'ACCEPTED',
    stage: 'ACCEPTED',
    failureReason: null,
    decidedBy: 'bureau',
    basis: [],
  };
  return [
    [
      SUPPLIER_REPORTS,
      said(`/supplier/${uscc}/erp`, 'onboarding.contract-signed.v1', '2024-01-10T08:00:00Z', contract),
    ],
    [
      PROGRAMME_EVENTS,
      said('/rater/rater-west', 'onboarding.level-assessed.v1', '2024-06-10T08:00:00Z', rating),
    ],
    [ACTS, said('/system/onboarding', 'onboarding.closed.v1', '2024-07-10T08:00:00Z', closed)],
    [SUPPLIER_REPORTS, inventoryClosed(`stk/${uscc}`, {}, uscc)],
  ];
}

describe('an audit sample on real servers', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  const horizon = { asOf: new Date('2024-12-31T00:00:00Z') };
  const deps = () => ({
    db: stream.mongo.db,
    producer: stream.producer,
    now: () => new Date(),
    actId: 'one',
  });

  beforeAll(async () => {
    stream = await openTestStream();
    await measurementProjector.ensureIndexes(stream.mongo.db);
    // Whoever asks without a day is answered as of business time: on the wall's clock it passes the acceptances.
    ingest = await stream.startIngest({ clock: { clock: 'wall', latenessMs: 0, quietMs: 100 } });
    for (const [index, uscc] of FIRMS.entries())
      for (const [topic, event] of accepted(uscc, index + 1)) await stream.send(topic, [event]);
    expect(await stream.drained()).toMatchObject({ accepted: 20, rejected: 0, parked: 0 });
    while (await projectOnce(stream.mongo, measurementProjector)) {
      // Until nothing is left to read.
    }
  });
  afterAll(async () => {
    await ingest.stop();
    await stream.close();
  });

  it('has the accepted firms as its frame, draws, keeps draw and results as events, and evaluates them', async () => {
    const { db } = stream.mongo;
    const { rows, columns, asOf } = await readAuditFrame(db, [PROGRAMME], horizon);
    expect(rows.map(({ id }) => id)).toEqual([...FIRMS].sort());
    const cells = rows.find(({ id }) => id === FIRMS[0])?.cells;
    expect(cells).toMatchObject({
      provider: LEADER,
      subsidy: 'no',
      level: '3',
      score: '42',
      sharedEvidence: 'yes',
    });
    expect(await readAuditFrame(db, ['sme-none'], horizon)).toMatchObject({ rows: [] });

    const frame = frameOf(columns, rows);
    const sample = drawSample(frame, {
      n: 3,
      seed: 7,
      strata: [],
      must: parseMustRules(RULES),
    });
    expect(sample.mustInclude).toEqual([FIRMS[4]]);
    const drawId = drawIdOf(sample, RULES);
    const draw = { drawId, programmes: [PROGRAMME], asOf, rules: RULES, frame, sample, actor };
    expect(await recordDraw(deps(), draw)).toBe(true);
    expect(await recordDraw(deps(), draw)).toBe(true);
    expect(await eventsOf(db).countDocuments({ type: 'audit.sample-drawn.v1' })).toBe(1);
    expect(await readFrame(db, sample.frameHash)).toEqual(frame);

    const [paper] = await readWorkPapers(db, [FIRMS[4] ?? ''], { asOf }, []);
    expect(paper?.timeline.map(({ type }) => type)).toEqual([
      'onboarding.contract-signed.v1',
      'onboarding.level-assessed.v1',
      'onboarding.closed.v1',
    ]);
    expect(paper?.timeline.every(({ isIntact }) => isIntact)).toBe(true);
    expect(paper?.evidence).toMatchObject([{ number: 'HT-5' }]);
    expect(paper?.kpis.find(({ kpi }) => kpi === 'inventory-turns')?.figureId).toContain(FIRMS[4]);

    const recorded = await readDraw(db, drawId);
    const results = recorded.drawn.map((uscc, index) => ({
      uscc,
      result: index === 0 ? ('faulty' as const) : ('sound' as const),
      comment: index === 0 ? 'invoice missing' : null,
    }));
    expect(await recordResults(deps(), drawId, results, actor)).toBe(true);
    const second = { ...deps(), actId: 'two' };
    await recordResults(
      second,
      drawId,
      results.slice(0, 1).map((one) => ({ ...one, result: 'sound', comment: null })),
      actor,
    );
    expect(await eventsOf(db).countDocuments({ type: 'audit.result-recorded.v1' })).toBe(4);
    const evaluation = evaluateDraw(recorded, resultsOf(await readPapers(db, recorded)));
    expect(evaluation).toMatchObject({ open: [FIRMS[4]], random: { drawn: 3, faulty: 0, population: 4 } });
    // A work-paper that was opened again has no result until the next one.
    const uscc = recorded.drawn[1] ?? '';
    const reason = 'the invoice was another firm’s';
    await recordPaperAct(
      { ...deps(), actId: 'three' },
      { drawId, uscc },
      { kind: 'reopened', reason },
      actor,
    );
    expect((await readPapers(db, recorded)).get(uscc)).toMatchObject({ status: 'open', result: null });
    await expect(readDraw(db, '0'.repeat(16))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('draws what the rules include alone, from the frame that was just shown, read once for both', async () => {
    const { db } = stream.mongo;
    await eventually('business time to pass the acceptances', async () => {
      const { rows } = await readAuditFrame(db, null);
      return rows.length === FIRMS.length;
    });
    const asked: string[] = [];
    const watched = new Proxy(db, {
      get: (target, name) =>
        name === 'collection'
          ? (collection: string) => {
              asked.push(collection);
              return target.collection(collection);
            }
          : Reflect.get(target, name),
    });
    const reader = {
      db: watched,
      principal: { subject: 'a', name: 'A', tenancy: { role: 'operator' } as const },
      cache: createReadCache(db),
      today: '2025-01-01',
    };
    const shown = await readSampleFrame(reader, {});
    expect(shown.byRule).toBeGreaterThan(0);
    expect(asked).toContain('events');
    asked.length = 0;
    expect(await readSampleFrame(reader, {})).toEqual(shown);
    const prepared = await prepareDraw(reader, { programmes: null, n: 0, seed: 3, strata: [] });
    expect(asked).toEqual([]);
    expect(prepared.sample).toMatchObject({ frameHash: shown.frameHash, n: 0, drawn: [] });
    expect(prepared.sample.mustInclude).toHaveLength(shown.byRule);
    expect(await recordDraw(deps(), { ...prepared, actor })).toBe(true);
    expect(await readDraw(db, prepared.drawId)).toMatchObject({ n: 0, drawn: [] });
  });
});
