import type { ErrorCode } from '../../../../schemas/errors.ts';
import type { Severity } from '../../../../schemas/measurement.ts';
import type { Baseline } from '../records.ts';
import type { World } from '../world.ts';

/** What a guard found, before anybody acted on it. */
export interface Suspicion {
  /** `<code>/<key>`: the same for as long as the same facts stand. */
  readonly id: string;
  readonly code: ErrorCode;
  readonly severity: Severity;
  /** Firms first, then regions. */
  readonly entities: readonly string[];
  readonly evidence: readonly Readonly<Record<string, unknown>>[];
  /** Business time of the latest statement that it rests on, ms. */
  readonly raisedMs: number;
}

/** A test over everything that is known. */
export type Guard = (world: World) => Suspicion[];

export const suspicion = (
  code: ErrorCode,
  severity: Severity,
  key: string,
  entities: readonly string[],
  evidence: readonly Readonly<Record<string, unknown>>[],
  raisedMs: number,
): Suspicion => ({ id: `${code}/${key}`, code, severity, entities, evidence, raisedMs });

/** Groups items that share a key; items without one are left out. */
export function grouped<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string | null | undefined,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null || key === undefined || key === '') continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export const distinct = <Value>(values: Iterable<Value>): Value[] => [...new Set(values)];
export const latest = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b), 0);

export interface Contract {
  readonly firm: string;
  readonly programme: string;
  readonly contract: NonNullable<Baseline['contract']>;
}

/** The first contract of every firm in every programme. */
export function contractsOf(world: World): Contract[] {
  return [...world.models.baselines.values()].flatMap(({ firm, programme, contract }) =>
    contract === undefined ? [] : [{ firm, programme, contract }],
  );
}
