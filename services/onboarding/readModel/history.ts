import type { EventType } from '../../../schemas/events/index.ts';
import type { FailureReason } from '../../../schemas/onboarding.ts';
import { type Fact, inOrder } from '../../../workflows/onboarding/facts.ts';
import { actorOf } from '../../../workflows/onboarding/view.ts';

export interface HistoryEntry {
  readonly at: string;
  readonly event: string;
  readonly id: string;
  readonly actor: string;
  readonly reason: FailureReason | null;
  readonly comment: string | null;
  /** The step that it is about, and the remedy that was taken, where there is one. */
  readonly step: string | null;
  readonly remedy: string | null;
  /** Whether a correction took it back: it stays on record and counts for nothing. */
  readonly isTakenBack: boolean;
}

/** What the system does at one business time, in the order in which it does it: what is taken last is given back first. */
const IN_TURN: readonly EventType[] = [
  'onboarding.registered.v1',
  'onboarding.identity-verified.v1',
  'onboarding.subsidy-reserved.v1',
  'onboarding.provider-reserved.v1',
  'onboarding.tenant-created.v1',
  'onboarding.credential-issued.v1',
  'onboarding.devices-registered.v1',
  'onboarding.data-connected.v1',
  'onboarding.use-sustained.v1',
  'onboarding.closed.v1',
  'onboarding.devices-removed.v1',
  'onboarding.credential-revoked.v1',
  'onboarding.tenant-disabled.v1',
  'onboarding.provider-released.v1',
  'onboarding.subsidy-released.v1',
];

/** Every fact as people read it: by time, and what has the same time in the order in which it came about. */
export function historyOf(facts: readonly Fact[], takenBack: ReadonlySet<string>): HistoryEntry[] {
  const turn = ({ type }: Fact): number => IN_TURN.indexOf(type);
  return inOrder(facts)
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : turn(a) - turn(b)))
    .map((fact) => ({
      at: fact.time,
      event: fact.type,
      id: fact.id,
      actor: actorOf(fact),
      reason: fact.data.failure ?? null,
      comment: fact.data.comment ?? null,
      step: fact.data.step ?? null,
      remedy: fact.data.remedy ?? null,
      isTakenBack: takenBack.has(fact.id),
    }));
}
