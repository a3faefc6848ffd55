import { expect, test } from 'vitest';
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
