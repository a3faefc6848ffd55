import { isCompared } from './baseline.ts';
import { windowFigure } from './figures.ts';
import type { Kpi } from './kpi.ts';
import { changeOf, shownValue } from './ratio.ts';
import type { World } from './world.ts';

/** Sum of figures of several firms: numerators and denominators apart. */
export interface Pooled {
  readonly numerator: number;
  readonly denominator: number;
}

const add = (a: Pooled, b: { numerator: number | null; denominator: number | null }): Pooled => ({
  numerator: a.numerator + (b.numerator ?? 0),
  denominator: a.denominator + (b.denominator ?? 0),
});
const NOTHING: Pooled = { numerator: 0, denominator: 0 };

/** What changed for a set of firms, pooled, and what changed meanwhile for firms without a contract. */
export interface GroupGain {
  readonly kpi: string;
  /** Firms asked for, and those with a figure before and after. */
  readonly asked: number;
  readonly firms: readonly string[];
  readonly before: number | null;
  readonly after: number | null;
  readonly pooledBefore: Pooled;
  readonly pooledAfter: Pooled;
  /** after ÷ before − 1 */
  readonly raw: number | null;
  /** Mean change of the controls over the same months; null with fewer than `MIN_CONTROLS` of them. */
  readonly control: number | null;
  readonly controls: number;
  /** (1 + raw) ÷ (1 + control) − 1; the raw change where there are no controls. */
  readonly net: number | null;
  readonly measurementChanged: number;
  readonly reasons: Readonly<Record<string, number>>;
}

const MIN_CONTROLS = 5;
const MIN_PAIRS = 6;

/** Pools the measured improvement of firms against their frozen baselines, and sets it against the controls. */
export function groupGain(world: World, kpi: Kpi, usccs: readonly string[], isControlled = true): GroupGain {
  let [pooledBefore, pooledAfter] = [NOTHING, NOTHING];
  const firms: string[] = [];
  const reasons: Record<string, number> = {};
  const windows: Windows[] = [];
  let measurementChanged = 0;
  for (const uscc of [...new Set(usccs)].sort()) {
    const improvement = world.improvement(kpi, uscc);
    if (improvement === undefined || !isCompared(improvement)) {
      const reason = improvement?.reason ?? 'NO_CONTRACT';
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      continue;
    }
    firms.push(uscc);
    pooledBefore = add(pooledBefore, improvement.before);
    pooledAfter = add(pooledAfter, improvement.after);
    if (improvement.measurementChanged) measurementChanged++;
    windows.push({ before: improvement.before.months, after: improvement.after.months });
  }
  const compared = isControlled ? controlChanges(world, kpi, windows) : [];
  const changes = compared.flatMap(({ change }) => (change === null ? [] : [change]));
  const [before, after] = [shownValue(pooledBefore), shownValue(pooledAfter)];
  const raw = changeOf(before, after);
  if (raw === null && firms.length > 0) reasons.BASE_NOT_POSITIVE = firms.length;
  const hasControls = firms.length > 0 && changes.length === firms.length;
  const control = hasControls ? changes.reduce((sum, change) => sum + change, 0) / changes.length : null;
  const net = raw === null ? null : control === null ? raw : (1 + raw) / (1 + control) - 1;
  return {
    kpi: kpi.id,
    asked: new Set(usccs).size,
    firms,
    before,
    after,
    pooledBefore,
    pooledAfter,
    raw,
    control,
    controls: compared.length === 0 ? 0 : Math.min(...compared.map((one) => one.firms)),
    net,
    measurementChanged,
    reasons,
  };
}

/** The months before and those after, pair by pair. */
export interface Windows {
  readonly before: readonly string[];
  readonly after: readonly string[];
}
interface ControlChange {
  readonly change: number | null;
  /** Controls that have most of the months. */
  readonly firms: number;
}
const cache = new WeakMap<World, Map<string, ControlChange>>();

/**
 * Change of the never-contracted firms between the same two sets of months, pooled over those that have most of them; in the order
 * of the windows. Each control is opened once for all windows: there may be many of both.
 */
function controlChanges(world: World, kpi: Kpi, windows: readonly Windows[]): ControlChange[] {
  const known = cache.get(world) ?? new Map<string, ControlChange>();
  cache.set(world, known);
  const keyOf = ({ before, after }: Windows): string => `${kpi.id}/${before.join()}/${after.join()}`;
  const sums = new Map<string, { windows: Windows; before: Pooled; after: Pooled; firms: number }>();
  for (const one of windows)
    if (!known.has(keyOf(one)))
      sums.set(keyOf(one), { windows: one, before: NOTHING, after: NOTHING, firms: 0 });
  if (sums.size > 0)
    for (const uscc of world.controls())
      for (const sum of sums.values()) {
        const pairs = pairsOf(world, kpi, uscc, sum.windows);
        if (pairs.length < Math.min(MIN_PAIRS, sum.windows.before.length)) continue;
        sum.firms++;
        sum.before = add(
          sum.before,
          windowFigure(
            kpi,
            pairs.map(([first]) => first),
          ),
        );
        sum.after = add(
          sum.after,
          windowFigure(
            kpi,
            pairs.map(([, second]) => second),
          ),
        );
      }
  for (const [key, { before, after, firms }] of sums) {
    const change = firms < MIN_CONTROLS ? null : changeOf(shownValue(before), shownValue(after));
    known.set(key, { change, firms });
  }
  return windows.map((one) => known.get(keyOf(one)) ?? { change: null, firms: 0 });
}

/** What firms without a window of their own did over the given months, pooled over those that have most of the months. */
export function pooledOver(world: World, kpi: Kpi, usccs: readonly string[], windows: Windows) {
  let [before, after] = [NOTHING, NOTHING];
  const firms: string[] = [];
  for (const uscc of usccs) {
    const pairs = pairsOf(world, kpi, uscc, windows);
    if (pairs.length < Math.min(MIN_PAIRS, windows.before.length)) continue;
    const side = (which: 0 | 1) =>
      windowFigure(
        kpi,
        pairs.map((pair) => pair[which]),
      );
    firms.push(uscc);
    before = add(before, side(0));
    after = add(after, side(1));
  }
  return { firms, before, after };
}

/** Months of a firm with a figure both before and after. */
function pairsOf(world: World, kpi: Kpi, uscc: string, { before, after }: Windows) {
  return before.flatMap((period, index) => {
    const pair = [
      world.monthFigure(kpi, uscc, period),
      world.monthFigure(kpi, uscc, after[index] ?? ''),
    ] as const;
    return pair.every((figure) => figure.numerator !== null) ? [pair] : [];
  });
}
