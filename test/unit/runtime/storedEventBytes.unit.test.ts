import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { storedEventFrom } from '../../../services/runtime/storedEventBytes.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const instant = fc.date({ noInvalidDate: true });
const whole = fc.oneof(fc.integer(), fc.maxSafeNat());
const event = fc.record({
  _id: text,
  type: text,
  sourceClass: text,
  time: instant,
  firm: fc.option(text),
  period: text,
  correlationId: text,
  topic: text,
  partition: whole,
  offset: whole,
  seq: whole,
  contentHash: text,
  hash: text,
  recordedAt: instant,
  body: fc.string({ unit: 'grapheme', maxLength: 2_000 }),
});

describe('a stored event read from its bytes', () => {
  it('is what the general reader gives', () => {
    fc.assert(
      fc.property(event, (document) => {
        expect(storedEventFrom(BSON.serialize(document))).toEqual(document);
      }),
    );
  });

  it('is so with fields missing, added or in another order, and with kinds it does not expect', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 }).filter((key) => !/\0|^__proto__$/.test(key));
    const extra = fc.dictionary(
      name,
      fc.oneof(text, whole, fc.double(), fc.boolean(), fc.constant({ a: [1] })),
    );
    fc.assert(
      fc.property(event, extra, fc.integer({ min: 0, max: 14 }), (document, more, dropped) => {
        const entries = Object.entries({ ...more, ...document });
        const odd = Object.fromEntries(entries.filter((_, index) => index !== dropped).reverse());
        const bytes = BSON.serialize(odd);
        expect(storedEventFrom(bytes)).toEqual(BSON.deserialize(bytes));
      }),
    );
  });
});
