import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../schemas/errors.ts';
import type { EventType } from '../../../schemas/events/index.ts';
import { GENESIS, nextHead, readEntryLine } from '../../../services/ingest/domain/chain.ts';
import { type BatchDecision, decideBatch, examine } from '../../../services/ingest/domain/decide.ts';
import { decode } from '../../../services/ingest/domain/decode.ts';
import type { IncomingRecord } from '../../../services/ingest/domain/record.ts';
import type { Registry, Relation } from '../../../services/ingest/domain/registry.ts';
import { periodsOf } from '../../../services/ingest/domain/registry.ts';
import { delegationsOf } from '../../../services/ingest/domain/registryFacts.ts';
import { validate } from '../../../services/ingest/domain/validate.ts';
import {
  cloudEvent,
  inventoryClosed,
  LEADER,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  testUscc,
  withWrongDigit,
} from '../../support/events.ts';

const NOW = new Date('2025-01-15T00:00:00Z');
const EMPTY: Registry = {
  leader: () => undefined,
  relation: () => undefined,
  delegation: () => undefined,
  isOverridden: () => false,
};
const TOPIC = `erp.${LEADER}`;

const record = (value: unknown, offset = 0, topic = TOPIC): IncomingRecord => ({
  topic,
  partition: 0,
  offset,
  key: null,
  headers: { 'content-type': 'application/cloudevents+json' },
  value: Buffer.isBuffer(value)
    ? value
    : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

const decide = (
  records: readonly IncomingRecord[],
  stored = new Map<string, string>(),
  registry = EMPTY,
): BatchDecision =>
  decideBatch(
    records.map((one) => examine(one, NOW)),
    { topic: records[0]?.topic ?? TOPIC, partition: 0, seq: 0, head: GENESIS, registry, stored, now: NOW },
  );

const known: Registry = {
  delegation: () => undefined,
  isOverridden: () => false,
  leader: (uscc) =>
    uscc === LEADER
      ? { _id: LEADER, name: 'Test', sources: [`/chain/${LEADER}/erp/sap`], registeredAt: NOW }
      : undefined,
  relation: (id) =>
    id === `${LEADER}/${SUPPLIER}`
      ? {
          _id: id,
          buyerUscc: LEADER,
          supplierUscc: SUPPLIER,
          statements: [],
          corrections: [],
          declared: ['2022-01-01'],
          ended: ['2024-07-01'],
          periods: [{ from: '2022-01-01', until: '2024-07-01' }],
        }
      : undefined,
};

describe('verdicts', () => {
  it('accepts once, counts the same again, refuses other content under the same identity', () => {
    const other = orderPlaced('a', { data: { ...(orderPlaced('a').data as object), amountFen: 2 } });
    const decision = decide(
      [record(orderPlaced('a')), record(orderPlaced('a'), 1), record(other, 2)],
      new Map(),
      known,
    );
    expect(decision.counts).toEqual({ accepted: 1, duplicates: 1, conflicts: 1, rejected: 0, parked: 0 });
    expect(decision.dead[0]?.conflictsWith).toBe(decision.accepted[0]?.contentHash);
    expect(decision.dead[0]?.contentHash).not.toBe(decision.accepted[0]?.contentHash);
  });

  it('sees the same event in another key order and number form as the same', () => {
    const event = orderPlaced('a');
    const turned = JSON.stringify(Object.fromEntries(Object.entries(event).reverse())).replace(
      '1250000',
      '1.25e6',
    );
    expect(decide([record(event), record(turned, 1)], new Map(), known).counts).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
  });

  it('takes a relation that stands earlier in the same batch into account', () => {
    const acts = decide([record(leaderRegistered(), 0, 'chainlight.acts')]);
    expect(acts.counts.accepted).toBe(1);
    const leaderOnly: Registry = { ...known, relation: () => undefined };
    const before = decide([record(orderPlaced('a')), record(relationDeclared(), 1)], new Map(), leaderOnly);
    expect(before.counts).toMatchObject({ accepted: 1, parked: 1 });
    const after = decide([record(relationDeclared()), record(orderPlaced('a'), 1)], new Map(), leaderOnly);
    expect(after.counts).toMatchObject({ accepted: 2, parked: 0 });
  });

  it('refuses what is said after the relation ended, and what another firm says', () => {
    const late = decide([record(orderPlaced('a', { time: '2024-08-01T00:00:00Z' }))], new Map(), known);
    expect(late.dead[0]?.refusal.code).toBe('RELATION_ENDED');
    const forged = orderPlaced('a', { data: { ...(orderPlaced('a').data as object), buyerUscc: SUPPLIER } });
    expect(decide([record(forged)], new Map(), known).dead[0]?.refusal.code).toBe('NOT_AUTHORISED');
    const elsewhere = decide([record(inventoryClosed('x'))], new Map(), known);
    expect(elsewhere.dead[0]?.refusal.code).toBe('NOT_AUTHORISED');
  });

  it('knows what it accepted before the relation was ended, and refuses only what is new', () => {
    const late = { time: '2024-08-01T00:00:00Z' };
    const open: Registry = {
      ...known,
      relation: () =>
        ({
          ...known.relation(`${LEADER}/${SUPPLIER}`),
          periods: [{ from: '2022-01-01', until: null }],
        }) as Relation,
    };
    const [accepted] = decide([record(orderPlaced('a', late))], new Map(), open).accepted;
    const stored = new Map([[accepted?._id ?? '', accepted?.contentHash ?? '']]);
    const { counts } = decide(
      [record(orderPlaced('a', late)), record(orderPlaced('b', late), 1)],
      stored,
      known,
    );
    expect(counts).toMatchObject({ duplicates: 1, rejected: 1 });
  });

  it('takes a wrong check digit in only while an override of that code stands', () => {
    const [supplier, other] = [withWrongDigit(SUPPLIER), withWrongDigit(LEADER)];
    const letting = (...codes: string[]): Registry => ({
      ...known,
      isOverridden: (uscc) => codes.includes(uscc),
    });
    const own = record(
      {
        ...inventoryClosed('own', { firmUscc: supplier, holderUscc: supplier }),
        source: `/supplier/${supplier}/erp`,
        partitionkey: supplier,
      },
      0,
      'supplier.reports',
    );
    const refused = decide([own], new Map(), letting(other)).dead[0];
    expect(refused?.refusal).toMatchObject({ code: 'BAD_CHECK_DIGIT', id: 'own' });
    expect(refused?.refusal.explanation).toContain(`source: check digit of ${supplier} is wrong`);
    expect(refused?.refusal.explanation).toContain('data.firmUscc');
    expect(refused?.refusal.explanationZh).toContain('校验位不对');
    const [accepted] = decide([own], new Map(), letting(supplier)).accepted;
    expect(accepted).toMatchObject({ firm: supplier });

    // A wrong digit is told before what else is wrong, and what else is wrong where the digit is let in.
    const keyed = record(
      { ...inventoryClosed('keyed', { firmUscc: supplier }), time: '2999-01-01T00:00:00Z' },
      0,
      'supplier.reports',
    );
    expect(decide([keyed], new Map(), known).dead[0]?.refusal.code).toBe('BAD_CHECK_DIGIT');
    expect(decide([keyed], new Map(), letting(supplier)).dead[0]?.refusal.code).toBe('TIME_OUT_OF_RANGE');

    // What was accepted under an override is known again after its end; what is new is refused.
    const stored = new Map([[accepted?._id ?? '', accepted?.contentHash ?? '']]);
    expect(decide([own], stored, known).counts).toMatchObject({ duplicates: 1, rejected: 0 });
    // Shape is demanded whatever the registry says, and an override makes no relation.
    const misshapen = supplier.replace(/^./, 'I');
    const bent = record(
      { ...inventoryClosed('bent', { firmUscc: misshapen }), partitionkey: misshapen },
      0,
      'supplier.reports',
    );
    expect(decide([bent], new Map(), letting(misshapen)).dead[0]?.refusal.code).toBe('INVALID_DATA');
    const order = orderPlaced('o', {
      data: { ...(orderPlaced('o').data as object), supplierUscc: supplier },
      partitionkey: supplier,
    });
    expect(decide([record(order)], new Map(), letting(supplier)).counts.parked).toBe(1);
  });

  it('does not refuse what our own programs say about a firm whose override has ended', () => {
    const { data, ...rest } = relationDeclared() as { data: object };
    const about = withWrongDigit(SUPPLIER);
    const act = {
      ...rest,
      source: '/system/registry',
      data: { ...data, supplierUscc: about },
      partitionkey: about,
    };
    expect(decide([record(act, 0, 'chainlight.acts')], new Map(), known).counts.accepted).toBe(1);
  });

  it('has room for a thousand statements of a relation, and knows each of them again', () => {
    const statement = (index: number) => ({
      id: `statement-${index}`,
      kind: 'declared' as const,
      day: '2022-01-01',
    });
    const [declared] = decide([record(relationDeclared())], new Map(), {
      ...known,
      relation: () => undefined,
    }).accepted;
    const holding = (ids: readonly string[]): Registry => ({
      ...known,
      relation: () => ({
        ...(known.relation(`${LEADER}/${SUPPLIER}`) as Relation),
        statements: [
          ...Array.from({ length: 1_000 - ids.length }, (_, index) => statement(index)),
          ...ids.map((id) => ({ ...statement(0), id })),
        ],
      }),
    });
    const [refused] = decide([record(relationDeclared())], new Map(), holding([])).dead;
    expect(refused?.refusal.code).toBe('STATED_TOO_OFTEN');
    const stored = new Map([[declared?._id ?? '', declared?.contentHash ?? '']]);
    expect(
      decide([record(relationDeclared())], stored, holding([declared?._id ?? ''])).counts.duplicates,
    ).toBe(1);
  });

  describe('what a provider states on a supplier’s behalf', () => {
    const PROVIDER = testUscc(3);
    const application = (time: string) =>
      cloudEvent({
        ...{ type: 'onboarding.supplier-applied.v1', source: `/provider/${PROVIDER}`, id: 'applied', time },
        data: {
          ...{
            supplierUscc: SUPPLIER,
            providerUscc: PROVIDER,
            platform: 'huanyu',
            programme: 'sme-510100-2023',
          },
          ...{ supplierName: 'Applies', cityCode: '510100', industryCode: '3670' },
        },
      });
    const word = (identity: string, time: string, type: EventType, validUntil?: string) => ({
      ...{ identity, type, time: new Date(time) },
      data: { supplierUscc: SUPPLIER, providerUscc: PROVIDER, ...(validUntil ? { validUntil } : {}) },
    });
    const words = [
      word('c', '2024-05-01T00:00:00Z', 'delegation.withdrawn.v1'),
      word('a', '2024-03-01T00:00:00Z', 'delegation.granted.v1', '2024-03-31'),
      word('b', '2024-04-15T00:00:00Z', 'delegation.granted.v1'),
    ];
    const verdictAt = (time: string, some = words, stored = new Map<string, string>()) => {
      const delegations = new Map(delegationsOf(some).map((one) => [one._id, one]));
      const registry = { ...EMPTY, delegation: (id: string) => delegations.get(id) };
      const { counts, dead } = decide([record(application(time), 0, 'programme.events')], stored, registry);
      return dead[0]?.refusal.code ?? Object.entries(counts).find(([, count]) => count > 0)?.[0];
    };

    it.each([
      ['before anything was said it waits', '2024-02-29T23:59:59Z', 'parked'],
      ['from the delegation on it is taken', '2024-03-01T00:00:00Z', 'accepted'],
      ['through the last day, in Asia/Shanghai', '2024-03-31T15:59:59Z', 'accepted'],
      ['and no longer', '2024-03-31T16:00:00Z', 'DELEGATION_ENDED'],
      ['once it was given anew', '2024-04-20T00:00:00Z', 'accepted'],
      ['until it is withdrawn', '2024-05-01T00:00:00Z', 'DELEGATION_ENDED'],
    ])('%s', (_, time, verdict) => {
      expect(verdictAt(time)).toBe(verdict);
      expect(verdictAt(time, words.toReversed())).toBe(verdict);
    });

    it('another’s delegation does not serve, and what was taken while it held is the same event afterwards', () => {
      expect(verdictAt('2024-04-20T00:00:00Z', [])).toBe('parked');
      const ended = '2024-05-02T00:00:00Z';
      const examined = examine(record(application(ended), 0, 'programme.events'), NOW);
      const stored = new Map(
        'event' in examined ? [[examined.event.identity, examined.event.contentHash]] : [],
      );
      expect(verdictAt(ended, words, stored)).toBe('duplicates');
    });
  });

  it('refuses a further correction of what has as many as are kept', () => {
    const { source, time } = orderPlaced('a');
    const correction = cloudEvent({
      type: 'correction.declared.v1',
      source,
      time,
      id: 'one-more',
      data: { action: 'void', correctedId: 'a', reason: 'stated by mistake' },
    });
    const examined = [examine(record(correction), NOW)];
    const context = {
      topic: TOPIC,
      partition: 0,
      seq: 0,
      head: GENESIS,
      registry: known,
      stored: new Map(),
      now: NOW,
    };
    const target = `${source} a`;
    expect(decideBatch(examined, context).counts.accepted).toBe(1);
    const { dead } = decideBatch(examined, { ...context, amplyCorrected: new Set([target]) });
    expect(dead[0]?.refusal.code).toBe('STATED_TOO_OFTEN');
  });

  it('takes a schema’s address that names the type, and none of a later version', () => {
    const of = (dataschema: string) => record({ ...orderPlaced('a'), dataschema });
    expect(decide([of('https://x.example/order.placed.v1.json')], new Map(), known).counts.accepted).toBe(1);
    const [refused] = decide([of('https://x.example/order.placed.v10.json')], new Map(), known).dead;
    expect(refused?.refusal.code).toBe('BAD_ENVELOPE');
  });

  it('gives a chain in which each verdict follows from the one before', () => {
    const decision = decide(
      [record(orderPlaced('a')), record('rubbish', 1), record(orderPlaced('b'), 2)],
      new Map(),
      known,
    );
    let head = GENESIS;
    for (const line of decision.lines) head = nextHead(head, line);
    expect(head).toBe(decision.head);
    expect(
      decision.lines
        .map((line) => readEntryLine(line))
        .map((entry) => [entry?.seq, entry?.offset, entry?.verdict]),
    ).toEqual([
      [1, 0, 'accepted'],
      [2, 1, 'rejected'],
      [3, 2, 'accepted'],
    ]);
    expect(decision.accepted.map((event) => event.seq)).toEqual([1, 3]);
  });

  it('is the same however the records are cut into batches', () => {
    const pool = [
      orderPlaced('a'),
      orderPlaced('b'),
      orderPlaced('a'),
      orderPlaced('b', { time: '2024-01-01T00:00:00Z' }),
      { no: 1 },
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 20 }),
        fc.nat(19),
        (values, cut) => {
          const records = values.map((value, offset) => record(value, offset));
          const whole = decide(records, new Map(), known);
          const first = decide(records.slice(0, cut), new Map(), known);
          const stored = new Map(first.accepted.map((event) => [event._id, event.contentHash]));
          const second = decideBatch(
            records.slice(cut).map((one) => examine(one, NOW)),
            {
              topic: TOPIC,
              partition: 0,
              seq: first.seq,
              head: first.head,
              registry: known,
              stored,
              now: NOW,
            },
          );
          expect(second.head).toBe(whole.head);
        },
      ),
    );
  });
});

describe('hostile records', () => {
  it('never throws and always explains, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const result = examine(record(Buffer.from(bytes)), NOW);
        if ('refusal' in result) {
          expect(Object.keys(ERRORS)).toContain(result.refusal.code);
          expect(result.refusal.explanation.length).toBeGreaterThan(5);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on any JSON in any place of an event', () => {
    const places = ['data', 'id', 'source', 'type', 'time', 'partitionkey', 'specversion'];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 6 }), (place, value) => {
        const result = examine(record({ ...orderPlaced('a'), [place]: value }), NOW);
        if ('refusal' in result) expect(Object.keys(ERRORS)).toContain(result.refusal.code);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses nesting that would exhaust a stack', () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const decoded = decode(record(deep));
    expect(decoded.ok ? null : decoded.refusal.code).toBe('NESTED_TOO_DEEP');
  });

  it('refuses keys that could pollute a prototype, and keeps operator-like keys as plain text', () => {
    const polluted = JSON.stringify(orderPlaced('a')).replace(
      '"orderNumber"',
      '"__proto__":{"admin":true},"orderNumber"',
    );
    const decoded = decode(record(polluted));
    expect(decoded.ok ? null : decoded.refusal.code).toBe('BAD_ENVELOPE');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    const operators = orderPlaced('a', {
      data: { ...(orderPlaced('a').data as object), $gt: '', 'a.b': { $where: '1' } },
    });
    const event = examine(record(operators), NOW);
    expect('event' in event && JSON.parse(event.event.body).data).toMatchObject({
      $gt: '',
      'a.b': { $where: '1' },
    });
  });

  it('refuses numbers that are not whole fen', () => {
    for (const amountFen of [1e300, 0.5, -1, Number.MAX_SAFE_INTEGER * 4]) {
      const event = orderPlaced('a', { data: { ...(orderPlaced('a').data as object), amountFen } });
      const result = examine(record(event), NOW);
      expect('refusal' in result && result.refusal.code).toBe('INVALID_DATA');
    }
  });
});

describe('dates', () => {
  const codeAt = (overrides: Record<string, unknown>) => {
    const result = validate(orderPlaced('a', overrides) as never, NOW);
    return result.ok ? 'ok' : result.refusal.code;
  };

  it('tolerates five minutes of clock skew and no more', () => {
    expect(codeAt({ time: '2025-01-15T00:04:00Z' })).toBe('ok');
    expect(codeAt({ time: '2025-01-15T00:06:00Z' })).toBe('TIME_OUT_OF_RANGE');
    expect(codeAt({ time: '1999-12-31T00:00:00Z' })).toBe('TIME_OUT_OF_RANGE');
    expect(codeAt({ time: '31.12.2023' })).toBe('BAD_ENVELOPE');
  });

  it('refuses a month that lies after the event, and books that are closed before the month’s last day', () => {
    const stateAt = (time: string, period: string, type = 'inventory.closed.v1') => {
      const event: Record<string, unknown> = { ...inventoryClosed('a', { period }), time, type };
      const data = type === 'energy.reported.v1' ? { firmUscc: SUPPLIER, period, energyWh: 1 } : event.data;
      const result = validate({ ...event, data } as never, NOW);
      return result.ok ? 'ok' : result.refusal.code;
    };
    // Midnight in Asia/Shanghai is 16:00 UTC of the day before.
    expect(stateAt('2024-03-30T15:59:59Z', '2024-03')).toBe('TIME_OUT_OF_RANGE');
    expect(stateAt('2024-03-30T16:00:00Z', '2024-03')).toBe('ok');
    expect(stateAt('2024-03-31T08:00:00Z', '2024-04')).toBe('TIME_OUT_OF_RANGE');
    expect(stateAt('2024-03-10T08:00:00Z', '2024-03', 'energy.reported.v1')).toBe('ok');
    expect(stateAt('2024-03-31T15:59:59Z', '2024-04', 'energy.reported.v1')).toBe('TIME_OUT_OF_RANGE');
    expect(stateAt('2024-03-31T16:00:00Z', '2024-04', 'energy.reported.v1')).toBe('ok');
  });

  it('looks at the dates of facts too', () => {
    const data = orderPlaced('a').data as object;
    expect(codeAt({ data: { ...data, placedOn: '2026-01-01' } })).toBe('TIME_OUT_OF_RANGE');
    expect(codeAt({ data: { ...data, dueOn: '2026-01-01' } })).toBe('ok');
  });
});

describe('relations', () => {
  it('have the same periods whatever order their facts arrive in', () => {
    expect(periodsOf(['2022-01-01'], [])).toEqual([{ from: '2022-01-01', until: null }]);
    expect(periodsOf(['2024-01-01', '2022-01-01'], ['2023-01-01'])).toEqual([
      { from: '2022-01-01', until: '2023-01-01' },
      { from: '2024-01-01', until: null },
    ]);
  });
});
