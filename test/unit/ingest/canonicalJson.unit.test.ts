import fc from 'fast-check';
import { configure } from 'safe-stable-stringify';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../services/ingest/domain/canonicalJson.ts';

const reference = configure({ deterministic: true, circularValue: Error });

describe('canonical JSON', () => {
  it('is what an independent implementation gives, for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', depthSize: 'medium' }), (value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        expect(canonicalJson(parsed)).toBe(reference(parsed));
      }),
    );
  });

  it('does not mistake one object for another with keys almost alike', () => {
    const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'aa', '10', '9', 'é'), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(keys, { minLength: 2, maxLength: 6 }), (objects) => {
        for (const names of objects) {
          const inner = Object.fromEntries(names.map((name, index) => [name, index]));
          const outer = { z: inner, ...inner };
          expect(canonicalJson(outer)).toBe(reference(outer));
        }
      }),
    );
  });

  it('writes numbers, escapes and broken surrogates as ECMAScript does', () => {
    const value = JSON.parse('{"n":[-0,1e21,1e-7,0.1,9007199254740993],"s":"\\u0001\\"\\\\\\ud800é\\n"}');
    expect(canonicalJson(value)).toBe(
      '{"n":[0,1e+21,1e-7,0.1,9007199254740992],"s":"\\u0001\\"\\\\\\ud800é\\n"}',
    );
  });

  it('leaves undefined properties out', () => {
    expect(canonicalJson({ b: undefined, a: null })).toBe('{"a":null}');
  });
});
