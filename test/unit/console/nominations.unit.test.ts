import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../services/console/src/leader/csv.ts';
import {
  asSentBefore,
  nominationEvents,
  partByNominated,
  readNominations,
  sendInBatches,
} from '../../../services/console/src/leader/nominations.ts';
import { testUscc } from '../../support/events.ts';

const supplier = testUscc(71);
const [second, third] = [testUscc(72), testUscc(73)];
const good = `${supplier},供应商一,510100,3670`;

test('rows are read with headings, blanks, quotes, tabs and Chinese commas', () => {
  const text = `\ufeffuscc,name,city,industry\r\n${good}\r\n\r\n"${second}"\t"二"\t510100\t3974\n${third}，三，510100，3985`;
  expect(readNominations(text).map((row) => [row.row, row.ok])).toEqual([
    [2, true],
    [4, true],
    [5, true],
  ]);
});

test('a row is read by RFC 4180: what stands in quotes may hold separators, quotes and line ends, and rows are counted as Excel does', () => {
  const text = [
    `${supplier},"成都,某""厂""",510100,3670,"V,1"`,
    `${second},"两\r\n行",510100,3974,`,
    `${third},三，四厂,510100,3985`,
  ].join('\r\n');
  expect(readNominations(text)).toMatchObject([
    { row: 1, ok: true, externalId: 'V,1', nomination: { supplierName: '成都,某"厂"' } },
    { row: 2, ok: true, externalId: '', nomination: { supplierName: '两\r\n行' } },
    { row: 3, ok: true, nomination: { supplierName: '三，四厂', cityCode: '510100' } },
  ]);
});

test.each([
  ['is not closed', `${second},"二,510100,3670`],
  ['is closed in the middle of a cell', `${second},"二"厂,510100,3670`],
])('a row with a quote that %s is refused, and takes no other row with it', (_, line) => {
  const rows = readNominations(`${good}\n${line}\n${third},三,510100,3670`);
  expect(rows.map(({ row, ok }) => [row, ok])).toEqual([
    [1, true],
    [2, false],
    [3, true],
  ]);
  expect(rows[1]).toMatchObject({ field: 'quotes' });
});

describe('the bytes of a file', () => {
  /** 供应商 as Excel on Chinese Windows writes it. */
  const gbk = Buffer.from('b9a9d3a6c9cc', 'hex');

  test.each([
    ['UTF-8 with its mark', Buffer.from('\ufeff供应商'), '供应商'],
    ['GBK', gbk, '供应商'],
    ['GB18030, whose rare characters take four bytes', Buffer.from('8139ee39', 'hex'), '㐀'],
    ['UTF-16 with its mark', Buffer.from('\ufeff供应商', 'utf16le'), '供应商'],
  ])('are read in %s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  test.each([
    ['of a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['in no encoding', Buffer.from('b9a9ff41', 'hex')],
    ['of a program, with zeros', Buffer.from('7f454c460000', 'hex')],
  ])('%s are not guessed at', (_, bytes) => {
    expect(decodeText(bytes)).toBeNull();
  });

  test('that were garbled before they came are refused with their row, not read as other names', () => {
    const garbled = Buffer.from(`${good}\n${second},\ufffd\ufffd厂,510100,3670`);
    const rows = readNominations(decodeText(garbled) ?? '');
    expect(rows.map(({ ok }) => ok)).toEqual([true, false]);
    expect(rows[1]).toMatchObject({ row: 2, field: 'supplierName' });
  });
});

test.each([
  ['supplierUscc', `${second.slice(0, 17)},x,510100,3670`],
  ['supplierName', `${second},,510100,3670`],
  ['cityCode', `${second},x,5101,3670`],
  ['industryCode', `${second},x,510100,car parts`],
])('a wrong %s is named with its row, and the other rows stand', (field, line) => {
  const rows = readNominations(`${good}\n${line}\n${third},三,510100,3670`);
  expect(rows.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(rows[1]).toMatchObject({ row: 2, field });
});

test('the events are the leader’s own, keyed by the supplier, and the same again when they are sent again', () => {
  const [row] = readNominations(good);
  if (row === undefined || !row.ok) throw new Error('the row is good');
  const source = `/chain/${testUscc(70)}/erp/sap`;
  const target = { leaderUscc: testUscc(70), source, platform: 'iip', programme: 'sme-510100-2023' };
  const make = (isKnown: boolean) =>
    nominationEvents(target, row.nomination, isKnown, new Date('2024-01-02T20:00:00Z'));
  expect(make(true)).toEqual(make(true));
  expect(make(true)).toMatchObject([
    {
      type: 'onboarding.supplier-nominated.v1',
      source,
      partitionkey: supplier,
      data: { supplierUscc: supplier, leaderUscc: testUscc(70), platform: 'iip' },
    },
  ]);
  expect(make(false).map(({ type }) => type)).toEqual([
    'relation.declared.v1',
    'onboarding.supplier-nominated.v1',
  ]);
  expect(make(false)[0]).toMatchObject({ data: { validFrom: '2024-01-03' } });
});

test('a row uploaded on another day is told as nominated before and never sent: it would be another event under the same id', () => {
  const rows = readNominations(`${good},V-1\n${second},别名,510700,3974\n${third},三,510100,3985`);
  const target = { leaderUscc: testUscc(70), source: '/chain/x', platform: 'iip', programme: 'p' };
  const [first] = rows;
  if (first === undefined || !first.ok) throw new Error('the row is good');
  const [one, other] = ['2024-01-02T00:00:00Z', '2024-01-09T00:00:00Z'].map(
    (at) => nominationEvents(target, first.nomination, true, new Date(at))[0],
  );
  expect(one?.id).toBe(other?.id);
  expect(one).not.toEqual(other);

  const on = '2024-01-02T00:00:00Z';
  const { fresh, before } = partByNominated(
    target,
    rows.flatMap((row) => (row.ok ? [row] : [])),
    [
      { uscc: supplier, name: '供应商一', cityCode: '510100', nominatedAt: on },
      { uscc: second, name: '二', cityCode: '510100', nominatedAt: on },
    ],
  );
  expect(fresh.map(({ row }) => row)).toEqual([3]);
  expect(before).toEqual([
    { row: 1, externalId: 'V-1', at: on, differs: [], eventId: one?.id },
    {
      ...{ row: 2, externalId: '', at: on, differs: ['supplierName', 'cityCode'] },
      eventId: `nominate-p-iip-${second}`,
    },
  ]);
});

test('what is sent twice from one page is the same event; what says something else is not hidden', () => {
  const sent = new Map();
  const event = (time: string, name: string) => ({ id: 'a', time, data: { name } });
  const first = asSentBefore(sent, event('1', 'x'));
  expect(asSentBefore(sent, event('2', 'x'))).toBe(first);
  expect(asSentBefore(sent, event('3', 'y'))).toEqual(event('3', 'y'));
});

test('a firm that stands in the file twice is taken once; the second row is named with the leader’s own number', () => {
  const rows = readNominations(`${good},V-1\n${second},二,510100,3670,V-2\n${good},V-3`);
  expect(rows.map(({ ok, externalId }) => [ok, externalId])).toEqual([
    [true, 'V-1'],
    [true, 'V-2'],
    [false, 'V-3'],
  ]);
  expect(rows[2]).toMatchObject({ row: 3, field: 'supplierUscc', sameAs: 1 });
});

test('a file of any length goes in batches, and refusals keep their places in it', async () => {
  const sent: number[] = [];
  const answer = await sendInBatches(
    Array.from({ length: 4_500 }, (_, index) => ({ index })),
    async (batch) => {
      sent.push(batch.length);
      const refused = { index: batch.length - 1, source: null, id: null, outcome: 'refused' as const };
      return { written: batch.length - 1, refused: 1, receipts: [refused] };
    },
  );
  expect(sent).toEqual([2_000, 2_000, 500]);
  expect(answer).toMatchObject({ written: 4_497, refused: 3 });
  expect(answer.receipts.map(({ index }) => index)).toEqual([1_999, 3_999, 4_499]);
});
