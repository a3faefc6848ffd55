export { type LiveFilter, listLiveRuns, reconcileRuns } from './adapters/liveRuns.ts';
export { contactsOf, outboxOf, requeueFailed } from './adapters/outbox.ts';
export {
  countOnboardings,
  isOnboardingQuiet,
  longestByEnding,
  type OnboardingCounts,
} from './adapters/overview.ts';
export {
  type Experience,
  readExperience,
  readFunnel,
  readFunnelOf,
  readOnboardings,
  showOnboardings,
} from './adapters/readOnboardings.ts';
export { readProviders } from './adapters/readProviders.ts';
export { loadRemedies } from './adapters/remedyCatalogue.ts';
export type { OnboardingHorizon } from './adapters/standingEvents.ts';
export { listStuck, restartStuck } from './adapters/stuckRuns.ts';
export {
  endingReasonOf,
  FUNNEL_COUNTS,
  type FunnelCount,
  type FunnelSubject,
  hasFailed,
  isCounted,
  medianDaysOf,
  timeInStage,
} from './domain/funnel.ts';
export type { OnboardingDocument } from './readModel/document.ts';
export { activityOf, onboardingProjector, onboardingsOf } from './readModel/projector.ts';
