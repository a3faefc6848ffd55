import { expect, test } from 'vitest';
import { eventOf } from '../../../services/console/src/supplier/refusedEvent.ts';

const original = (text: string, more = {}) => ({ encoding: 'utf-8', text, truncated: false, ...more });

test('a structured event is shown as it came', () => {
  expect(eventOf({ headers: {}, original: original('{"id":"1","data":{"a":1}}') })).toBe(
    JSON.stringify({ id: '1', data: { a: 1 } }, null, 2),
  );
});

test('a binary one gets its attributes back from the headers', () => {
  const headers = { ce_id: '1', ce_type: 'cost.reported.v1', 'content-type': 'application/json' };
  expect(JSON.parse(eventOf({ headers, original: original('{"a":1}') }) ?? '')).toEqual({
    id: '1',
    type: 'cost.reported.v1',
    data: { a: 1 },
  });
});

test('what is no JSON is shown to be mended; what is no whole text is not', () => {
  expect(eventOf({ headers: {}, original: original('{"id":') })).toBe('{"id":');
  expect(eventOf({ headers: {}, original: original('{"id":', { truncated: true }) })).toBeNull();
  expect(eventOf({ headers: {}, original: original('AAEC', { encoding: 'base64' }) })).toBeNull();
  expect(eventOf({ headers: {}, original: null })).toBeNull();
});
