import { judgeUscc } from './ids.ts';

/** Who speaks, read from the `source` of an event. */
export type Source =
  | { readonly class: 'chain'; readonly uscc: string; readonly system: string }
  | { readonly class: 'supplier'; readonly uscc: string; readonly system: string }
  | { readonly class: 'platform'; readonly platform: string; readonly uscc: string }
  | { readonly class: 'provider'; readonly uscc: string }
  | { readonly class: 'rater'; readonly rater: string }
  | { readonly class: 'bureau'; readonly region: string; readonly system: string }
  | { readonly class: 'system'; readonly system: string };

export type SourceClass = Source['class'];
export const SOURCE_CLASSES = [
  'chain',
  'supplier',
  'platform',
  'provider',
  'rater',
  'bureau',
  'system',
] as const;

export type SourceReading = { readonly source: Source } | { readonly problem: 'unknown-shape' };

const PARTY = /^[a-z0-9][a-z0-9-]{0,62}$/;
const SYSTEM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const REGION = /^[1-8]\d{5}$/;

/** Reads a source path such as `/chain/{USCC}/erp/{system}`; the shapes are those of the authority table. Check digits are not judged here. */
export function readSource(text: string): SourceReading {
  const [empty, kind, ...rest] = text.split('/');
  if (empty !== '' || kind === undefined || text.length > 200) return { problem: 'unknown-shape' };
  const [first = '', second = '', third = ''] = rest;
  switch (kind) {
    case 'chain':
      return rest.length === 3 && second === 'erp' && SYSTEM.test(third)
        ? withUscc(first, (uscc) => ({ class: 'chain', uscc, system: third }))
        : { problem: 'unknown-shape' };
    case 'supplier':
      return rest.length === 2 && SYSTEM.test(second)
        ? withUscc(first, (uscc) => ({ class: 'supplier', uscc, system: second }))
        : { problem: 'unknown-shape' };
    case 'platform':
      return rest.length === 3 && PARTY.test(first) && second === 'tenant'
        ? withUscc(third, (uscc) => ({ class: 'platform', platform: first, uscc }))
        : { problem: 'unknown-shape' };
    case 'provider':
      return rest.length === 1
        ? withUscc(first, (uscc) => ({ class: 'provider', uscc }))
        : { problem: 'unknown-shape' };
    case 'rater':
      return rest.length === 1 && PARTY.test(first)
        ? { source: { class: 'rater', rater: first } }
        : { problem: 'unknown-shape' };
    case 'bureau':
      return rest.length === 2 && REGION.test(first) && SYSTEM.test(second)
        ? { source: { class: 'bureau', region: first, system: second } }
        : { problem: 'unknown-shape' };
    case 'system':
      return rest.length >= 1 && rest.every((part) => SYSTEM.test(part))
        ? { source: { class: 'system', system: rest.join('/') } }
        : { problem: 'unknown-shape' };
    default:
      return { problem: 'unknown-shape' };
  }
}

function withUscc(uscc: string, make: (uscc: string) => Source): SourceReading {
  return judgeUscc(uscc) === 'bad-shape' ? { problem: 'unknown-shape' } : { source: make(uscc) };
}
