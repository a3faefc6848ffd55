import type { Db } from 'mongodb';
import type { OnboardingStatus } from '../../../schemas/onboarding.ts';
import { partitionKeyOf, partitionsOf, streamClockOf } from '../../runtime/eventStore.ts';
import { hasReached } from '../../runtime/eventTail.ts';
import { readCursor } from '../../runtime/projector.ts';
import { onboardingProjector, onboardingsOf } from '../readModel/projector.ts';
import { ROUTER } from './clock.ts';
import { readOnboardings } from './readOnboardings.ts';
import type { OnboardingHorizon } from './standingEvents.ts';

export interface OnboardingCounts {
  readonly started: number;
  readonly accepted: number;
  readonly withdrawn: number;
  readonly declined: number;
  readonly failed: number;
  readonly expired: number;
  readonly active: number;
}

/** Onboardings by status, now or at an earlier moment; `started` is the sum of the others. */
export async function countOnboardings(db: Db, horizon: OnboardingHorizon = {}): Promise<OnboardingCounts> {
  const groups = await countByStatus(db, horizon);
  const of = (status: OnboardingStatus): number => groups.get(status) ?? 0;
  return {
    started: [...groups.values()].reduce((sum, count) => sum + count, 0),
    accepted: of('ACCEPTED'),
    withdrawn: of('WITHDRAWN'),
    declined: of('DECLINED'),
    failed: of('FAILED'),
    expired: of('EXPIRED'),
    active: of('ACTIVE'),
  };
}

async function countByStatus(db: Db, horizon: OnboardingHorizon): Promise<Map<OnboardingStatus, number>> {
  if (horizon.asOf === undefined && horizon.knownAt === undefined) {
    const groups = await onboardingsOf(db)
      .aggregate<{ _id: OnboardingStatus; count: number }>([
        { $group: { _id: '$status', count: { $sum: 1 } } },
      ])
      .toArray();
    return new Map(groups.map(({ _id, count }) => [_id, count]));
  }
  const counts = new Map<OnboardingStatus, number>();
  for (const { status } of await readOnboardings(db, horizon))
    counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

/** Whether every event has been read and routed and nothing is due by the watermark: nothing will move by itself. */
export async function isOnboardingQuiet(db: Db): Promise<boolean> {
  const heads = await partitionsOf(db)
    .find({}, { projection: { topic: 1, partition: 1, seq: 1 } })
    .toArray();
  const ends = Object.fromEntries(
    heads.map((head) => [partitionKeyOf(head.topic, head.partition), head.seq]),
  );
  const [projected, routed] = await Promise.all([
    readCursor(db, onboardingProjector.name),
    readCursor(db, ROUTER),
  ]);
  if (!hasReached(projected, ends) || !hasReached(routed, ends)) return false;
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  if (clock === null) return true;
  const due = await onboardingsOf(db).findOne({ nextDueAt: { $lte: clock.at } }, { projection: { _id: 1 } });
  return due === null;
}
