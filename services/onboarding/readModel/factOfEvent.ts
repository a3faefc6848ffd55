import { isOnboardingType } from '../../../schemas/events/index.ts';
import { newestForm } from '../../../schemas/events/versions.ts';
import { workflowIdOf } from '../../../schemas/onboarding.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { type Fact, factOf } from '../../../workflows/onboarding/facts.ts';
import type { OnboardingKey } from './document.ts';

export interface OnboardingFact {
  readonly workflowId: string;
  readonly key: OnboardingKey;
  readonly fact: Fact;
}

/** Reads an accepted event as a fact about an onboarding; null where it is about something else. */
export function factOfEvent(event: StoredEvent): OnboardingFact | null {
  if (!isOnboardingType(event.type)) return null;
  const { type, data } = newestForm(event);
  const { supplierUscc, platform, programme } = data as unknown as OnboardingKey;
  return {
    workflowId: workflowIdOf({ supplierUscc, platform, programme }),
    key: { supplierUscc, platform, programme },
    fact: factOf({
      id: event._id,
      type,
      time: event.time.toISOString(),
      correlationId: event.correlationId,
      data,
    }),
  };
}
