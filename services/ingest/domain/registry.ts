import type { Correction } from '../../../schemas/corrections.ts';
import { type DelegationWord, holdsOn } from '../../../schemas/delegation.ts';
import type { Source } from '../../../schemas/sources.ts';
import { dateOf, startOfDate } from '../../../schemas/time.ts';

/** A chain leader and the sources that may speak for it. */
export interface Leader {
  readonly _id: string;
  readonly name: string;
  readonly sources: readonly string[];
  readonly registeredAt: Date;
}

/** Spans of days in which a buyer may state facts about a supplier; `until` is the first day outside. */
export interface RelationPeriod {
  readonly from: string;
  readonly until: string | null;
}

/** An accepted event that declares or ends a relation. */
export interface RelationStatement {
  /** Identity of the event. */
  readonly id: string;
  readonly kind: 'declared' | 'ended';
  readonly day: string;
}

export interface Relation {
  /** `<buyer>/<supplier>` */
  readonly _id: string;
  readonly buyerUscc: string;
  readonly supplierUscc: string;
  /** All that was stated of it, taken back or not, and the corrections that bear on that; by identity. */
  readonly statements: readonly RelationStatement[];
  readonly corrections: readonly Correction[];
  /** Days on which the relation was declared and ended by what stands, sorted, each once: the facts behind `periods`. */
  readonly declared: readonly string[];
  readonly ended: readonly string[];
  readonly periods: readonly RelationPeriod[];
}

export const relationId = (buyerUscc: string, supplierUscc: string): string => `${buyerUscc}/${supplierUscc}`;

/** The spans that declarations and endings leave, whatever order they arrived in. */
export function periodsOf(declared: readonly string[], ended: readonly string[]): RelationPeriod[] {
  const periods: RelationPeriod[] = [];
  for (const from of [...declared].sort()) {
    const last = periods.at(-1);
    if (last !== undefined && (last.until === null || from < last.until)) continue;
    periods.push({ from, until: [...ended].sort().find((day) => day > from) ?? null });
  }
  return periods;
}

/** What a supplier said of one provider's acting for it, in the order of business time. */
export interface Delegation {
  /** `delegation/<supplier>/<provider>` */
  readonly _id: string;
  readonly words: readonly (DelegationWord & { readonly timeMs: number; readonly identity: string })[];
}

export const delegationId = (supplierUscc: string, providerUscc: string): string =>
  `delegation/${supplierUscc}/${providerUscc}`;

/** What ingest must know to judge who may speak: small, held in memory, refreshed when it changes. */
export interface Registry {
  leader(uscc: string): Leader | undefined;
  relation(id: string): Relation | undefined;
  delegation(id: string): Delegation | undefined;
  /** Whether the registry of firms is known to hold this code with its wrong check digit. */
  isOverridden(uscc: string): boolean;
}

/** A registry that also knows where what was stated of a relation went, so that it can be taken back. */
export interface CorrectableRegistry extends Registry {
  /** The relation of which an event of this identity stated something, or corrected what did. */
  relationStating(identity: string): Relation | undefined;
}

export type Standing =
  | { readonly kind: 'known' }
  /** Nothing speaks against it yet, but the relation, leader or delegation named by `waitingFor` is not declared. */
  | { readonly kind: 'unknown'; readonly waitingFor: string }
  | { readonly kind: 'ended'; readonly endedOn: string }
  | { readonly kind: 'delegation-ended'; readonly endedOn: string }
  | { readonly kind: 'unregistered-source' };

/**
 * Whether a firm may speak about another at `time`. A firm speaks freely about itself; about others only inside a
 * declared relation; a chain leader only from its registered sources.
 */
export function standingOf(
  registry: Registry,
  source: Source,
  sourceText: string,
  about: string | null,
  time: Date,
): Standing {
  if (source.class !== 'chain' && source.class !== 'supplier') return { kind: 'known' };
  if (source.class === 'chain') {
    const leader = registry.leader(source.uscc);
    if (leader === undefined) return { kind: 'unknown', waitingFor: source.uscc };
    if (!leader.sources.includes(sourceText)) return { kind: 'unregistered-source' };
  }
  if (about === null || about === source.uscc) return { kind: 'known' };
  const id = relationId(source.uscc, about);
  const periods = registry.relation(id)?.periods ?? [];
  const covering = periods.find(
    (period) =>
      startOfDate(period.from) <= time && (period.until === null || time < startOfDate(period.until)),
  );
  if (covering !== undefined) return { kind: 'known' };
  const past = periods.filter((period) => period.until !== null && startOfDate(period.until) <= time).at(-1);
  return past?.until ? { kind: 'ended', endedOn: past.until } : { kind: 'unknown', waitingFor: id };
}

/**
 * Whether a provider may speak for a supplier at `time`, by what the supplier had said last until then: the rule by which the gateway lets
 * it act. Where nothing was said yet the word may still be on its way.
 */
export function standingOnBehalf(
  registry: Registry,
  { supplier, provider }: { readonly supplier: string; readonly provider: string },
  time: Date,
): Standing {
  const id = delegationId(supplier, provider);
  const said = registry.delegation(id)?.words.findLast(({ timeMs }) => timeMs <= time.getTime());
  if (said === undefined) return { kind: 'unknown', waitingFor: id };
  if (holdsOn(said, dateOf(time))) return { kind: 'known' };
  return { kind: 'delegation-ended', endedOn: said.validUntil ?? dateOf(new Date(said.timeMs)) };
}
