/** What the benchmark is held to; the figures themselves stand beside it. */
export interface OnboardingFigures {
  readonly ratioAccepted: number;
  readonly actionsPerOnboarding: number;
  readonly historyEventsPerOnboarding: number;
  readonly lost: number;
  readonly queryP95Ms: number;
  readonly queryAfterKillP95Ms: number;
}

/** An answer within so long counts as responsive: this is our own choice. */
const RESPONSIVE_MS = 1_000;

/** Every goal that was missed, in words; none where all were met. */
export function missedGoals(figures: OnboardingFigures): string[] {
  const atMost = (name: keyof OnboardingFigures, limit: number): string[] =>
    figures[name] <= limit ? [] : [`${name} is ${figures[name]}, at most ${limit} is aimed at`];
  return [
    ...atMost('lost', 0),
    ...atMost('actionsPerOnboarding', 60),
    ...atMost('historyEventsPerOnboarding', 400),
    ...(figures.ratioAccepted >= 0.8
      ? []
      : [`ratioAccepted is ${figures.ratioAccepted}, at least 0.8 is aimed at`]),
    ...atMost('queryP95Ms', RESPONSIVE_MS),
    ...atMost('queryAfterKillP95Ms', RESPONSIVE_MS),
  ];
}
