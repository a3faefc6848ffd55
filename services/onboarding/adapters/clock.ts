import type { Db } from 'mongodb';
import { streamClockOf } from '../../runtime/eventStore.ts';
import { hasReached } from '../../runtime/eventTail.ts';
import { readCursor } from '../../runtime/projector.ts';
import { onboardingProjector } from '../readModel/projector.ts';

/** Name of the router's cursor. */
export const ROUTER = 'onboarding-router';

/** The watermark, once router and read model have dealt with every event up to it; null before. */
export async function completeClock(db: Db): Promise<Date | null> {
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  if (clock === null) return null;
  const [routed, projected] = await Promise.all([
    readCursor(db, ROUTER),
    readCursor(db, onboardingProjector.name),
  ]);
  return hasReached(routed, clock.positions) && hasReached(projected, clock.positions) ? clock.at : null;
}
