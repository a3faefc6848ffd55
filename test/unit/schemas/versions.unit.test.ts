import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { newestForm, newestType, versionsOf, withEarlier } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { examine } from '../../../services/ingest/domain/decide.ts';
import { factOf } from '../../../services/measurement/domain/facts.ts';
import { addToSlot, slotKindOf } from '../../../services/measurement/domain/slots.ts';
import { cloudEvent, SUPPLIER } from '../../support/events.ts';

describe('versions of a type', () => {
  const three = versionsOf([
    { type: 'a.v1' },
    { type: 'a.v2', upcasts: { from: 'a.v1', lift: ({ x, ...rest }) => ({ ...rest, xs: [x] }) } },
    { type: 'a.v3', upcasts: { from: 'a.v2', lift: (data) => ({ ...data, n: (data.xs as []).length }) } },
    { type: 'b.v1' },
  ]);

  it('are lifted one after the other, and keep what they do not know', () => {
    expect(three.lift('a.v1', { x: 1, note: 'kept' })).toEqual({
      type: 'a.v3',
      data: { xs: [1], n: 1, note: 'kept' },
    });
    expect(three.lift('a.v2', { xs: [1, 2] })).toEqual({ type: 'a.v3', data: { xs: [1, 2], n: 2 } });
    expect(three.lift('b.v1', { y: 1 })).toEqual({ type: 'b.v1', data: { y: 1 } });
  });

  it('are found under every name that stored events may carry', () => {
    expect(three.newestType('a.v1')).toBe('a.v3');
    expect(three.withEarlier(['a.v3', 'b.v1'])).toEqual(['a.v3', 'a.v2', 'a.v1', 'b.v1']);
  });

  it('follow one another by number, and an older one may be stated by nobody who may not state the newer', () => {
    for (const { type, upcasts, statedBy, about } of EVENT_TYPES.values()) {
      if (upcasts === undefined) continue;
      const before = EVENT_TYPES.get(upcasts.from);
      const [name, number] = type.split('.v');
      expect(upcasts.from).toBe(`${name}.v${Number(number) - 1}`);
      expect(before).toMatchObject({ about });
      expect(statedBy).toEqual(expect.arrayContaining([...(before?.statedBy ?? ['none'])]));
    }
  });
});

describe('energy.reported', () => {
  const report = (version: 1 | 2, data: Record<string, unknown>): StoredEvent => {
    const value = cloudEvent({
      type: `energy.reported.v${version}`,
      source: `/supplier/${SUPPLIER}/erp`,
      id: `energy-${version}`,
      partitionkey: SUPPLIER,
      data: { firmUscc: SUPPLIER, period: '2024-03', ...data },
    });
    const record = { topic: 'supplier.reports', partition: 0, offset: 0, key: null, headers: {} };
    const examined = examine(
      { ...record, value: Buffer.from(JSON.stringify(value)) },
      new Date('2025-01-01'),
    );
    if (!('event' in examined)) throw new Error(examined.refusal.explanation);
    const { identity, source, ...event } = examined.event;
    const place = { topic: record.topic, partition: 0, offset: 0, seq: 1, hash: '', recordedAt: new Date(0) };
    return { ...event, ...place, _id: identity, sourceClass: source.class };
  };

  it('v1 is stored as it came and read as v2, its unknown fields with it', () => {
    const stored = report(1, { energyWh: 700, meterReading: 'kept' });
    expect(stored.type).toBe('energy.reported.v1');
    expect(JSON.parse(stored.body)).toMatchObject({
      type: 'energy.reported.v1',
      data: { energyWh: 700, meterReading: 'kept' },
    });
    const { type, data } = newestForm(stored);
    expect({ type, data }).toEqual({
      type: 'energy.reported.v2',
      data: {
        firmUscc: SUPPLIER,
        period: '2024-03',
        meterReading: 'kept',
        carriers: [{ carrier: 'unspecified', energyWh: 700 }],
      },
    });
    expect(EVENT_TYPES.get(type)?.data.safeParse(data).success).toBe(true);
  });

  it('gives the same figures in either version', () => {
    const carriers = [
      { carrier: 'electricity', energyWh: 500 },
      { carrier: 'gas', energyWh: 200 },
    ];
    const slots = [report(1, { energyWh: 700 }), report(2, { carriers })].map((stored) => {
      const fact = factOf(stored);
      expect(slotKindOf(fact)).toBe('energy');
      return addToSlot(undefined, 'energy', fact).v;
    });
    expect(slots).toEqual([[700], [700]]);
  });

  it('v2 names each carrier once', () => {
    const twice = [
      { carrier: 'gas', energyWh: 1 },
      { carrier: 'gas', energyWh: 2 },
    ];
    expect(() => report(2, { carriers: twice })).toThrow(/each carrier once/);
  });

  it('is found in the log in both versions by whoever asks for the newest', () => {
    expect(newestType('energy.reported.v1')).toBe('energy.reported.v2');
    expect(withEarlier(['energy.reported.v2'])).toEqual(['energy.reported.v2', 'energy.reported.v1']);
  });
});
