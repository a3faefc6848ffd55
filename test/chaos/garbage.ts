import type { ErrorCode } from '../../schemas/errors.ts';
import { erpTopic, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import type { RandomStream } from '../../services/simulator/domain/random.ts';
import { type ChaosRecord, FIRST_MS, type Firm, recordOf, type Statement } from './population.ts';

/** Marks a record that no ingest may ever accept with the code that it must be refused with; the header means nothing to the product. */
export const REFUSED_HEADER = 'chaos-garbage';

/** A record as broken or hostile systems send it: to the suppliers' topic or to a leader's. */
export function garbageOf(
  firm: Firm,
  serial: number,
  arrivesAtMs: number,
  random: RandomStream,
): ChaosRecord {
  const topic = random.chance(0.5) ? SUPPLIER_REPORTS : erpTopic(firm.leader.uscc);
  const statement = (fields: Partial<Statement>, data: Record<string, unknown> = {}): ChaosRecord =>
    recordOf(
      {
        topic,
        firm: firm.uscc,
        source: firm.books,
        id: `garbage/${serial}`,
        type: 'energy.reported.v1',
        timeMs: FIRST_MS,
        data: { firmUscc: firm.uscc, period: '2021-12', energyWh: 5, ...data },
        ...fields,
      },
      arrivesAtMs,
    );
  const raw = (value: string | Buffer): ChaosRecord => ({
    arrivesAtMs,
    topic,
    key: firm.uscc,
    value,
    headers: {},
  });
  const kinds: readonly (readonly [ErrorCode, () => ChaosRecord])[] = [
    ['NOT_JSON', () => raw('{"specversion":"1.0",')],
    ['NOT_UTF8', () => raw(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    ['BAD_ENVELOPE', () => raw('[1,2,3]')],
    ['NESTED_TOO_DEEP', () => raw(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`)],
    ['UNKNOWN_TYPE', () => statement({ type: 'energy.dreamt.v1' })],
    ['INVALID_DATA', () => statement({}, { energyWh: -1 })],
    ['INVALID_DATA', () => statement({}, { energyWh: { $gt: '' } })],
    ['TIME_OUT_OF_RANGE', () => statement({ timeMs: Date.parse('2999-01-01T00:00:00Z') })],
    // Somebody else's source, and somebody else's topic.
    ['NOT_AUTHORISED', () => statement({ topic: SUPPLIER_REPORTS, source: firm.leader.source })],
    ['NOT_AUTHORISED', () => statement({ topic: PROGRAMME_EVENTS })],
    ['NOT_AUTHORISED', () => statement({ topic: erpTopic(firm.leader.uscc) })],
  ];
  const [code, make] = random.pick(kinds);
  const record = make();
  return { ...record, headers: { ...record.headers, [REFUSED_HEADER]: code } };
}
