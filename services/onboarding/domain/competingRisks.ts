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

/**
 * Competing risks by the Aalen–Johansen estimator: the incidence of outcome k is Σ over event times t of S(t−) · d_k(t) / n(t), where S
 * is the Kaplan–Meier survival from all outcomes together. The complement of a Kaplan–Meier curve per outcome would overstate it.
 * Whoever is censored at t is still at risk at t.
 * Example: days 1 a, 2 b, 3 open, 4 a → a: 1/4 + 1/2·1/1 = 0.75, b: 3/4·1/3 = 0.25.
 * @param mainOutcome the outcome whose Kaplan–Meier median is wanted
 */
export function competingRisks(observations: readonly Observation[], mainOutcome: string): CompetingRisks {
  const times = [
    ...new Set(observations.filter(({ outcome }) => outcome !== null).map(({ days }) => days)),
  ].sort((a, b) => a - b);
  const incidence = new Map<string, number>();
  let survival = 1;
  let mainSurvival = 1;
  let medianDays: number | null = null;
  for (const time of times) {
    const atRisk = observations.filter(({ days }) => days >= time).length;
    const here = observations.filter(({ days, outcome }) => days === time && outcome !== null);
    for (const { outcome } of here)
      if (outcome !== null)
        incidence.set(outcome, Math.min(1, (incidence.get(outcome) ?? 0) + survival / atRisk));
    survival *= 1 - here.length / atRisk;
    mainSurvival *= 1 - here.filter(({ outcome }) => outcome === mainOutcome).length / atRisk;
    if (medianDays === null && mainSurvival <= 0.5) medianDays = time;
  }
  return { incidence, medianDays };
}
