/** How long something was watched, and how that ended; `outcome` null: it was still open when watching ended (censored). */
export interface Observation {
  readonly days: number;
  readonly outcome: string | null;
}

export interface CompetingRisks {
  /** Outcome → cumulative incidence at the end of watching, between 0 and 1; together with what stays open they sum to 1. */
  readonly incidence: ReadonlyMap<string, number>;
  /** Days after which half have had `mainOutcome`, all other outcomes taken as censoring; null where half never had it. */
  readonly medianDays: number | null;
}

/** A product of survivals that is one half by its fractions may miss it by rounding: 3/4 · 2/3 with many factors. */
const ROUNDING = 1e-9;

/**
 * Competing risks by the Aalen–Johansen estimator: the incidence of outcome k is Σ over event times t of S(t−) · d_k(t) / n(t), where S
 * is the Kaplan–Meier survival from all outcomes together. The complement of a Kaplan–Meier curve per outcome would overstate it.
 * Whoever is censored at t is still at risk at t.
 * Example: days 1 a, 2 b, 3 open, 4 a → a: 1/4 + 1/2·1/1 = 0.75, b: 3/4·1/3 = 0.25.
 * @param mainOutcome the outcome whose Kaplan–Meier median is wanted
 */
export function competingRisks(observations: readonly Observation[], mainOutcome: string): CompetingRisks {
  const sorted = [...observations].sort((a, b) => a.days - b.days);
  const incidence = new Map<string, number>();
  let survival = 1;
  let mainSurvival = 1;
  let medianDays: number | null = null;
  for (let first = 0; first < sorted.length; ) {
    const { days } = sorted[first] as Observation;
    const atRisk = sorted.length - first;
    const ended = new Map<string, number>();
    for (; sorted[first]?.days === days; first++) {
      const outcome = sorted[first]?.outcome ?? null;
      if (outcome !== null) ended.set(outcome, (ended.get(outcome) ?? 0) + 1);
    }
    let all = 0;
    for (const [outcome, count] of ended) {
      incidence.set(outcome, Math.min(1, (incidence.get(outcome) ?? 0) + (survival * count) / atRisk));
      all += count;
    }
    survival *= 1 - all / atRisk;
    mainSurvival *= 1 - (ended.get(mainOutcome) ?? 0) / atRisk;
    if (medianDays === null && mainSurvival <= 0.5 + ROUNDING) medianDays = days;
  }
  return { incidence, medianDays };
}

/** How many were still being watched, and without an outcome, just before so many days: the numbers at risk below a curve. */
export const numbersAtRisk = (
  observations: readonly Observation[],
  afterDays: readonly number[],
): { days: number; atRisk: number }[] =>
  afterDays.map((days) => ({ days, atRisk: observations.filter((one) => one.days >= days).length }));
