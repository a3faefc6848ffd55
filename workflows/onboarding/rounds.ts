import type { EventType } from '../../schemas/events/index.ts';
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
  const closings = facts.filter((fact) => fact.type === 'onboarding.closed.v1');
  if (closings.length === 0) return { closing: null, reopenedAt: null, round: 1, standing: facts };
  const byId = new Map(closings.map((closing) => [closing.id, closing]));
  const reopenings = facts.filter((fact) => closingNamedBy(fact, byId) !== undefined);
  const reopened = new Set(reopenings.map((fact) => fact.data.closing));
  const closing = closings.find((one) => !reopened.has(one.id)) ?? null;
  const reopenedAt = reopenings.at(-1)?.time ?? null;
  const named = reopenings.flatMap((fact) => closingNamedBy(fact, byId) ?? []);
  const closedAt = named.at(-1)?.time ?? '';
  const undoneAt = named.findLast(({ data }) => data.status !== 'ACCEPTED')?.time ?? '';
  const isVoid = ({ type, time }: Fact): boolean =>
    (type === 'onboarding.acceptance-decided.v1' && time <= closedAt) ||
    (UNDONE_BY_CLOSING.has(type) && time <= undoneAt);
  return {
    closing,
    reopenedAt,
    round: new Set(reopened).size + 1,
    standing: reopenings.length === 0 ? facts : facts.filter((fact) => !isVoid(fact)),
  };
}

const closingNamedBy = ({ type, data }: Fact, closings: ReadonlyMap<string, Fact>): Fact | undefined =>
  type === 'onboarding.reopened.v1' && data.closing !== undefined ? closings.get(data.closing) : undefined;

/**
 * Facts that a closing did not know although they lie before its reopening, if there ever was one. A reopening lets them count, but that
 * they came too late stays on record.
 * @param facts in business order
 */
export function lateFacts(facts: readonly Fact[]): Fact[] {
  const late = new Set<Fact>();
  for (const closing of facts) {
    if (closing.type !== 'onboarding.closed.v1') continue;
    const basis = new Set(closing.data.basis);
    const until = facts.find((fact) => fact.data.closing === closing.id)?.time;
    for (const fact of facts) {
      const isJudged = basis.has(fact.id) || isOutcome(fact) || fact.type === 'onboarding.reopened.v1';
      if (!isJudged && (until === undefined || fact.time <= until)) late.add(fact);
    }
  }
  return facts.filter((fact) => late.has(fact));
}
