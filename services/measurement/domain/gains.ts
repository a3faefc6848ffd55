import { type Improvement, isCompared } from './baseline.ts';
import { type MonthFigure, windowFigure } from './figures.ts';
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
  /** Firms asked for, and those that it is about: with a figure before and after, and with controls where any of them has. */
  readonly asked: number;
  readonly firms: readonly string[];
  /** With a figure before and after, and left out for want of controls over its months while others have them. */
  readonly uncontrolled: number;
  readonly before: number | null;
  readonly after: number | null;
  readonly pooledBefore: Pooled;
  readonly pooledAfter: Pooled;
  /** after ÷ before − 1 */
  readonly raw: number | null;
  /** Mean change of the controls over the firms' months; null where no firm has `MIN_CONTROLS` of them. */
  readonly control: number | null;
  /** (1 + raw) ÷ (1 + control) − 1; the raw change where there are no controls. */
  readonly net: number | null;
  readonly measurementChanged: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** The months compared, firm by firm. */
  readonly windows: readonly FirmWindows[];
}

/** Controls that a firm's months need: with fewer, what they changed is that of a few firms and no trend. */
export const MIN_CONTROLS = 5;
const MIN_PAIRS = 6;

/**
 * Pools the measured improvement of firms against their frozen baselines, and sets it against the controls. A firm over whose months
 * there are too few is left out while others have them: with it the trend would be taken out of some firms and not of others.
 */
export function groupGain(world: World, kpi: Kpi, usccs: readonly string[], isControlled = true): GroupGain {
  const reasons: Record<string, number> = {};
  const measured: Measured[] = [];
  for (const uscc of [...new Set(usccs)].sort()) {
    const improvement = world.improvement(kpi, uscc);
    if (improvement !== undefined && isCompared(improvement)) {
      measured.push({ uscc, improvement });
      continue;
    }
    const reason = improvement?.reason ?? 'NO_CONTRACT';
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  const compared = isControlled ? controlChanges(world, kpi, windowsIn(measured)) : [];
  const controlled = measured.filter((_, index) => typeof compared[index] === 'number');
  const changes = compared.flatMap((change) => change ?? []);
  const judged = controlled.length > 0 ? controlled : measured;
  const pooledBefore = judged.map(({ improvement }) => improvement.before).reduce(add, NOTHING);
  const pooledAfter = judged.map(({ improvement }) => improvement.after).reduce(add, NOTHING);
  const [before, after] = [shownValue(pooledBefore), shownValue(pooledAfter)];
  const raw = changeOf(before, after);
  if (raw === null && judged.length > 0) reasons.BASE_NOT_POSITIVE = judged.length;
  const control =
    changes.length === 0 ? null : changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const net = raw === null ? null : control === null ? raw : (1 + raw) / (1 + control) - 1;
  return {
    kpi: kpi.id,
    asked: new Set(usccs).size,
    firms: judged.map(({ uscc }) => uscc),
    uncontrolled: measured.length - judged.length,
    before,
    after,
    pooledBefore,
    pooledAfter,
    raw,
    control,
    net,
    measurementChanged: judged.filter(({ improvement }) => improvement.measurementChanged).length,
    reasons,
    windows: windowsIn(judged),
  };
}

interface Measured {
  readonly uscc: string;
  readonly improvement: Improvement;
}

/** The months before and those after, pair by pair. */
export interface Windows {
  readonly before: readonly string[];
  readonly after: readonly string[];
}
export const windowsOf = ({ before, after }: Pick<Improvement, 'before' | 'after'>): Windows => ({
  before: before.months,
  after: after.months,
});
export interface FirmWindows extends Windows {
  readonly uscc: string;
}
const windowsIn = (measured: readonly Measured[]): FirmWindows[] =>
  measured.map(({ uscc, improvement }) => ({ uscc, ...windowsOf(improvement) }));
const windowsText = ({ before, after }: Windows): string => `${before.join()}/${after.join()}`;
const cache = new WeakMap<World, Map<string, number | null>>();

/**
 * Change of the never-contracted firms between the same two sets of months, pooled over those that have most of them; null
 * where these are too few; in the order of the windows. Each control is opened once for all windows: there may be many of both.
 */
function controlChanges(world: World, kpi: Kpi, windows: readonly Windows[]): (number | null)[] {
  const known = cache.get(world) ?? new Map<string, number | null>();
  cache.set(world, known);
  const keyOf = (one: Windows): string => `${kpi.id}/${windowsText(one)}`;
  const sums = new Map<string, { windows: Windows; before: Pooled; after: Pooled; firms: number }>();
  for (const one of windows)
    if (!known.has(keyOf(one)))
      sums.set(keyOf(one), { windows: one, before: NOTHING, after: NOTHING, firms: 0 });
  if (sums.size > 0)
    for (const uscc of world.controls())
      for (const sum of sums.values()) {
        const pairs = pairsOf(world, kpi, uscc, sum.windows);
        if (pairs === null) continue;
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
  for (const [key, { before, after, firms }] of sums)
    known.set(key, firms < MIN_CONTROLS ? null : changeOf(shownValue(before), shownValue(after)));
  return windows.map((one) => known.get(keyOf(one)) ?? null);
}

/** The controls that a gain was set against, with their months; none where it was set against none. */
export function controlMonths(
  world: World,
  kpi: Kpi,
  { control, windows }: Pick<GroupGain, 'control' | 'windows'>,
): ReadonlyMap<string, readonly string[]> {
  const months = new Map<string, readonly string[]>();
  if (control === null) return months;
  const different = [...new Map(windows.map((one) => [windowsText(one), one])).values()];
  for (const uscc of world.controls()) {
    const pairs = different.flatMap((one) => pairsOf(world, kpi, uscc, one) ?? []);
    if (pairs.length > 0) months.set(uscc, monthsIn(pairs));
  }
  return months;
}

/** What firms without a window of their own did over the given months, pooled over those that have most of the months. */
export function pooledOver(world: World, kpi: Kpi, usccs: readonly string[], windows: Windows) {
  let [before, after] = [NOTHING, NOTHING];
  const firms: { readonly uscc: string; readonly months: readonly string[] }[] = [];
  for (const uscc of usccs) {
    const pairs = pairsOf(world, kpi, uscc, windows);
    if (pairs === null) continue;
    const side = (which: 0 | 1) =>
      windowFigure(
        kpi,
        pairs.map((pair) => pair[which]),
      );
    firms.push({ uscc, months: monthsIn(pairs) });
    before = add(before, side(0));
    after = add(after, side(1));
  }
  return { firms, before, after };
}

type MonthPair = readonly [before: MonthFigure, after: MonthFigure];

const monthsIn = (pairs: readonly MonthPair[]): string[] => [
  ...new Set(pairs.flat().map(({ period }) => period)),
];

/** Months of a firm with a figure both before and after; null where it lacks most of them. */
function pairsOf(world: World, kpi: Kpi, uscc: string, { before, after }: Windows): MonthPair[] | null {
  const pairs = before.flatMap((period, index) => {
    const pair = [
      world.monthFigure(kpi, uscc, period),
      world.monthFigure(kpi, uscc, after[index] ?? ''),
    ] as const;
    return pair.every((figure) => figure.numerator !== null) ? [pair] : [];
  });
  return pairs.length < Math.min(MIN_PAIRS, before.length) ? null : pairs;
}
