import { phaseOf, type Stage } from '../../../schemas/onboarding.ts';
import { DAY_MS, startOfDate } from '../../../schemas/time.ts';
import type { Claim, Measure } from './claimSchema.ts';
import { cityProgress, plansInForce } from './targets.ts';
import { type Finding, notTestable, reading, share } from './verdicts.ts';
import { type Participation, World } from './world.ts';

/** Claims about plans, progress and how onboardings ended. */

type Of<Kind extends Measure['kind']> = Extract<Measure, { kind: Kind }>;

/** Defaults of the programme are taken from the first version of each plan; a city's own later version overrides it. */
export function planTarget(claim: Claim, measure: Of<'plan-target'>, world: World): Finding {
  const plans = [...world.models.target_plans.values()].filter(
    (plan) =>
      plan.regionClass === measure.regionClass && plan.version === 1 && plan.timeMs <= world.asOf.getTime(),
  );
  if (plans.length === 0)
    return notTestable(claim, `no city of class ${measure.regionClass} has published a plan`);
  const scales = [...new Set(plans.map((plan) => plan.scaleDenominator))].sort((a, b) => a - b);
  const targets = plans.map((plan) => plan.targetFirms * plan.scaleDenominator).sort((a, b) => a - b);
  const median = targets[Math.floor((targets.length - 1) / 2)] ?? 0;
  const revised = plansInForce(world).filter(
    (plan) => plan.regionClass === measure.regionClass && plan.version > 1,
  ).length;
  const scaled = scales.some((scale) => scale > 1)
    ? `, the plans’ declared scale of 1:${scales.at(-1)} undone`
    : '';
  return {
    readings: [reading(claim, `median of ${plans.length} plans${scaled}`, median)],
    reason: `${plans.length} cities published first plans of ${targets[0]} to ${targets.at(-1)} firms${scaled}; ${revised} revised theirs later`,
    entities: plans.map((plan) => plan.city).sort(),
    children: plans.map((plan) => `target/${plan.city}`).sort(),
  };
}

export function citiesWithin(claim: Claim, measure: Of<'cities-within'>, world: World): Finding {
  const end = new Date(startOfDate(measure.onDate).getTime() + DAY_MS - 1);
  if (world.asOf < end) return notTestable(claim, `the events do not reach ${measure.onDate} yet`);
  const then = new World(world.models, end);
  const cities = cityProgress(then);
  if (cities.length === 0) return notTestable(claim, `no city had published a plan by ${measure.onDate}`);
  const inside = cities.filter(
    (city) => city.share !== null && city.share >= measure.from && city.share < measure.below,
  );
  const list = inside.map((city) => `${city.name} ${city.done}/${city.target}`).join(', ');
  return {
    readings: [reading(claim, claim.title.en, inside.length)],
    reason: `${inside.length} of ${cities.length} cities on ${measure.onDate}${list ? `: ${list}` : ''}. The date is asserted by the report, not certain`,
    entities: inside.map((city) => city.code),
    children: inside.map((city) => city.figureId),
  };
}

const ended = (world: World, statuses: readonly string[]): Participation[] =>
  world.participations.filter(
    ({ enrolment }) =>
      enrolment.closed !== undefined &&
      enrolment.closed.timeMs <= world.asOf.getTime() &&
      statuses.includes(enrolment.closed.status),
  );
const phaseOfFailure = ({ enrolment }: Participation) =>
  phaseOf((enrolment.closed?.stage ?? 'NOMINATED') as Stage);

/** Fewer failures than this say nothing about shares. */
const LEAST_FAILURES = 10;

/** A larger share of failures without a known reason leaves it open what the reasons are: as for missing baselines. */
const MOST_UNKNOWN = 0.2;

/** That the window closed says when an onboarding ended, not why. */
const isReasonKnown = ({ enrolment }: Participation): boolean => {
  const { group = null, cause = null } = enrolment.closed ?? {};
  return group !== null && !(group === 'PROGRAMME' && cause === 'WINDOW_CLOSED');
};

/** Why the reasons of these failures cannot be shared out; null where they can. */
function whyUnshared(failures: readonly Participation[]): string | null {
  const known = failures.filter(isReasonKnown).length;
  if (failures.length < LEAST_FAILURES) return `too few, ${failures.length}`;
  if (known < LEAST_FAILURES || failures.length - known > MOST_UNKNOWN * failures.length)
    return `the reason is known of ${known} of ${failures.length} only`;
  return null;
}

export function failureCause(claim: Claim, measure: Of<'failure-cause'>, world: World): Finding {
  const failures = ended(world, measure.statuses);
  const isMeant = ({ enrolment }: Participation): boolean =>
    measure.causes.some(
      ({ group, cause }) =>
        enrolment.closed?.group === group && (cause === undefined || enrolment.closed.cause === cause),
    );
  const readings = measure.readings.map(({ name, phases }) => {
    const counted = failures.filter((failure) => phases.includes(phaseOfFailure(failure)));
    const why = whyUnshared(counted);
    const value = why === null ? counted.filter(isMeant).length / counted.length : null;
    const found = why ?? `${share(value ?? 0)} of ${counted.length}`;
    return { ...reading(claim, name.en, value), found };
  });
  return {
    readings,
    reason: `shares of failures (${measure.statuses.join(', ')}): ${readings.map(({ name, found }) => `${name} ${found}`).join('; ')}. The text does not say which failures it means`,
    entities: failures.map(({ uscc }) => uscc),
    children: [],
  };
}

export function failurePhase(claim: Claim, measure: Of<'failure-phase'>, world: World): Finding {
  const failures = ended(world, measure.statuses);
  if (failures.length < LEAST_FAILURES)
    return notTestable(claim, `only ${failures.length} onboardings ended without acceptance`);
  const inside = failures.filter((failure) => measure.phases.includes(phaseOfFailure(failure))).length;
  const closed = world.participations.filter(
    ({ enrolment }) => enrolment.closed !== undefined && enrolment.closed.timeMs <= world.asOf.getTime(),
  ).length;
  return {
    readings: [reading(claim, 'P(phase | failed)', inside / failures.length)],
    reason: `${inside} of ${failures.length} failures lie in the ${measure.phases.join(' and ')} stages: a share of failures by stage. It is not the risk of failing there, which was ${share(inside / closed)} of the ${closed} onboardings that ended`,
    entities: failures.map(({ uscc }) => uscc),
    children: [],
  };
}

export function failureGroups(claim: Claim, measure: Of<'failure-groups'>, world: World): Finding {
  const failures = ended(world, measure.statuses);
  const why = whyUnshared(failures);
  if (why !== null) return notTestable(claim, `of onboardings that ended without acceptance: ${why}`);
  const shares = measure.groups.map((group) => ({
    group,
    share: failures.filter(({ enrolment }) => enrolment.closed?.group === group).length / failures.length,
  }));
  const found = shares.filter((one) => one.share >= measure.leastShare);
  return {
    readings: [reading(claim, claim.title.en, found.length)],
    reason: `share of ${failures.length} failures: ${shares.map((one) => `${one.group} ${share(one.share)}`).join(', ')}; an issue counts from ${share(measure.leastShare)}`,
    entities: failures.map(({ uscc }) => uscc),
    children: [],
  };
}

export function connected(claim: Claim, measure: Of<'connected'>, world: World): Finding {
  const chain = world.select(measure.entities);
  if (chain.length === 0) return notTestable(claim, 'no such supplier was nominated');
  const reached = [
    ...new Set(
      chain.filter(({ enrolment }) => enrolment.connected ?? enrolment.live).map(({ uscc }) => uscc),
    ),
  ];
  const named = new Set(chain.map(({ uscc }) => uscc)).size;
  if (named < claim.claimed - claim.tolerance)
    return notTestable(
      claim,
      `the events cover ${named} suppliers that the leader nominated, of the ${claim.claimed} claimed; data of ${reached.length} of them reached a platform`,
      reached.length,
    );
  return {
    readings: [reading(claim, claim.title.en, reached.length)],
    reason: `data of ${reached.length} suppliers reached a platform, out of ${named} that the leader nominated`,
    entities: reached.sort(),
    children: [],
  };
}

const COUNT_NOUN = {
  accepted: 'pilot firms accepted',
  propelled: 'enterprises seen to take part or to copy',
  workshop: 'smart workshops designated',
  lighthouse: 'Lighthouse Factories designated',
} as const;

/** What is not in the events cannot be denied: a count below the claim is lack of coverage, never a contradiction. */
export function counted(claim: Claim, measure: Of<'count'>, world: World): Finding {
  const firms = new Set<string>();
  for (const { uscc, nominated, enrolment } of world.participations) {
    if (!nominated?.city.startsWith(measure.regionPrefix)) continue;
    if (measure.of === 'propelled' || (measure.of === 'accepted' && enrolment.closed?.status === 'ACCEPTED'))
      firms.add(uscc);
  }
  let count = firms.size;
  for (const designation of world.models.designations.values()) {
    if (!designation.region.startsWith(measure.regionPrefix)) continue;
    if (measure.of === designation.kind) count++;
    else if (measure.of === 'propelled' && designation.kind === 'copy' && !firms.has(designation.firm)) {
      firms.add(designation.firm);
      count++;
    }
  }
  const stated = [...world.models.city_totals.values()].filter((total) =>
    total.region.startsWith(measure.regionPrefix),
  );
  const statement =
    stated.length === 0
      ? ''
      : `; ${stated.length} totals are stated by bureaus, which are statements and no evidence`;
  const noun = COUNT_NOUN[measure.of];
  if (count < claim.claimed - claim.tolerance)
    return notTestable(
      claim,
      `the events cover ${count} ${noun}, ${share(count / claim.claimed)} of the ${claim.claimed} claimed; nothing is scaled up${statement}`,
      count,
    );
  return {
    readings: [reading(claim, claim.title.en, count)],
    reason: `${count} ${noun}${statement}`,
    entities: [...firms].sort(),
    children: [],
  };
}
