import type { Displacement } from './chains.ts';
import type { Claim } from './claimSchema.ts';
import { aiInspection, approvalTime, gain, payback, withoutDigitalStaff } from './gainClaims.ts';
import {
  citiesWithin,
  connected,
  counted,
  failureCause,
  failureGroups,
  failurePhase,
  planTarget,
} from './outcomeClaims.ts';
import { type Finding, overall, type Reading, type Verdict } from './verdicts.ts';
import type { World } from './world.ts';

/** A claim with what the events say about it. */
export interface JudgedClaim {
  readonly id: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly who: string;
  readonly claimed: number;
  readonly unit: string;
  readonly tolerance: number;
  readonly measured: number | null;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly reasonZh: string;
  readonly figureId: string;
  readonly readings: readonly Reading[];
  readonly isAim: boolean;
  readonly source: string;
  readonly grade: string;
  /** Firms or regions it rests on. */
  readonly entities: readonly string[];
  readonly children: readonly string[];
  readonly displacement: readonly Displacement[];
}

export function judgeClaims(claims: readonly Claim[], world: World): JudgedClaim[] {
  return claims.map((claim) => judgeClaim(claim, world));
}

export function judgeClaim(claim: Claim, world: World): JudgedClaim {
  const finding = findingOf(claim, world);
  const { id, title, who, claimed, unit, tolerance, isAim, source, grade } = claim;
  return {
    id,
    title,
    who,
    claimed,
    unit,
    tolerance,
    measured: firstMeasured(finding.readings)?.measured ?? null,
    verdict: overall(finding.readings),
    reason: finding.reason.en,
    reasonZh: finding.reason.zh,
    figureId: `claim/${id}`,
    readings: finding.readings,
    isAim,
    source,
    grade,
    entities: finding.entities,
    children: finding.children,
    displacement: finding.displacement ?? [],
  };
}

/** The reading whose value stands for the claim. */
export const firstMeasured = (readings: readonly Reading[]): Reading | undefined =>
  readings.find(({ measured }) => measured !== null);

/** Why a claim has no measured figure: a null is never without its reason, also where the verdict is that the claim is wrong. */
export const whyNull = <Text>(measured: number | null, reason: Text): Text | null =>
  measured === null ? reason : null;

function findingOf(claim: Claim, world: World): Finding {
  const { measure } = claim;
  switch (measure.kind) {
    case 'plan-target':
      return planTarget(claim, measure, world);
    case 'cities-within':
      return citiesWithin(claim, measure, world);
    case 'failure-cause':
      return failureCause(claim, measure, world);
    case 'failure-phase':
      return failurePhase(claim, measure, world);
    case 'failure-groups':
      return failureGroups(claim, measure, world);
    case 'payback':
      return payback(claim, measure, world);
    case 'without-digital-staff':
      return withoutDigitalStaff(claim, world);
    case 'connected':
      return connected(claim, measure, world);
    case 'gain':
      return gain(claim, measure, world);
    case 'approval-time':
      return approvalTime(claim, measure, world);
    case 'ai-inspection':
      return aiInspection(claim, measure, world);
    case 'count':
      return counted(claim, measure, world);
    default: {
      const unknown: never = measure;
      return unknown;
    }
  }
}
