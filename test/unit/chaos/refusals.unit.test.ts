import { describe, expect, it } from 'vitest';
import { erpTopic } from '../../../schemas/topics.ts';
import { GENESIS } from '../../../services/ingest/domain/chain.ts';
import { decideBatch, examine } from '../../../services/ingest/domain/decide.ts';
import { receiptsOf } from '../../../services/ingest/domain/receipts.ts';
import { randomStream } from '../../../services/simulator/domain/random.ts';
import { garbageOf, REFUSED_HEADER } from '../../chaos/garbage.ts';
import type { GivenVerdict } from '../../chaos/oracle.ts';
import { populate } from '../../chaos/population.ts';
import { type KeptLetter, wrongLetters, wrongReceipts } from '../../chaos/refusals.ts';
import type { WholeRecord } from '../../chaos/topicRecord.ts';
import { LEADER } from '../../support/events.ts';

const TOPIC = erpTopic(LEADER);
const record = (offset: number, headers: Record<string, string> = {}): WholeRecord => ({
  topic: TOPIC,
  partition: 0,
  offset,
  headers,
  value: `value ${offset}`,
  bytes: {
    key: Buffer.from('key'),
    headers: Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const),
    value: Buffer.from(`value ${offset}`),
  },
});
const at = (offset: number): string => `${TOPIC}/0/${offset}`;

/** Accepted, garbage, a conflict, a duplicate, and one that was accepted after it had waited. */
const RECORDS = [record(0), record(1, { [REFUSED_HEADER]: 'NOT_JSON' }), record(2), record(3), record(4)];
const BECAME: readonly GivenVerdict[] = ['accepted', 'rejected', 'conflicts', 'duplicates', 'accepted'];
const VERDICTS = new Map(BECAME.map((verdict, offset) => [at(offset), verdict]));

it('garbage is refused with the code that it states, whatever its kind', () => {
  const random = randomStream(7, 'garbage');
  const [firm] = populate(random, 7, 1_000).firms;
  if (firm === undefined) throw new Error('no firm');
  for (let serial = 0; serial < 200; serial++) {
    const sent = garbageOf(firm, serial, 0, random);
    const incoming = {
      ...sent,
      partition: 0,
      offset: serial,
      value: Buffer.from(sent.value),
    };
    const { dead } = decideBatch([examine(incoming, new Date('2026-01-01'))], {
      topic: sent.topic,
      partition: 0,
      seq: 0,
      head: GENESIS,
      registry: {
        leader: () => undefined,
        relation: () => undefined,
        delegation: () => undefined,
        isOverridden: () => false,
      },
      stored: new Map(),
      now: new Date('2026-01-01'),
    });
    expect(dead.map(({ refusal }) => refusal.code)).toEqual([sent.headers[REFUSED_HEADER]]);
  }
});

describe('dead letters', () => {
  const letter = (of: WholeRecord, reason: string): KeptLetter => ({
    id: at(of.offset),
    reason,
    bytes: of.bytes,
  });
  const [, garbage, conflict] = RECORDS as [WholeRecord, WholeRecord, WholeRecord];
  const right = [letter(garbage, 'NOT_JSON'), letter(conflict, 'CONFLICT')];
  const wrong = (letters: readonly KeptLetter[], mayRepeat = false) =>
    wrongLetters('letter', letters, RECORDS, VERDICTS, mayRepeat);

  it('of every refused record, with its code and bytes, are right', () => {
    expect(wrong(right)).toEqual([]);
    expect(wrong([...right, ...right], true)).toEqual([]);
  });

  it.each<[string, readonly KeptLetter[], string]>([
    ['missing', right.slice(1), 'missing'],
    ['there twice', [...right, ...right.slice(1)], 'twice'],
    ['of a record that was not refused', [...right, letter(record(0), 'CONFLICT')], 'not refused'],
    ['with another code', [letter(garbage, 'NOT_UTF8'), letter(conflict, 'CONFLICT')], 'not NOT_JSON'],
    [
      'without its headers',
      [letter({ ...record(1), offset: 1 }, 'NOT_JSON'), ...right.slice(1)],
      'other bytes',
    ],
    [
      'with another value',
      [{ ...letter(garbage, 'NOT_JSON'), bytes: { ...garbage.bytes, value: null } }, ...right.slice(1)],
      'other bytes',
    ],
  ])('one that is %s is found', (_, letters, fault) => {
    const found = wrong(letters);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(fault);
  });
});

describe('receipts', () => {
  const link = (
    seq: number,
    offset: number,
    verdict: GivenVerdict,
    code: 'NOT_JSON' | 'CONFLICT' | null = null,
    released = false,
  ) => ({ seq, offset, verdict, released, code, identity: null, contentHash: '' });
  const LINKS = [
    link(1, 0, 'accepted'),
    link(2, 1, 'rejected', 'NOT_JSON'),
    link(3, 2, 'conflicts', 'CONFLICT'),
    link(4, 3, 'duplicates'),
    link(5, 4, 'parked'),
    link(6, 4, 'accepted', null, true),
  ];
  const batch = { leader: LEADER, topic: TOPIC, partition: 0, judgedAt: new Date(0) };
  const textsOf = (links: typeof LINKS) =>
    [links.slice(0, 3), links.slice(3)].flatMap((part) =>
      receiptsOf(batch, part, new Map()).map((receipt) => JSON.stringify(receipt)),
    );
  const wrong = (texts: readonly string[], mayWait = true) =>
    wrongReceipts(texts, RECORDS, VERDICTS, () => mayWait);
  const [first = '', second = ''] = textsOf(LINKS);

  it('that tell each verdict once, and the same again, are right', () => {
    expect(wrong([first, second])).toEqual([]);
    expect(wrong([second, first, second])).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ['missing', [first], `receipts of ${at(3)}: none, not duplicate`],
    [
      'told otherwise the second time',
      [first, first.replace('NOT_JSON', 'NOT_UTF8'), second],
      'told otherwise',
    ],
    ['after a gap', [second], 'follows 0'],
    [
      'about a record that is not there',
      [first, second.replace('"offset":3', '"offset":9')],
      'no such record',
    ],
    [
      'with another code',
      textsOf(LINKS.with(1, link(2, 1, 'rejected', 'CONFLICT'))),
      'not rejected NOT_JSON',
    ],
    ['with another verdict', textsOf(LINKS.with(3, link(4, 3, 'conflicts', 'CONFLICT'))), 'not duplicate'],
    ['with a wrong count', [first.replace('"accepted":1', '"accepted":2'), second], '1 accepted more'],
  ])('one that is %s is found', (_, texts, fault) => {
    expect(wrong(texts).join('\n')).toContain(fault);
  });

  it('a record that cannot have waited is not taken for one that did', () => {
    expect(wrong([first, second], false)).toEqual([
      `receipts of ${at(4)}: parked RELATION_UNKNOWN, accepted released, not none`,
    ]);
  });
});
