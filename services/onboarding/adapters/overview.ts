import type { Db } from 'mongodb';
import {
  type OnboardingStatus,
  TERMINAL_STATUSES,
  type TerminalStatus,
} from '../../../schemas/onboarding.ts';
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

/** Of each ending the supplier whose onboarding has the longest history, there being most to see; without endings that nobody came to. */
export async function longestByEnding(db: Db): Promise<ReadonlyMap<TerminalStatus, string>> {
  const groups = await onboardingsOf(db)
    .aggregate<{ _id: TerminalStatus; supplierUscc: string }>([
      { $match: { status: { $in: TERMINAL_STATUSES } } },
      { $project: { status: 1, supplierUscc: 1, length: { $size: '$history' } } },
      { $sort: { length: -1, _id: 1 } },
      { $group: { _id: '$status', supplierUscc: { $first: '$supplierUscc' } } },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  return new Map(groups.map(({ _id, supplierUscc }) => [_id, supplierUscc]));
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
