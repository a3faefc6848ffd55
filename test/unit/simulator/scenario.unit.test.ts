import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActCommand } from '../../../schemas/api/acts.ts';
import type { EventType } from '../../../schemas/events/index.ts';
import { addMonths, periodOf } from '../../../schemas/time.ts';
import type { ValidEvent } from '../../../services/ingest/domain/validate.ts';
import { buildScenario, type Scenario, type ScenarioName } from '../../../services/simulator/index.ts';
import { Judge } from './judge.ts';

const LATEST_ALLOWED_MS = 40 * 86_400_000;

interface Seen {
  readonly scenario: Scenario;
  readonly counts: Record<string, number>;
  readonly wrong: string[];
  readonly parkedAtMonthEnds: number[];
  readonly acts: { readonly period: string; readonly act: ActCommand }[];
  readonly factsByFirm: Map<
    string,
    { type: EventType; time: string; period: string; data: Record<string, unknown> }[]
  >;
  readonly stocks: Map<string, Map<string, { opening: number; closing: number }>>;
  readonly closingTimes: Map<string, string>;
  records: number;
  worstDelayMs: number;
}

const tally = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

function run(name: ScenarioName, seed: number): Seen {
  const scenario = buildScenario({ scenario: name, seed, scale: 10 });
  const seen: Seen = {
    scenario,
    counts: {},
    wrong: [],
    parkedAtMonthEnds: [],
    acts: [],
    factsByFirm: new Map(),
    stocks: new Map(),
    closingTimes: new Map(),
    records: 0,
    worstDelayMs: 0,
  };
  let period = '';
  const judge = new Judge(scenario, (event, topic) => {
    note(seen, event, topic, period);
  });
  for (const month of scenario.months()) {
    period = month.period;
    for (const record of month.records) {
      seen.records++;
      const verdict = judge.judge(record);
      tally(seen.counts, verdict === 'parked' ? 'accepted' : verdict);
      const isAsExpected =
        verdict === record.expect || (verdict === 'parked' && record.expect === 'accepted');
      if (!isAsExpected) seen.wrong.push(`${period}: ${verdict} instead of ${record.expect}`);
    }
    seen.parkedAtMonthEnds.push(judge.release());
    for (const act of month.acts) seen.acts.push({ period, act: ActCommand.parse(act) });
  }
  return seen;
}

function note(seen: Seen, event: ValidEvent, topic: string, period: string): void {
  const { type, data, firm } = event;
  const time = event.time.toISOString();
  const monthStartMs = Date.parse(`${period}-01T00:00:00+08:00`);
  seen.worstDelayMs = Math.max(seen.worstDelayMs, monthStartMs - event.time.getTime());
  const last = seen.closingTimes.get(topic);
  if (last === undefined || time > last) seen.closingTimes.set(topic, time);
  if (firm !== null && type.startsWith('onboarding.')) {
    const facts = seen.factsByFirm.get(firm) ?? [];
    facts.push({ type, time, period, data });
    seen.factsByFirm.set(firm, facts);
  }
  if (type !== 'inventory.closed.v1') return;
  const key = `${event.identity.split(' ')[0]}/${data.firmUscc}`;
  const months = seen.stocks.get(key) ?? new Map();
  months.set(String(data.period), {
    opening: Number(data.openingStockFen),
    closing: Number(data.closingStockFen),
  });
  seen.stocks.set(key, months);
}

const digestOf = (name: ScenarioName, seed: number, months: number): string => {
  const hash = createHash('sha256');
  let count = 0;
  for (const { period, records, acts } of buildScenario({ scenario: name, seed, scale: 10 }).months()) {
    hash.update(period).update(JSON.stringify(acts));
    for (const { topic, key, value, headers } of records)
      hash.update(`${topic}|${key}|`).update(value).update(JSON.stringify(headers));
    if (++count === months) break;
  }
  return hash.digest('hex');
};

let seen: Seen;
beforeAll(() => {
  seen = run('sichuan', 7);
}, 240_000);

describe('the records of the scenario', () => {
  it('are judged by ingest as the simulator says', () => {
    expect(seen.wrong).toEqual([]);
    expect(seen.records).toBeGreaterThan(80_000);
    expect(seen.records).toBeLessThan(115_000);
    expect((seen.counts.duplicates ?? 0) / seen.records).toBeGreaterThan(0.008);
    expect((seen.counts.duplicates ?? 0) / seen.records).toBeLessThan(0.012);
    expect(seen.counts.conflicts).toBeGreaterThan(15);
    expect(seen.counts.conflicts).toBeLessThan(90);
    for (const code of [
      'NOT_JSON',
      'NOT_UTF8',
      'BAD_ENVELOPE',
      'UNKNOWN_TYPE',
      'INVALID_DATA',
      'BAD_CHECK_DIGIT',
      'TIME_OUT_OF_RANGE',
      'NEGATIVE_STOCK',
      'NESTED_TOO_DEEP',
      'NOT_AUTHORISED',
    ])
      expect(seen.counts[code], code).toBeGreaterThanOrEqual(8);
    expect(seen.counts.PAYLOAD_TOO_LARGE).toBe(3);
  });

  it('wait for a relation at times, and never for long', () => {
    expect(seen.parkedAtMonthEnds[0]).toBeGreaterThan(0);
    expect(seen.parkedAtMonthEnds.slice(1).every((count) => count === 0)).toBe(true);
  });

  it('never arrive too late to be counted', () => {
    expect(seen.worstDelayMs).toBeLessThan(LATEST_ALLOWED_MS);
  });

  it('carry business time past the end on every topic but that of acts', () => {
    expect(seen.closingTimes.size).toBe(seen.scenario.leaders.length + 3);
    for (const time of seen.closingTimes.values()) expect(time).toBe('2025-08-15T02:00:00.000Z');
  });

  it('keep the stock identity: a month opens with what the month before closed with', () => {
    expect(seen.stocks.size).toBeGreaterThan(300);
    const lengths = [...seen.stocks.values()].map((months) => months.size);
    // Those of one small chain begin to keep books late.
    expect(lengths.filter((months) => months < 36).length).toBeGreaterThan(10);
    expect(lengths.filter((months) => months === 36).length).toBeGreaterThan(300);
    for (const months of seen.stocks.values()) {
      for (const [period, { opening }] of months) {
        const before = months.get(addMonths(period, -1));
        if (before !== undefined) expect(opening).toBe(before.closing);
      }
    }
  });
});

describe('the acts of people', () => {
  it('come in their month and in time order', () => {
    expect(seen.acts.length).toBeGreaterThan(400);
    for (const { period, act } of seen.acts) expect(periodOf(new Date(act.at))).toBe(period);
    const times = seen.acts.map(({ act }) => act.at);
    expect(times).toEqual([...times].sort());
  });

  it('find what they decide on, sent in the same month or before', () => {
    const needs: Partial<Record<ActCommand['act'], EventType>> = {
      'approve-plan': 'onboarding.plan-filed.v1',
      'decline-plan': 'onboarding.plan-filed.v1',
      'self-assess': 'onboarding.go-live-confirmed.v1',
      'audit-finance': 'onboarding.contract-signed.v1',
      withdraw: 'onboarding.supplier-nominated.v1',
    };
    for (const { period, act } of seen.acts) {
      const facts = seen.factsByFirm.get(act.supplierUscc) ?? [];
      const needed = facts.find(({ type }) => type === needs[act.act]);
      expect(needed && needed.time <= act.at && needed.period <= period, act.actId).toBe(true);
      const ending = facts.find(
        ({ type, data }) => type === 'onboarding.supplier-withdrew.v1' || data.final === true,
      );
      if (ending) expect(ending.period > period, act.actId).toBe(true);
    }
  });
});

describe('the scenario as a function of name and seed', () => {
  it('gives the same bytes again, and others for another seed', () => {
    const first = digestOf('sichuan', 3, 4);
    expect(digestOf('sichuan', 3, 4)).toBe(first);
    expect(digestOf('sichuan', 4, 4)).not.toBe(first);
  }, 120_000);

  it('has a twin with the same verdicts, acts and outcomes, and other figures', () => {
    const twin = buildScenario({ scenario: 'sichuan-null', seed: 7, scale: 10 });
    const counts: Record<string, number> = {};
    let records = 0;
    let acts = 0;
    for (const month of twin.months()) {
      for (const { expect: expected } of month.records) tally(counts, expected);
      records += month.records.length;
      acts += month.acts.length;
    }
    expect(counts).toEqual(seen.counts);
    expect([records, acts]).toEqual([seen.records, seen.acts.length]);
    expect(twin.expected).toEqual(seen.scenario.expected);
    expect(twin.truth.effects).toBeNull();
  }, 120_000);
});
