import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH, readHttpEvents } from '../../../services/gateway/domain/cloudEventsHttp.ts';

const elements = (text: string): string[] =>
  readHttpEvents(BATCH, {}, Buffer.from(text)).map(({ value }) => value.toString('utf8').trim());

describe('the elements of a batch', () => {
  it('are cut out of the bytes as they were sent, whatever they hold', () => {
    const blank = fc.constantFrom('', ' ', '\n', '\t \r\n');
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.tuple(blank, value, blank)), blank, (items, around) => {
        const texts = items.map(([, item]) => JSON.stringify(item));
        const body = items.map(([before, , after], index) => `${before}${texts[index]}${after}`).join(',');
        expect(elements(`${around}[${body}]${around}`)).toEqual(texts);
      }),
    );
  });

  it('keep long numbers, keys that stand there twice, and brackets, quotes and backslashes in texts', () => {
    const first = '{"n":12345678901234567890.10,"a":1,"a":2}';
    const second = '{"t":"]},[{\\"\\\\","u":[["\\\\\\""]]}';
    expect(elements(`[ ${first} ,\n${second}]`)).toEqual([first, second]);
    expect(elements('[ \n ]')).toEqual([]);
  });
});
