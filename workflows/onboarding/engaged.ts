import type { EventType } from '../../schemas/events/index.ts';
import { correctedBy, isCorrection } from './corrections.ts';
import { type Fact, inOrder, isOutcome } from './facts.ts';

/** The supplier's own word, or that of whoever may move an onboarding to another provider. */
const DECISIONS: ReadonlySet<EventType> = new Set<EventType>([
  'onboarding.contract-signed.v1',
  'onboarding.provider-reassigned.v1',
]);
const PLAN_FILED: EventType = 'onboarding.plan-filed.v1';
const STEP_FAILED: EventType = 'onboarding.step-failed.v1';
const STEP_RETURNED: EventType = 'onboarding.step-returned.v1';
const APPLIED: EventType = 'onboarding.supplier-applied.v1';
/** What tells who takes part; others name a provider beside what they are about. */
const TELLS_PARTS: ReadonlySet<EventType> = new Set<EventType>([
  ...DECISIONS,
  PLAN_FILED,
  STEP_FAILED,
  APPLIED,
]);

/** From when on a firm was the provider of an onboarding. */
interface Engagement {
  readonly at: string;
  readonly providerUscc: string;
}

/**
 * Who was engaged as provider, one after the other. An application on the supplier's behalf and the first plan engage while nothing says
 * otherwise, and so does the next plan after one that was given back; once a contract is signed or the provider reassigned, only that does.
 * @param facts in business order, without those that were taken back
 */
export function engagementsOf(facts: readonly Fact[]): Engagement[] {
  const engagements: Engagement[] = [];
  let by: 'nothing' | 'a plan' | 'a decision' = 'nothing';
  for (const { type, time, data } of facts) {
    // The step that a plan completes is called the same in every programme.
    if (by === 'a plan' && type === STEP_RETURNED && data.step === 'PLAN_FILED') by = 'nothing';
    const isDecision = DECISIONS.has(type);
    const isPlan = type === PLAN_FILED && by === 'nothing';
    const isApplication = type === APPLIED && engagements.length === 0;
    const { providerUscc } = data;
    if (providerUscc === undefined || !(isDecision || isPlan || isApplication)) continue;
    if (isDecision) by = 'a decision';
    else if (isPlan) by = 'a plan';
    if (providerUscc !== engagements.at(-1)?.providerUscc) engagements.push({ at: time, providerUscc });
  }
  return engagements;
}

/**
 * Plans and failures reported by a provider while another was engaged: they stay on record, and complete, fail and end nothing. While nobody is
 * engaged, whoever looks for a solution may say that none was found.
 * @param facts in business order, without those that were taken back
 */
export function strangersReports(facts: readonly Fact[]): readonly Fact[] {
  const reports = facts.filter(({ type }) => type === PLAN_FILED || type === STEP_FAILED);
  if (reports.length === 0) return [];
  const engagements = engagementsOf(facts);
  return reports.filter(({ time, data }) => {
    const engaged = engagedAt(engagements, time);
    return data.providerUscc !== undefined && engaged !== null && data.providerUscc !== engaged;
  });
}

/**
 * Each firm that took part as provider, with what it said or was said to engage it: those engaged, and those that reported a failure while nobody was.
 * @param facts in business order, without those that were taken back
 */
export function partsOf(facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  const strangers = new Set(strangersReports(facts));
  const parts = new Map<string, Fact[]>();
  for (const fact of facts) {
    const { providerUscc } = fact.data;
    if (providerUscc === undefined || !TELLS_PARTS.has(fact.type) || strangers.has(fact)) continue;
    parts.set(providerUscc, [...(parts.get(providerUscc) ?? []), fact]);
  }
  return parts;
}

/** Whether some provider is named that is not the one engaged, so that it matters whose word counts. */
export function hasStrangers(known: Iterable<Fact>): boolean {
  const all = inOrder(known);
  return [all.filter((fact) => !isCorrection(fact)), correctedBy(all, null).standing].some((facts) => {
    const engagements = engagementsOf(facts);
    return facts.some(
      ({ type, time, data }) =>
        !isOutcome({ type }) &&
        data.providerUscc !== undefined &&
        data.providerUscc !== engagedAt(engagements, time),
    );
  });
}

/** Who was engaged at an instant; null: nobody. */
export const engagedAt = (engagements: readonly Engagement[], instant: string): string | null =>
  engagements.findLast(({ at }) => at <= instant)?.providerUscc ?? null;
