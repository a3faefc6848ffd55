import type { ErrorCode } from '../../../../schemas/errors.ts';
import type { Severity } from '../../../../schemas/measurement.ts';
import type { Baseline } from '../records.ts';
import type { World } from '../world.ts';

/** One fact behind a finding. A closure stands for the facts that it was decided upon, and for no later one. */
export interface FindingFact {
  /** The same for as long as the same is stated, whatever else joins the finding. */
  readonly key: string;
  /** Business time from which the statements show it, ms. */
  readonly timeMs: number;
  /** Of what goes on month by month: the key of the whole run, which a dismissal covers. */
  readonly run?: string;
}

/** What a guard found, before anybody acted on it. */
export interface Suspicion {
  /** `<code>/<key>`: names the matter, so that it can be cited; further facts of it join under the same id. */
  readonly id: string;
  readonly code: ErrorCode;
  readonly severity: Severity;
  /** Firms first, then regions. */
  readonly entities: readonly string[];
  readonly evidence: readonly Readonly<Record<string, unknown>>[];
  readonly facts: readonly FindingFact[];
}

/** A test over everything that is known. */
export type Guard = (world: World) => Suspicion[];

export const suspicion = (
  code: ErrorCode,
  severity: Severity,
  key: string,
  entities: readonly string[],
  evidence: readonly Readonly<Record<string, unknown>>[],
  facts: readonly FindingFact[],
): Suspicion => ({ id: `${code}/${key}`, code, severity, entities, evidence, facts });

/** Things that are a finding only where there are two: each is a fact, and none before the second was stated. */
export function factsOfSeveral<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
  timeOf: (item: Item) => number,
): FindingFact[] {
  const firstMs = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    if (key) firstMs.set(key, Math.min(firstMs.get(key) ?? Infinity, timeOf(item)));
  }
  const times = [...firstMs.values()].sort((a, b) => a - b);
  const secondMs = times[1] ?? times[0] ?? 0;
  return [...firstMs].map(([key, timeMs]) => ({ key, timeMs: Math.max(timeMs, secondMs) }));
}

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
