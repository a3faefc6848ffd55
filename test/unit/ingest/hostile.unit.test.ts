import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../schemas/errors.ts';
import { fromFrame, toIncoming } from '../../../services/ingest/adapters/incoming.ts';
import { examine } from '../../../services/ingest/domain/decide.ts';
import { decode, MAX_ATTRIBUTES_BYTES } from '../../../services/ingest/domain/decode.ts';
import type { IncomingRecord } from '../../../services/ingest/domain/record.ts';
import { sha256 } from '../../../services/ingest/domain/validate.ts';
import { frameBytes, frameFrom } from '../../../services/runtime/deadLetterStore.ts';
import { LEADER, orderPlaced } from '../../support/events.ts';

const NOW = new Date('2025-01-15T00:00:00Z');
const ORDER = orderPlaced('a');
const TEXT = JSON.stringify(ORDER);

const record = (value: Buffer | string | null, headers: Record<string, string> = {}): IncomingRecord => ({
  topic: `erp.${LEADER}`,
  partition: 0,
  offset: 0,
  key: null,
  headers,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});

/** Judges a record; whatever it is, there is an event that any store can hold, or a code with words. */
function judge(one: IncomingRecord): string {
  const result = examine(one, NOW);
  if ('event' in result) {
    const { body, contentHash, identity, correlationId } = result.event;
    expect(sha256(body)).toBe(contentHash);
    for (const text of [body, identity, correlationId]) expect(Buffer.from(text).toString()).toBe(text);
    expect(JSON.parse(body)).toMatchObject({ specversion: '1.0' });
    return 'event';
  }
  const { code, explanation, explanationZh, source = '', id = '' } = result.refusal;
  expect(Object.keys(ERRORS)).toContain(code);
  expect(explanation.length).toBeGreaterThan(5);
  expect(explanation.length).toBeLessThanOrEqual(1_000);
  expect(explanationZh).toMatch(/\p{Script=Han}/u);
  expect(explanationZh.length).toBeLessThanOrEqual(1_000);
  for (const text of [explanation, explanationZh, source, id])
    expect(Buffer.from(text).toString()).toBe(text);
  return code;
}

/** Texts that have broken parsers, stores and query languages. */
const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '$gt',
  '$where',
  'a.b',
  '',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\ud800',
  'x\udfffy',
  '😀',
  '../../etc/passwd',
  "'; DROP TABLE events; --",
);
const anyText = fc.oneof(nasty, fc.string({ unit: 'binary' }), fc.string());
const anyValue = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(anyText, fc.double(), fc.constantFrom(-0, 1e308, 5e-324, 2 ** 53, true, null)),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.array(fc.tuple(anyText, tie('node')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).node;

describe('whatever comes', () => {
  it('arbitrary bytes, alone and in the middle of a good event', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(TEXT.length), (bytes, at) => {
        judge(record(Buffer.from(bytes)));
        judge(record(Buffer.concat([Buffer.from(TEXT.slice(0, at)), bytes, Buffer.from(TEXT.slice(at))])));
      }),
      { numRuns: 400 },
    );
  });

  it('arbitrary values under arbitrary keys, in the envelope and in the data', () => {
    fc.assert(
      fc.property(anyText, anyValue, fc.boolean(), (key, value, isInData) => {
        const extra = Object.fromEntries([[key, value]]);
        const event = isInData
          ? { ...ORDER, data: { ...(ORDER.data as object), ...extra } }
          : { ...ORDER, ...extra };
        judge(record(JSON.stringify(event)));
        expect(({} as Record<string, unknown>).admin).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  it('arbitrary attributes in headers', () => {
    const data = JSON.stringify(ORDER.data);
    const attributes = Object.entries(ORDER).filter(([name]) => name !== 'data');
    const good = Object.fromEntries(attributes.map(([name, value]) => [`ce_${name}`, String(value)]));
    expect(judge(record(data, good))).toBe('event');
    const name = fc.oneof(fc.constantFrom(...Object.keys(good), 'ce___proto__', 'content-type'), anyText);
    const value = fc.oneof(fc.uint8Array({ maxLength: 20 }), anyText);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 4 }), (extra) => {
        const headers = [...Object.entries(good), ...extra].map(
          ([key, bytes]) => [key, Buffer.from(bytes as string)] as const,
        );
        judge(
          fromFrame(
            { topic: `erp.${LEADER}`, partition: 0, offset: 0 },
            { key: null, headers },
            Buffer.from(data),
          ),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('keys and headers are kept byte for byte', () => {
    const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
    const headers = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.option(bytes)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.option(bytes), headers, (key, all) => {
        expect(frameFrom(frameBytes({ key, headers: all }))).toEqual({ key, headers: all });
      }),
    );
  });
});

describe('named dangers', () => {
  const codeOf = (value: string, headers?: Record<string, string>) => judge(record(value, headers));

  it('a number that becomes infinite, wherever it stands', () => {
    for (const number of ['1e400', '-1e400', '[1e999]', '{"deep":[{"er":1e310}]}'])
      expect(codeOf(TEXT.replace('"orderNumber"', `"note":${number},"orderNumber"`))).toBe('INVALID_DATA');
  });

  it('half of a surrogate pair, in a value or a key: no store would give it back', () => {
    for (const half of ['"\\ud800"', '"\\uDFFF"', '{"\\udbff":1}', '["a\\uD83D"]'])
      expect(codeOf(TEXT.replace('"orderNumber"', `"note":${half},"orderNumber"`))).toBe('NOT_UTF8');
    expect(codeOf(TEXT.replace('"id":"a"', '"id":"\\ud800"'))).toBe('NOT_UTF8');
    expect(codeOf(TEXT.replace('"id":"a"', '"id":"\\ud83d\\ude00"'))).toBe('event');
  });

  it('100,000 levels, as objects and as arrays', () => {
    const levels = 100_000;
    expect(codeOf(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)).toBe('NESTED_TOO_DEEP');
    const arrays = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(codeOf(TEXT.replace('"orderNumber"', `"note":${arrays},"orderNumber"`))).toBe('NESTED_TOO_DEEP');
  });

  it('a key that stands twice has the value that stands last, as JSON.parse has it everywhere', () => {
    const twice = TEXT.replace('"amountFen":1250000', '"amountFen":1,"amountFen":1250000');
    const [one, other] = [examine(record(TEXT), NOW), examine(record(twice), NOW)];
    expect('event' in one && 'event' in other && one.event.contentHash === other.event.contentHash).toBe(
      true,
    );
  });

  it('a byte-order mark and minus zero are read as what they mean', () => {
    expect(codeOf(`\ufeff${TEXT}`)).toBe('event');
    const zero = TEXT.replace('1250000', '0');
    const [plain, minus] = [zero, TEXT.replace('1250000', '-0')].map((text) => examine(record(text), NOW));
    expect(
      plain && minus && 'event' in plain && 'event' in minus && plain.event.body === minus.event.body,
    ).toBe(true);
  });

  it('attributes that would not fit into a document, repeated ones and ones that are not UTF-8', () => {
    const headers = { ce_specversion: '1.0', ce_id: 'a', ce_more: 'x'.repeat(MAX_ATTRIBUTES_BYTES) };
    expect(codeOf('{}', headers)).toBe('PAYLOAD_TOO_LARGE');
    const withId = (value: Buffer | Buffer[]) =>
      judge(
        toIncoming(`erp.${LEADER}`, 0, {
          key: null,
          offset: '0',
          value: Buffer.from('{}'),
          headers: { ce_specversion: '1.0', ce_id: value },
        }),
      );
    expect(withId(Buffer.from([0xc3, 0x28]))).toBe('NOT_UTF8');
    expect(withId([Buffer.from('a'), Buffer.from('b')])).toBe('BAD_ENVELOPE');
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`h${index}`, 'x']));
    expect(codeOf(TEXT, many)).toBe('event');
  });

  it('a refusal repeats little of what it refuses', () => {
    const long = 'y'.repeat(1_000_000);
    const decoded = decode(
      record('{}', { ce_specversion: '1.0', ce_id: long.slice(0, 60_000), 'content-type': long }),
    );
    expect(decoded.ok ? 0 : JSON.stringify(decoded.refusal).length).toBeLessThan(3_000);
  });
});
