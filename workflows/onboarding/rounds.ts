import type { EventType } from '../../schemas/events/index.ts';
import { endingsOf } from '../../schemas/rounds.ts';
import { type Fact, isOutcome } from './facts.ts';

/** What closings and reopenings make of the facts. */
export interface Rounds {
  /** The closing in force; null while the onboarding is open. */
  readonly closing: Fact | null;
  /** When it was last reopened; endings up to then are void. */
  readonly reopenedAt: string | null;
  /** 1, and one more for each reopening. */
  readonly round: number;
  /** The facts without those that a reopening made void. */
  readonly standing: readonly Fact[];
}

/** Undone when an onboarding ends otherwise than accepted, so that a reopening begins them anew. */
const UNDONE_BY_CLOSING: ReadonlySet<EventType> = new Set<EventType>([
  'onboarding.subsidy-reserved.v1',
  'onboarding.provider-reserved.v1',
  'onboarding.tenant-created.v1',
  'onboarding.credential-issued.v1',
  'onboarding.devices-registered.v1',
  'onboarding.platform-given-up.v1',
  'onboarding.platform-refused.v1',
  'onboarding.data-connected.v1',
  'onboarding.use-sustained.v1',
]);

/**
 * A closing stands until a reopening names it; the earliest that stands is in force.
 * @param facts in business order
 */
export function roundsOf(facts: readonly Fact[]): Rounds {
  const closings = new Map(facts.filter(isClosing).map((fact) => [fact.id, fact]));
  if (closings.size === 0) return { closing: null, reopenedAt: null, round: 1, standing: facts };
  const reopenings = facts.filter(({ type, data }) => type === REOPENED && closings.has(data.closing ?? ''));
  const { inForce, undone } = endingsOf(
    closings,
    reopenings.map(({ data }) => data.closing ?? ''),
  );
  const closedAt = undone.at(-1)?.time ?? '';
  const undoneAt = undone.findLast(({ data }) => data.status !== 'ACCEPTED')?.time ?? '';
  const isVoid = ({ type, time }: Fact): boolean =>
    (type === 'onboarding.acceptance-decided.v1' && time <= closedAt) ||
    (UNDONE_BY_CLOSING.has(type) && time <= undoneAt);
  return {
    closing: inForce ?? null,
    reopenedAt: reopenings.at(-1)?.time ?? null,
    round: new Set(undone).size + 1,
    standing: reopenings.length === 0 ? facts : facts.filter((fact) => !isVoid(fact)),
  };
}

const REOPENED: EventType = 'onboarding.reopened.v1';
const isClosing = ({ type }: Fact): boolean => type === 'onboarding.closed.v1';

/**
 * Facts that a closing did not know although they lie before its reopening, if there ever was one. A reopening lets them count, but that
 * they came too late stays on record.
 * @param facts in business order
 */
export function lateFacts(facts: readonly Fact[]): Fact[] {
  const late = new Set<Fact>();
  for (const closing of facts) {
    if (!isClosing(closing)) continue;
    const basis = new Set(closing.data.basis);
    const until = facts.find((fact) => fact.data.closing === closing.id)?.time;
    for (const fact of facts) {
      const isJudged = basis.has(fact.id) || isOutcome(fact) || fact.type === REOPENED;
      if (!isJudged && (until === undefined || fact.time <= until)) late.add(fact);
    }
  }
  return facts.filter((fact) => late.has(fact));
}
