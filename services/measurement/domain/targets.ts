import { DAY_MS, startOfDate } from '../../../schemas/time.ts';
import type { TargetPlan } from './records.ts';
import type { Participation, World } from './world.ts';

/** Months looked back on for the pace. */
const PACE_MONTHS = 6;

/** Shares of the target below which a city is marked; the configuration states them. */
export interface TargetThresholds {
  readonly criticalBelow: number;
  readonly laggingBelow: number;
}

export interface Forecast {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  readonly method: string;
  /** Months to the end of the window. */
  readonly leftMonths: number;
}

export interface CityProgress {
  readonly code: string;
  readonly name: string;
  readonly regionClass: string;
  readonly programme: string;
  readonly planVersion: number;
  readonly target: number;
  readonly done: number;
  /** Accepted but not countable, with how many for each reason. */
  readonly notCountable: Readonly<Record<string, number>>;
  readonly share: number | null;
  /** Firms done by the end of the window. */
  readonly forecast: Forecast;
  readonly figureId: string;
  readonly confidence: string;
}

export interface CityTargets extends CityProgress {
  readonly status: 'critical' | 'lagging' | 'on-track' | 'reached' | 'no-target';
  /** Shares of the target below which it is so marked. */
  readonly markedBelow: { readonly critical: number; readonly lagging: number };
}

/** The version of each city's plan in force: the highest stated by then. */
export function plansInForce(world: World): TargetPlan[] {
  const inForce = new Map<string, TargetPlan>();
  for (const plan of world.models.target_plans.values()) {
    if (plan.timeMs > world.asOf.getTime()) continue;
    const key = `${plan.programme}/${plan.city}`;
    const known = inForce.get(key);
    if (known === undefined || plan.version > known.version) inForce.set(key, plan);
  }
  return [...inForce.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
}

/**
 * Why an accepted firm does not count for its city's target, or null when it does. Only what was stated can exclude: a
 * contract outside the window, an industry that the plan does not name, an on-site level below 2, an invoice that does not
 * match, a second count of one firm.
 */
export function notCountableReason(
  participation: Participation,
  plan: TargetPlan,
  counted: ReadonlySet<string>,
): string | null {
  const { contracted, level, audited } = participation.enrolment;
  if (
    contracted !== undefined &&
    (contracted.signedOn < plan.windowFrom || contracted.signedOn > plan.windowTo)
  )
    return 'CONTRACT_OUTSIDE_WINDOW';
  const industry = participation.nominated?.industry;
  if (industry && plan.pilotIndustries?.includes(industry) === false) return 'INDUSTRY_NOT_PILOT';
  if (level !== undefined && level.level < 2) return 'LEVEL_NOT_REACHED';
  if (audited !== undefined && audited.outcome !== 'matched') return 'EVIDENCE_MISMATCHED';
  return counted.has(participation.uscc) ? 'COUNTED_ELSEWHERE' : null;
}

/** Accepted firms by plan: those that count for it, and how many do not, for which reason. */
export interface CountedByPlan {
  readonly done: ReadonlyMap<string, readonly Participation[]>;
  readonly excluded: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** As of the world's instant. A firm counts once, where it was accepted first. */
export function countedByPlan(world: World): CountedByPlan {
  const planOf = new Map(plansInForce(world).map((plan) => [`${plan.programme}/${plan.city}`, plan]));
  const done = new Map<string, Participation[]>();
  const excluded = new Map<string, Record<string, number>>();
  const counted = new Set<string>();
  const accepted = world.participations
    .filter(
      ({ enrolment }) =>
        enrolment.closed?.status === 'ACCEPTED' && enrolment.closed.timeMs <= world.asOf.getTime(),
    )
    .sort((a, b) => closedMs(a) - closedMs(b));
  for (const participation of accepted) {
    const plan = planOf.get(`${participation.programme}/${participation.nominated?.city}`);
    if (plan === undefined) continue;
    const reason = notCountableReason(participation, plan, counted);
    if (reason === null) {
      counted.add(participation.uscc);
      done.set(plan._id, [...(done.get(plan._id) ?? []), participation]);
    } else {
      const reasons = excluded.get(plan._id) ?? {};
      excluded.set(plan._id, { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 });
    }
  }
  return { done, excluded };
}

const closedMs = ({ enrolment }: Participation): number => enrolment.closed?.timeMs ?? 0;

/** Targets against done for every city with a plan, as of the world's instant. */
export function cityProgress(world: World): CityProgress[] {
  const { done, excluded } = countedByPlan(world);
  return plansInForce(world).map((plan) => {
    const times = (done.get(plan._id) ?? []).map(closedMs);
    const share = plan.targetFirms === 0 ? null : times.length / plan.targetFirms;
    return {
      code: plan.city,
      name: plan.cityName,
      regionClass: plan.regionClass,
      programme: plan.programme,
      planVersion: plan.version,
      target: plan.targetFirms,
      done: times.length,
      notCountable: excluded.get(plan._id) ?? {},
      share,
      forecast: forecastOf(times, plan, world.asOf.getTime()),
      figureId: `target/${plan.city}`,
      confidence: plan.confidence,
    };
  });
}

/** The progress of every city with a plan, marked by how far behind it is. */
export function cityTargets(world: World, thresholds: TargetThresholds): CityTargets[] {
  const markedBelow = { critical: thresholds.criticalBelow, lagging: thresholds.laggingBelow };
  return cityProgress(world).map((city) => ({
    ...city,
    status: statusOf(city.share, thresholds),
    markedBelow,
  }));
}

function statusOf(share: number | null, thresholds: TargetThresholds): CityTargets['status'] {
  if (share === null) return 'no-target';
  if (share >= 1) return 'reached';
  if (share < thresholds.criticalBelow) return 'critical';
  return share < thresholds.laggingBelow ? 'lagging' : 'on-track';
}

/**
 * Firms done by the end of the window if the pace goes on: mid at the mean monthly pace of the last six months, low and
 * high at the slower and the faster half of them. No allowance for quotas or for the pipeline.
 */
export function forecastOf(
  doneTimesMs: readonly number[],
  plan: Pick<TargetPlan, 'windowTo'>,
  nowMs: number,
): Forecast {
  const monthMs = (365 * DAY_MS) / 12;
  const leftMonths = Math.max(0, (startOfDate(plan.windowTo).getTime() + DAY_MS - nowMs) / monthMs);
  const half = PACE_MONTHS / 2;
  const during = (fromMonthsAgo: number, toMonthsAgo: number): number =>
    doneTimesMs.filter(
      (time) => time > nowMs - fromMonthsAgo * monthMs && time <= nowMs - toMonthsAgo * monthMs,
    ).length;
  const halves = [during(PACE_MONTHS, half) / half, during(half, 0) / half];
  const mean = ((halves[0] ?? 0) + (halves[1] ?? 0)) / 2;
  const project = (pace: number): number => Math.round(doneTimesMs.length + pace * leftMonths);
  return {
    low: project(Math.min(...halves)),
    mid: project(mean),
    high: project(Math.max(...halves)),
    leftMonths,
    method: `done + pace × ${leftMonths.toFixed(1)} months left; pace of the last ${PACE_MONTHS} months, low and high from its slower and faster half`,
  };
}
