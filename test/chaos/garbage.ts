import { PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import type { RandomStream } from '../../services/simulator/domain/random.ts';
import { type ChaosRecord, FIRST_MS, type Firm, recordOf, type Statement } from './population.ts';

/** Marks a record that no ingest may ever accept; the header means nothing to the product. */
export const REFUSED_HEADER = 'chaos-garbage';

/** A record as broken or hostile systems send it. */
export function garbageOf(
  firm: Firm,
  serial: number,
  arrivesAtMs: number,
  random: RandomStream,
): ChaosRecord {
  const statement = (fields: Partial<Statement>, data: Record<string, unknown> = {}): Statement => ({
    topic: SUPPLIER_REPORTS,
    firm: firm.uscc,
    source: firm.books,
    id: `garbage/${serial}`,
    type: 'energy.reported.v1',
    timeMs: FIRST_MS,
    data: { firmUscc: firm.uscc, period: '2022-03', energyWh: 5, ...data },
    ...fields,
  });
  const raw = (value: string | Buffer): ChaosRecord => ({
    arrivesAtMs,
    topic: SUPPLIER_REPORTS,
    key: firm.uscc,
    value,
    headers: {},
  });
  const kinds: (() => ChaosRecord)[] = [
    () => raw('{"specversion":"1.0",'),
    () => raw(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    () => raw('[1,2,3]'),
    () => raw(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`),
    () => recordOf(statement({ type: 'energy.dreamt.v1' }), arrivesAtMs),
    () => recordOf(statement({}, { energyWh: -1 }), arrivesAtMs),
    () => recordOf(statement({}, { energyWh: { $gt: '' } }), arrivesAtMs),
    () => recordOf(statement({ timeMs: Date.parse('2999-01-01T00:00:00Z') }), arrivesAtMs),
    // Somebody else's source, and somebody else's topic.
    () => recordOf(statement({ source: firm.leader.source }), arrivesAtMs),
    () => recordOf(statement({ topic: PROGRAMME_EVENTS }), arrivesAtMs),
  ];
  const record = random.pick(kinds)();
  return { ...record, headers: { ...record.headers, [REFUSED_HEADER]: '1' } };
}
