import { phaseOf, type Stage } from '../../../schemas/onboarding.ts';
import { DAY_MS, startOfDate } from '../../../schemas/time.ts';
import { GROUPS_ZH, PHASES_ZH, REGIONS_ZH, STATUSES_ZH } from '../../../schemas/wording.ts';
import type { Claim, Measure } from './claimSchema.ts';
import type { TargetPlan } from './records.ts';
import { cityProgress, plansInForce, targetIds } from './targets.ts';
import { type Finding, type Grounds, notTestable, reading, share } from './verdicts.ts';
import { type Participation, World } from './world.ts';

/** Claims about plans, progress and how onboardings ended. */

type Of<Kind extends Measure['kind']> = Extract<Measure, { kind: Kind }>;

/**
 * Defaults of the programme are taken from the first version of each plan that states a target; a city's own later version
 * overrides it. A plan without one says nothing about them.
 */
export function planTarget(claim: Claim, measure: Of<'plan-target'>, world: World): Finding {
  const plans = [...world.models.target_plans.values()].filter(
    (plan): plan is TargetPlan & { targetFirms: number } =>
      plan.targetFirms !== null &&
      plan.regionClass === measure.regionClass &&
      plan.version === 1 &&
      plan.timeMs <= world.asOf.getTime(),
  );
  if (plans.length === 0)
    return notTestable(claim, {
      en: `no city of class ${measure.regionClass} has published a plan with a target`,
      zh: `没有${REGIONS_ZH[measure.regionClass] ?? measure.regionClass}城市发布含目标的计划`,
    });
  const scales = [...new Set(plans.map((plan) => plan.scaleDenominator))].sort((a, b) => a - b);
  const targets = plans.map((plan) => plan.targetFirms * plan.scaleDenominator).sort((a, b) => a - b);
  const median = targets[Math.floor((targets.length - 1) / 2)] ?? 0;
  const revised = plansInForce(world).filter(
    (plan) => plan.regionClass === measure.regionClass && plan.version > 1,
  ).length;
  const isScaled = scales.some((scale) => scale > 1);
  const scaled = isScaled ? `, the plans’ declared scale of 1:${scales.at(-1)} undone` : '';
  const scaledZh = isScaled ? `（已还原计划声明的 1:${scales.at(-1)} 比例）` : '';
  return {
    readings: [reading(claim, `median of ${plans.length} plans${scaled}`, median)],
    reason: {
      en: `${plans.length} cities published first plans of ${targets[0]} to ${targets.at(-1)} firms${scaled}; ${revised} revised theirs later`,
      zh: `${plans.length} 个城市首次发布的计划为 ${targets[0]} 至 ${targets.at(-1)} 家${scaledZh}；其中 ${revised} 个后来修订`,
    },
    entities: plans.map((plan) => plan.city).sort(),
    children: plans.map(targetIds(world)).sort(),
  };
}

/** The world at the end of a day; null where the events do not reach it yet. */
export function worldOn(world: World, date: string): World | null {
  const end = new Date(startOfDate(date).getTime() + DAY_MS - 1);
  return world.asOf < end ? null : new World(world.models, end, world.years);
}

export function citiesWithin(claim: Claim, measure: Of<'cities-within'>, world: World): Finding {
  const then = worldOn(world, measure.onDate);
  if (then === null)
    return notTestable(claim, {
      en: `the events do not reach ${measure.onDate} yet`,
      zh: `事件还没有到 ${measure.onDate}`,
    });
  const cities = cityProgress(then);
  if (cities.length === 0)
    return notTestable(claim, {
      en: `no city had published a plan by ${measure.onDate}`,
      zh: `到 ${measure.onDate} 还没有城市发布计划`,
    });
  const inside = cities.filter(
    (city) => city.share !== null && city.share >= measure.from && city.share < measure.below,
  );
  const listed = inside.map((city) => `${city.name} ${city.done}/${city.target}`);
  const [list, listZh] = [listed.join(', '), listed.join('、')];
  return {
    readings: [reading(claim, claim.title.en, inside.length)],
    reason: {
      en: `${inside.length} of ${cities.length} cities on ${measure.onDate}${list ? `: ${list}` : ''}. The date is asserted by the report, not certain`,
      zh: `${measure.onDate} 时 ${cities.length} 个城市中的 ${inside.length} 个${listZh ? `：${listZh}` : ''}。日期出自报道，未经核实`,
    },
    entities: inside.map((city) => city.code),
    children: inside.map((city) => city.figureId),
  };
}

const ended = (world: World, statuses: readonly string[]): Participation[] =>
  world.participations.filter(
    ({ enrolment: { closed } }) => closed !== undefined && statuses.includes(closed.status),
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
function whyUnshared(failures: readonly Participation[]): Grounds | null {
  const known = failures.filter(isReasonKnown).length;
  if (failures.length < LEAST_FAILURES)
    return { en: `too few, ${failures.length}`, zh: `过少，仅 ${failures.length} 个` };
  if (known < LEAST_FAILURES || failures.length - known > MOST_UNKNOWN * failures.length)
    return {
      en: `the reason is known of ${known} of ${failures.length} only`,
      zh: `${failures.length} 个中只有 ${known} 个知道原因`,
    };
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
    const meant = counted.filter(isMeant).length;
    const value = why === null ? { numerator: meant, denominator: counted.length } : null;
    const found = why ?? {
      en: `${share(meant / counted.length)} of ${counted.length}`,
      zh: `${counted.length} 个中的 ${share(meant / counted.length)}`,
    };
    return {
      reading: reading(claim, name.en, value),
      en: `${name.en} ${found.en}`,
      zh: `${name.zh} ${found.zh}`,
    };
  });
  const statusesZh = measure.statuses.map((status) => STATUSES_ZH[status]).join('、');
  return {
    readings: readings.map((one) => one.reading),
    reason: {
      en: `shares of failures (${measure.statuses.join(', ')}): ${readings.map(({ en }) => en).join('; ')}. The text does not say which failures it means`,
      zh: `占失败项目（${statusesZh}）的比例：${readings.map(({ zh }) => zh).join('；')}。原文没有说明指哪些失败`,
    },
    entities: failures.map(({ uscc }) => uscc),
    children: [],
  };
}

export function failurePhase(claim: Claim, measure: Of<'failure-phase'>, world: World): Finding {
  const failures = ended(world, measure.statuses);
  if (failures.length < LEAST_FAILURES)
    return notTestable(claim, {
      en: `only ${failures.length} onboardings ended without acceptance`,
      zh: `只有 ${failures.length} 个项目未经验收而结束`,
    });
  const inside = failures.filter((failure) => measure.phases.includes(phaseOfFailure(failure))).length;
  const closed = world.participations.filter(({ enrolment }) => enrolment.closed !== undefined).length;
  return {
    readings: [reading(claim, 'P(phase | failed)', { numerator: inside, denominator: failures.length })],
    reason: {
      en: `${inside} of ${failures.length} failures lie in the ${measure.phases.join(' and ')} stages: a share of failures by stage. It is not the risk of failing there, which was ${share(inside / closed)} of the ${closed} onboardings that ended`,
      zh: `${failures.length} 个失败中有 ${inside} 个在${measure.phases.map((phase) => PHASES_ZH[phase]).join('和')}阶段：这是失败在各阶段的分布，不是在该阶段失败的风险，后者占已结束的 ${closed} 个项目的 ${share(inside / closed)}`,
    },
    entities: failures.map(({ uscc }) => uscc),
    children: [],
  };
}

export function failureGroups(claim: Claim, measure: Of<'failure-groups'>, world: World): Finding {
  const failures = ended(world, measure.statuses);
  const why = whyUnshared(failures);
  if (why !== null)
    return notTestable(claim, {
      en: `of onboardings that ended without acceptance: ${why.en}`,
      zh: `未经验收而结束的项目：${why.zh}`,
    });
  const shares = measure.groups.map((group) => ({
    group,
    share: failures.filter(({ enrolment }) => enrolment.closed?.group === group).length / failures.length,
  }));
  const found = shares.filter((one) => one.share >= measure.leastShare);
  return {
    readings: [reading(claim, claim.title.en, found.length)],
    reason: {
      en: `share of ${failures.length} failures: ${shares.map((one) => `${one.group} ${share(one.share)}`).join(', ')}; an issue counts from ${share(measure.leastShare)}`,
      zh: `占 ${failures.length} 个失败的比例：${shares.map((one) => `${GROUPS_ZH[one.group]} ${share(one.share)}`).join('、')}；达到 ${share(measure.leastShare)} 才算一类问题`,
    },
    entities: failures.map(({ uscc }) => uscc),
    children: [],
  };
}

export function connected(claim: Claim, measure: Of<'connected'>, world: World): Finding {
  const chain = world.select(measure.entities);
  if (chain.length === 0)
    return notTestable(claim, { en: 'no such supplier was nominated', zh: '没有提名过这样的供应商' });
  const reached = [
    ...new Set(
      chain.filter(({ enrolment }) => enrolment.connected ?? enrolment.live).map(({ uscc }) => uscc),
    ),
  ];
  const named = new Set(chain.map(({ uscc }) => uscc)).size;
  if (named < claim.claimed - claim.tolerance)
    return notTestable(
      claim,
      {
        en: `the events cover ${named} suppliers that the leader nominated, of the ${claim.claimed} claimed; data of ${reached.length} of them reached a platform`,
        zh: `声明的 ${claim.claimed} 家供应商中，事件只涉及链主提名的 ${named} 家；其中 ${reached.length} 家的数据已到达平台`,
      },
      reached.length,
    );
  return {
    readings: [reading(claim, claim.title.en, reached.length)],
    reason: {
      en: `data of ${reached.length} suppliers reached a platform, out of ${named} that the leader nominated`,
      zh: `链主提名的 ${named} 家供应商中，${reached.length} 家的数据已到达平台`,
    },
    entities: reached.sort(),
    children: [],
  };
}

const COUNT_NOUN = {
  accepted: { en: 'pilot firms accepted', zh: '家通过验收的试点企业' },
  propelled: { en: 'enterprises seen to take part or to copy', zh: '家参与或复制推广的企业' },
  workshop: { en: 'smart workshops designated', zh: '个认定的智能车间' },
  lighthouse: { en: 'Lighthouse Factories designated', zh: '座认定的灯塔工厂' },
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
  const statementZh =
    stated.length === 0 ? '' : `；主管部门另报有 ${stated.length} 个总数，那是陈述，不是证据`;
  const noun = COUNT_NOUN[measure.of];
  if (count < claim.claimed - claim.tolerance)
    return notTestable(
      claim,
      {
        en: `the events cover ${count} ${noun.en}, ${share(count / claim.claimed)} of the ${claim.claimed} claimed; nothing is scaled up${statement}`,
        zh: `事件只涉及 ${count} ${noun.zh}，占声明的 ${claim.claimed} 的 ${share(count / claim.claimed)}；不作放大推算${statementZh}`,
      },
      count,
    );
  return {
    readings: [reading(claim, claim.title.en, count)],
    reason: { en: `${count} ${noun.en}${statement}`, zh: `${count} ${noun.zh}${statementZh}` },
    entities: [...firms].sort(),
    children: [],
  };
}
