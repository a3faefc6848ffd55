import { createHash } from 'node:crypto';
import { inject } from 'vitest';
import { identityOf } from '../../schemas/envelope.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { addMonths, periodOf, periodsBetween, startOfPeriod } from '../../schemas/time.ts';
import { freezeDueBaselines } from '../../services/measurement/adapters/freeze.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import {
  ensureEventIndexes,
  eventsOf,
  partitionsOf,
  streamClockOf,
} from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { testUscc, uniqueName } from './events.ts';

export const LEADER = testUscc(201);
export const FIRM = testUscc(202);
export const THRESHOLDS = { criticalBelow: 0.15, laggingBelow: 0.3 };
export const COPY = testUscc(203);
export const PROGRAMME = 'sme-510100-2023';
const onboarding = { supplierUscc: FIRM, platform: 'iip', programme: PROGRAMME };
export type NewEvent = {
  type: EventType;
  source: string;
  id: string;
  time: string;
  firm: string | null;
  data: Record<string, unknown>;
};

/** Appends events to one partition and its head, as ingest does. */
export class EventLog {
  private seq = 0;
  constructor(readonly mongo: Mongo) {}

  async append(events: readonly NewEvent[]): Promise<void> {
    const stored = events.map((event): StoredEvent => {
      const { firm, ...attributes } = event;
      const body = JSON.stringify({ specversion: '1.0', ...attributes });
      const contentHash = createHash('sha256').update(body).digest('hex');
      this.seq++;
      return {
        _id: identityOf(event.source, event.id),
        type: event.type,
        sourceClass: event.source.split('/')[1] as StoredEvent['sourceClass'],
        time: new Date(event.time),
        firm,
        period: typeof event.data.period === 'string' ? event.data.period : periodOf(new Date(event.time)),
        correlationId: event.id,
        topic: 'supplier.reports',
        partition: 0,
        offset: this.seq - 1,
        seq: this.seq,
        contentHash,
        hash: contentHash,
        recordedAt: new Date(Date.parse('2026-01-01T00:00:00Z') + this.seq * 1000),
        body,
      };
    });
    await eventsOf(this.mongo.db).insertMany(stored);
    const head = {
      topic: 'supplier.reports',
      partition: 0,
      nextOffset: this.seq,
      seq: this.seq,
      head: '',
      maxTime: null,
      lastTime: null,
    };
    const counts = { accepted: this.seq, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
    await partitionsOf(this.mongo.db).replaceOne(
      { _id: 'supplier.reports/0' },
      { ...head, counts },
      { upsert: true },
    );
  }

  async moveClock(at: string): Promise<void> {
    await streamClockOf(this.mongo.db).replaceOne(
      { _id: 'watermark' },
      { at: new Date(at), positions: { 'supplier.reports/0': this.seq }, caughtUp: false },
      { upsert: true },
    );
  }
}

/** A month's close of a firm's own stock with constant stock. */
export const closed = (
  id: string,
  period: string,
  soldYuan: number,
  time?: string,
  firm: string = FIRM,
): NewEvent => ({
  type: 'inventory.closed.v1',
  source: `/supplier/${firm}/erp`,
  id,
  firm,
  time: time ?? new Date(startOfPeriod(addMonths(period, 1)).getTime() + 5 * 86_400_000).toISOString(),
  data: {
    firmUscc: firm,
    holderUscc: firm,
    stockKind: 'own',
    period,
    openingStockFen: 700_000,
    closingStockFen: 700_000,
    costOfGoodsSoldFen: soldYuan * 100,
    currency: 'CNY',
  },
});

const step = (
  type: EventType,
  id: string,
  time: string,
  data: Record<string, unknown>,
  source = `/supplier/${FIRM}/portal`,
): NewEvent => ({
  type,
  source,
  id,
  firm: FIRM,
  time,
  data: { ...onboarding, ...data },
});

/** One supplier from nomination to acceptance, with two years of closes: turns 22 % up. */
export const HISTORY: NewEvent[] = [
  {
    type: 'leader.registered.v1',
    source: '/system/registry',
    id: 'leader',
    firm: LEADER,
    time: '2022-01-01T00:00:00Z',
    data: { leaderUscc: LEADER, name: '整车厂（情景）', sources: [] },
  },
  {
    type: 'target.plan-published.v1',
    source: '/bureau/510100/plans',
    id: 'plan',
    firm: null,
    time: '2023-06-01T00:00:00Z',
    data: {
      cityCode: '510100',
      cityName: '成都市',
      programme: PROGRAMME,
      batch: 1,
      planVersion: 1,
      regionClass: 'west',
      targetFirms: 30,
      windowFrom: '2023-06-01',
      windowTo: '2025-05-31',
      scaleDenominator: 10,
    },
  },
  step(
    'onboarding.supplier-nominated.v1',
    'nominated',
    '2023-07-01T00:00:00Z',
    {
      leaderUscc: LEADER,
      supplierName: '测试',
      cityCode: '510100',
      districtCode: '510112',
      industryCode: '3670',
      tier: 1,
    },
    `/chain/${LEADER}/erp/sap`,
  ),
  ...periodsBetween('2022-07', '2023-08').map((period) => closed(`before-${period}`, period, 3000)),
  step('onboarding.contract-signed.v1', 'contract', '2023-09-10T00:00:00Z', {
    providerUscc: LEADER,
    contractNumber: 'C1',
    signedOn: '2023-09-10',
    amountFen: 10_000_000,
    currency: 'CNY',
  }),
  step('onboarding.go-live-confirmed.v1', 'live', '2024-01-10T00:00:00Z', { liveOn: '2024-01-10' }),
  ...periodsBetween('2024-02', '2025-01').map((period) => closed(`after-${period}`, period, 3660)),
  step('onboarding.use-sustained.v1', 'used', '2024-03-10T00:00:00Z', {}, '/system/onboarding'),
  step('onboarding.level-assessed.v1', 'rated', '2024-07-10T00:00:00Z', { level: 2 }, '/rater/r'),
  step(
    'onboarding.finance-audited.v1',
    'audited',
    '2024-08-10T00:00:00Z',
    { outcome: 'matched' },
    '/system/onboarding',
  ),
  step(
    'onboarding.closed.v1',
    'closed',
    '2024-09-01T00:00:00Z',
    { status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null, decidedBy: 'bureau', basis: [] },
    '/system/onboarding',
  ),
  {
    type: 'samplefirm.copied.v1',
    source: '/bureau/510100/programme',
    id: 'copied',
    firm: COPY,
    time: '2024-10-02T00:00:00Z',
    data: {
      firmUscc: COPY,
      sampleFirmUscc: FIRM,
      regionCode: '510112',
      solution: 'MES',
      copiedOn: '2024-10-01',
    },
  },
  {
    type: 'workshop.designated.v1',
    source: '/bureau/510100/programme',
    id: 'workshop',
    firm: FIRM,
    time: '2024-10-02T00:00:00Z',
    data: {
      firmUscc: FIRM,
      regionCode: '510100',
      designatedOn: '2024-10-01',
      documentNumber: 'ZN-1',
      workshop: '一车间',
    },
  },
];

/** The history in a database of its own, read up to its end. */
export interface MeasuredFirm {
  readonly log: EventLog;
  /** Reads what was appended, one small batch at a time, so that documents are cut across batches. */
  catchUp(): Promise<void>;
  /** Baselines that fall due, as events that nobody has appended yet. */
  freeze(): Promise<NewEvent[]>;
  close(): Promise<void>;
}

export async function openMeasuredFirm(): Promise<MeasuredFirm> {
  const mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('measurement'));
  const log = new EventLog(mongo);
  const catchUp = async (): Promise<void> => {
    while (await projectOnce(mongo, measurementProjector, mongo.db, 7)) {
      // Until nothing is left to read.
    }
  };
  await ensureEventIndexes(mongo.db);
  await measurementProjector.ensureIndexes(mongo.db);
  await log.append(HISTORY);
  await catchUp();
  return {
    log,
    catchUp,
    freeze: async () => {
      const published: NewEvent[] = [];
      await freezeDueBaselines({
        db: mongo.db,
        logger: createLogger('test', { level: 'silent' }),
        sent: new Set(),
        publish: async (events) => {
          for (const { key, event } of events) {
            const { specversion: _, partitionkey: __, ...rest } = event;
            published.push({ ...(rest as unknown as NewEvent), firm: key });
          }
        },
      });
      return published;
    },
    close: async () => {
      await mongo.db.dropDatabase();
      await mongo.close();
    },
  };
}

/** The same with the baseline frozen and the clock at 1 March 2025. */
export async function openFrozenFirm(): Promise<MeasuredFirm> {
  const firm = await openMeasuredFirm();
  await firm.log.moveClock('2025-03-01T00:00:00Z');
  await firm.log.append(await firm.freeze());
  await firm.catchUp();
  return firm;
}
