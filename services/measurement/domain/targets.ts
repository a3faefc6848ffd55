import type { NotCountableReason } from '../../../schemas/measurement.ts';
import { DAY_MS, startOfDate } from '../../../schemas/time.ts';
import type { Stated } from './enrolment.ts';
import type { TargetPlan } from './records.ts';
import { type CityTarget, targetOf } from './targetDefaults.ts';
import type { Participation, World } from './world.ts';

/** Months looked back on for the pace. */
const PACE_MONTHS = 6;
/** Digital level on site that a firm needs to count. */
const COUNTABLE_LEVEL = 2;

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
  readonly target: number | null;
  /** Whether the city's plan states the target or its region class gives it, and who says so. */
  readonly targetBasis: CityTarget['basis'];
  readonly citation: string | null;
  readonly done: number;
  /** Accepted but not countable: how many for each reason, and which. */
  readonly notCountable: Readonly<Record<string, number>>;
  readonly notCounted: readonly NotCounted[];
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
 * Ids of the plans' figures: `target/<city>` is the city's first programme, by the beginning of its window; a further one of the same city
 * names itself, `target/<city>/programme:<code>`. So a programme that is added later leaves alone what is cited and published.
 */
export function targetIds(world: World): (plan: Pick<TargetPlan, 'city' | 'programme'>) => string {
  const first = new Map<string, TargetPlan>();
  for (const plan of world.models.target_plans.values()) {
    const known = first.get(plan.city);
    if (plan.timeMs <= world.asOf.getTime() && (known === undefined || isBegunBefore(plan, known)))
      first.set(plan.city, plan);
  }
  return ({ city, programme }) =>
    first.get(city)?.programme === programme
      ? `target/${city}`
      : `target/${city}/${PROGRAMME_PART}${programme}`;
}
const PROGRAMME_PART = 'programme:';

function isBegunBefore(a: TargetPlan, b: TargetPlan): boolean {
  if (a.windowFrom !== b.windowFrom) return a.windowFrom < b.windowFrom;
  return a.timeMs === b.timeMs ? a.programme < b.programme : a.timeMs < b.timeMs;
}

/** The city's progress that an id names after its head; the first programme may be named as well. */
export function progressNamed(world: World, city: string, programme?: string): CityProgress | undefined {
  const isNamed = (one: CityProgress): boolean =>
    programme === undefined
      ? one.figureId === `target/${city}`
      : `${PROGRAMME_PART}${one.programme}` === programme;
  return cityProgress(world).find((one) => one.code === city && isNamed(one));
}

/** From which instant an accepted firm counts for its city's target, or why it does not. */
export type Countability = { readonly sinceMs: number } | { readonly reason: NotCountableReason };

/**
 * Whether an accepted firm counts for its city's target. Acceptance alone does not make it count: contract and go-live lie inside the
 * plan's window, the industry is one of the plan's, a known rater without a part in the project found level 2 or above on site and its sheet
 * does not deny it (grade b), the
 * auditor's record says that contract, invoice and payment match (grade c), and the platform's data show that the system is in use
 * (grade a). What a firm states of itself proves none of these. It counts from the instant when the last of them had been stated.
 */
export function countability(
  { nominated, enrolment }: Participation,
  plan: TargetPlan,
  asOf: Date,
): Countability {
  const not = (reason: NotCountableReason) => ({ reason });
  const isStated = ({ timeMs }: Stated): boolean => timeMs <= asOf.getTime();
  const isInWindow = (day: string): boolean => day >= plan.windowFrom && day <= plan.windowTo;
  const { closed, contracted, live, used } = enrolment;
  if (nominated === undefined || nominated.city !== plan.city) return not('NOT_ON_LIST');
  if (plan.pilotIndustries?.includes(nominated.industry) === false) return not('INDUSTRY_NOT_PILOT');
  if (contracted === undefined || !isStated(contracted)) return not('CONTRACT_MISSING');
  if (!isInWindow(contracted.signedOn)) return not('CONTRACT_OUTSIDE_WINDOW');
  if (live === undefined || !isStated(live)) return not('NOT_LIVE');
  if (!isInWindow(live.liveOn)) return not('PROJECT_OUTSIDE_WINDOW');
  if (used === undefined || !isStated(used)) return not('USE_NOT_SUSTAINED');
  if (enrolment.readings?.findLast(isStated)?.isSuperficial) return not('USE_STOPPED');
  const known = (enrolment.ratings ?? []).filter(isStated);
  // A party's id in a source is in small letters.
  const parties = [contracted.provider, nominated.leader].map((party) => party.toLowerCase());
  const named = known.filter(({ raters = [] }) => raters.length > 0);
  const ratings = named.filter(
    ({ raters = [] }) => !raters.some((one) => parties.includes(one.toLowerCase())),
  );
  const [rating, audits] = [ratings.at(-1), (enrolment.audits ?? []).filter(isStated)];
  if (known.length === 0) return not('LEVEL_MISSING');
  if (rating === undefined) return not(named.length === 0 ? 'RATER_UNKNOWN' : 'RATER_NOT_INDEPENDENT');
  if (rating.level < COUNTABLE_LEVEL) return not('LEVEL_NOT_REACHED');
  if (audits.length === 0) return not('EVIDENCE_MISSING');
  if (audits.at(-1)?.outcome !== 'matched') return not('EVIDENCE_MISMATCHED');
  const needed = [
    closed,
    contracted,
    live,
    used,
    firstOfLastRun(ratings, ({ level }) => level >= COUNTABLE_LEVEL),
    firstOfLastRun(audits, ({ outcome }) => outcome === 'matched'),
  ];
  return { sinceMs: Math.max(...needed.map((stated) => stated?.timeMs ?? 0)) };
}

/** From when on it has held without a break: the first that is good after the last that is not. */
const firstOfLastRun = <Item>(items: readonly Item[], isGood: (item: Item) => boolean): Item | undefined =>
  items[items.findLastIndex((item) => !isGood(item)) + 1];

/** What a firm that counts was found to do so by. */
export const COUNTING_TYPES = [
  'onboarding.closed.v1',
  'onboarding.reopened.v1',
  'onboarding.contract-signed.v1',
  'onboarding.go-live-confirmed.v1',
  'onboarding.use-sustained.v1',
  'onboarding.level-assessed.v1',
  'onboarding.finance-audited.v1',
  'onboarding.outcome-measured.v1',
] as const;

export interface CountedFirm {
  readonly uscc: string;
  readonly sinceMs: number;
}
export interface NotCounted {
  readonly uscc: string;
  readonly reason: NotCountableReason;
}

/** Accepted firms by plan: those that count for it, in the order in which they came to, and the others with why not. */
export interface CountedByPlan {
  readonly done: ReadonlyMap<string, readonly CountedFirm[]>;
  readonly excluded: ReadonlyMap<string, readonly NotCounted[]>;
}

/**
 * The plan whose list a firm of the programme is judged by: its city's or, where that has none, the one whose code agrees with the city's
 * furthest (the same province before another), so that the firm stands on one list, with why it does not count.
 */
function nearestPlan(plans: readonly TargetPlan[], city: string): TargetPlan | undefined {
  const agreement = (plan: TargetPlan): number => {
    const differs = [...plan.city].findIndex((digit, place) => digit !== city.charAt(place));
    return differs < 0 ? plan.city.length : differs;
  };
  return plans.reduce<TargetPlan | undefined>(
    (nearest, plan) => (nearest === undefined || agreement(plan) > agreement(nearest) ? plan : nearest),
    undefined,
  );
}

/** As of the world's instant. A firm counts once, where it came to count first. */
export function countedByPlan(world: World): CountedByPlan {
  const plans = plansInForce(world);
  const done = new Map<string, CountedFirm[]>();
  const excluded = new Map<string, NotCounted[]>();
  const countable: (CountedFirm & { readonly plan: string })[] = [];
  const add = <T>(to: Map<string, T[]>, plan: string, one: T) =>
    void to.set(plan, [...(to.get(plan) ?? []), one]);
  for (const participation of world.participations) {
    const { uscc, programme, nominated, enrolment } = participation;
    const { closed } = enrolment;
    if (closed?.status !== 'ACCEPTED') continue;
    const ofProgramme = plans.filter((plan) => plan.programme === programme);
    const plan = nearestPlan(ofProgramme, nominated?.city ?? '');
    if (plan === undefined) continue;
    const counts = countability(participation, plan, world.asOf);
    if ('reason' in counts) add(excluded, plan._id, { uscc, reason: counts.reason });
    else countable.push({ uscc, sinceMs: counts.sinceMs, plan: plan._id });
  }
  const counted = new Set<string>();
  for (const { plan, ...firm } of countable.sort((a, b) => a.sinceMs - b.sinceMs)) {
    if (counted.has(firm.uscc)) add(excluded, plan, { uscc: firm.uscc, reason: 'COUNTED_ELSEWHERE' });
    else add(done, plan, firm);
    counted.add(firm.uscc);
  }
  return { done, excluded };
}

/** Targets against done for every city with a plan, as of the world's instant. */
export function cityProgress(world: World): CityProgress[] {
  const { done, excluded } = countedByPlan(world);
  const idOf = targetIds(world);
  return plansInForce(world).map((plan) => {
    const times = (done.get(plan._id) ?? []).map(({ sinceMs }) => sinceMs);
    const notCounted = excluded.get(plan._id) ?? [];
    const target = targetOf(plan);
    return {
      code: plan.city,
      name: plan.cityName,
      regionClass: plan.regionClass,
      programme: plan.programme,
      planVersion: plan.version,
      target: target.firms,
      targetBasis: target.basis,
      citation: target.citation,
      done: times.length,
      notCountable: countBy(notCounted),
      notCounted,
      share: target.firms ? times.length / target.firms : null,
      forecast: forecastOf(times, plan, world.asOf.getTime()),
      figureId: idOf(plan),
      confidence: target.confidence,
    };
  });
}

function countBy(firms: readonly NotCounted[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of firms) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
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
