import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gatherHeaders, loadKafkajs, type WireHeader } from '../../../services/runtime/kafkajs.ts';

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder.js');
const Decoder = require('kafkajs/src/protocol/decoder.js');
const encodeHeader = require('kafkajs/src/protocol/recordBatch/header/v0/index.js');
const readRecord = require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js');

loadKafkajs();

/** A record of nothing but headers, through the client's own encoder and decoder. */
function throughTheWire(headers: readonly WireHeader[]): Record<string, unknown> {
  const encoder = new Encoder()
    .writeInt8(0)
    .writeVarLong(0)
    .writeVarInt(0)
    .writeVarIntBytes(null)
    .writeVarIntBytes(null)
    .writeVarIntArray(headers.map(encodeHeader));
  return readRecord(new Decoder(encoder.buffer), { firstOffset: '0', firstTimestamp: '0', magicByte: 2 })
    .headers;
}

/** As the client means to gather them, a copy for each. */
const gatheredSlowly = (headers: readonly WireHeader[]): Record<string, unknown> =>
  headers.reduce<Record<string, unknown>>(
    (all, { key, value }) =>
      Object.fromEntries([
        ...Object.entries(all),
        [
          key,
          !Object.hasOwn(all, key)
            ? value
            : Array.isArray(all[key])
              ? [...all[key], value]
              : [all[key], value],
        ],
      ]),
    {},
  );

const someHeaders = fc.array(
  fc.record({
    key: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', ''), fc.string()),
    value: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 12 },
);

it('any headers come out under their own names, in order', () => {
  fc.assert(
    fc.property(someHeaders, (headers) => {
      const whole = headers.map(({ key, value }) => ({ key: Buffer.from(key).toString(), value }));
      expect(Object.entries(gatherHeaders(whole))).toEqual(Object.entries(gatheredSlowly(whole)));
      expect(Object.entries(throughTheWire(whole))).toEqual(Object.entries(gatheredSlowly(whole)));
    }),
  );
});

it('a record of a hundred thousand headers is read in one pass', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({
    key: `h${index % 60_000}`,
    value: Buffer.from('x'),
  }));
  const headers = throughTheWire(many);
  expect(Object.keys(headers)).toHaveLength(60_000);
  expect(headers.h1).toEqual([Buffer.from('x'), Buffer.from('x')]);
  expect(headers.h59999).toEqual(Buffer.from('x'));
});
