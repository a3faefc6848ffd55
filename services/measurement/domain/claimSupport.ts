import type { Claim } from './claimSchema.ts';
import { NOMINATION_TYPES } from './enrolment.ts';
import { inspectedMonths, staffCounts } from './gainClaims.ts';
import { controlMonths, groupGain } from './gains.ts';
import { kpiOf } from './kpis.ts';
import { worldOn } from './outcomeClaims.ts';
import { paybackBehind } from './payback.ts';
import { DESIGNATION_TYPES } from './records.ts';
import { changeBehind, monthsBehind, type Support } from './support.ts';
import { COUNTING_TYPES, countedByPlan, plansInForce } from './targets.ts';
import type { World } from './world.ts';

/** What says which ending of an onboarding is in force. */
const ENDINGS = ['onboarding.closed.v1', 'onboarding.reopened.v1'];

/** Events that a claim was judged by. @param entities those that the claim was found to rest on */
export function claimSupport({ measure }: Claim, entities: readonly string[], world: World): Support[] {
  switch (measure.kind) {
    case 'plan-target':
      return [{ types: ['target.plan-published.v1'], regions: entities }];
    case 'cities-within':
      return progressBehind(worldOn(world, measure.onDate));
    case 'failure-cause':
    case 'failure-phase':
    case 'failure-groups':
      return [{ types: ENDINGS, firms: entities }];
    case 'payback':
      return entities.flatMap((uscc) => paybackBehind(world, uscc));
    case 'without-digital-staff':
      return staffCounts(world).map(({ uscc, period }) =>
        monthsBehind({ kinds: ['headcount'] }, uscc, [period]),
      );
    case 'connected':
      return [
        { types: ['onboarding.data-connected.v1', 'onboarding.go-live-confirmed.v1'], firms: entities },
      ];
    case 'gain':
      return measure.kpis.flatMap((id) => gainBehind(world, id, entities));
    case 'approval-time':
      return [{ types: ['service-procurement.approval-decided.v1'], regions: [measure.regionPrefix] }];
    case 'ai-inspection':
      return entities.map((uscc) =>
        monthsBehind({ kinds: ['qualityAi', 'qualityManual'] }, uscc, inspectedMonths(world, uscc)),
      );
    case 'count':
      return measure.of === 'accepted' || measure.of === 'propelled'
        ? [{ types: [...ENDINGS, ...NOMINATION_TYPES], firms: entities }]
        : [{ types: DESIGNATION_TYPES, regions: [measure.regionPrefix] }];
    default: {
      const unknown: never = measure;
      return unknown;
    }
  }
}

/** The plans in force on a day, and what the firms that counted for them by then counted by. */
function progressBehind(then: World | null): Support[] {
  if (then === null) return [];
  const { done } = countedByPlan(then);
  const plans = plansInForce(then);
  return [
    { identities: plans.map(({ identity }) => identity) },
    ...plans.map(({ _id, programme }) => ({
      types: COUNTING_TYPES,
      firms: (done.get(_id) ?? []).map(({ uscc }) => uscc),
      programme,
      asOf: then.asOf,
    })),
  ];
}

/** The months compared of the firms, and those of the controls that their gain was set against. */
function gainBehind(world: World, kpiId: string, usccs: readonly string[]): Support[] {
  const kpi = kpiOf(kpiId);
  if (kpi === undefined) return [];
  const gain = groupGain(world, kpi, usccs);
  return [
    ...gain.windows.flatMap(({ uscc, ...windows }) =>
      changeBehind(kpi, uscc, windows, world.firstBaseline(uscc)?.frozen),
    ),
    ...[...controlMonths(world, kpi, gain)].map(([uscc, months]) => monthsBehind(kpi, uscc, months)),
  ];
}
