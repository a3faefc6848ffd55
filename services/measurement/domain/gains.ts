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
  const controlChanges: number[] = [];
  let measurementChanged = 0;
  let controls = Infinity;
  for (const uscc of [...new Set(usccs)].sort()) {
    const improvement = world.improvement(kpi, uscc);
    if (improvement === undefined || improvement.reason !== null) {
      const reason = improvement?.reason ?? 'NO_CONTRACT';
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      continue;
    }
    firms.push(uscc);
    pooledBefore = add(pooledBefore, improvement.before);
    pooledAfter = add(pooledAfter, improvement.after);
    if (improvement.measurementChanged) measurementChanged++;
    if (!isControlled) continue;
    const control = controlChange(world, kpi, improvement.before.months, improvement.after.months);
    controls = Math.min(controls, control.firms);
    if (control.change !== null) controlChanges.push(control.change);
  }
  const [before, after] = [shownValue(pooledBefore), shownValue(pooledAfter)];
  const raw = changeOf(before, after);
  const hasControls = firms.length > 0 && controlChanges.length === firms.length;
  const control = hasControls
    ? controlChanges.reduce((sum, change) => sum + change, 0) / controlChanges.length
    : null;
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
    controls: Number.isFinite(controls) ? controls : 0,
    net,
    measurementChanged,
    reasons,
  };
}

const cache = new WeakMap<World, Map<string, { change: number | null; firms: number }>>();

/** Change of the never-contracted firms between the same two sets of months, pooled over those that have most of them. */
export function controlChange(
  world: World,
  kpi: Kpi,
  before: readonly string[],
  after: readonly string[],
): { change: number | null; firms: number } {
  const known = cache.get(world) ?? new Map<string, { change: number | null; firms: number }>();
  cache.set(world, known);
  const key = `${kpi.id}/${before.join()}/${after.join()}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  let [pooledBefore, pooledAfter, firms] = [NOTHING, NOTHING, 0];
  for (const uscc of world.controls()) {
    const pairs = before.flatMap((period, index) => {
      const pair = [
        world.monthFigure(kpi, uscc, period),
        world.monthFigure(kpi, uscc, after[index] ?? ''),
      ] as const;
      return pair.every((figure) => figure.numerator !== null) ? [pair] : [];
    });
    if (pairs.length < Math.min(MIN_PAIRS, before.length)) continue;
    firms++;
    pooledBefore = add(
      pooledBefore,
      windowFigure(
        kpi,
        pairs.map(([first]) => first),
      ),
    );
    pooledAfter = add(
      pooledAfter,
      windowFigure(
        kpi,
        pairs.map(([, second]) => second),
      ),
    );
  }
  const change = firms < MIN_CONTROLS ? null : changeOf(shownValue(pooledBefore), shownValue(pooledAfter));
  known.set(key, { change, firms });
  return { change, firms };
}
