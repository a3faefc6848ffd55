import { type Correction, voidedIdentities } from '../../../schemas/corrections.ts';
import type { EventType } from '../../../schemas/events/index.ts';
import type { SourceClass } from '../../../schemas/sources.ts';
import type { JsonObject } from './decode.ts';
import {
  type Delegation,
  delegationId,
  type Leader,
  periodsOf,
  type Registry,
  type Relation,
  type RelationStatement,
  relationId,
} from './registry.ts';

/** Changes to the registry that are not yet visible to others. */
export interface RegistryOverlay {
  readonly leaders: Map<string, Leader>;
  readonly relations: Map<string, Relation>;
}

/** What registry projection needs of an event. */
export interface RegistryEvent {
  readonly identity: string;
  readonly type: EventType;
  readonly time: Date;
  readonly data: JsonObject;
}

export const REGISTRY_TYPES: readonly EventType[] = [
  'leader.registered.v1',
  'relation.declared.v1',
  'relation.ended.v1',
  'delegation.granted.v1',
  'delegation.withdrawn.v1',
];
export const DELEGATION_TYPES: readonly EventType[] = ['delegation.granted.v1', 'delegation.withdrawn.v1'];

/** Who may state relations, and so take them back. */
const RELATION_SOURCES: readonly SourceClass[] = ['chain', 'supplier'];
export const RELATION_TYPES: readonly string[] = ['relation.declared.v1', 'relation.ended.v1'];

/** Whether an event may take back what was stated of a relation. */
export const mayCorrectRelation = (type: string, source: SourceClass): boolean =>
  type === 'correction.declared.v1' && RELATION_SOURCES.includes(source);

/** Identities of what was stated of a relation, and of the corrections that bear on that. */
export const statedIn = ({ statements, corrections }: Relation): string[] => [
  ...statements.map(({ id }) => id),
  ...corrections.map(({ _id }) => _id),
];

/** What of the registry is put together from statements as they come. */
export type Stated = Pick<Registry, 'leader' | 'relation'>;

/** Takes an event into the registry. The result does not depend on the order of the events. */
export function applyToRegistry(overlay: RegistryOverlay, registry: Stated, event: RegistryEvent): void {
  const { data } = event;
  switch (event.type) {
    case 'leader.registered.v1': {
      const uscc = String(data.leaderUscc);
      overlay.leaders.set(uscc, mergeLeader(registry.leader(uscc), event));
      break;
    }
    case 'relation.declared.v1':
    case 'relation.ended.v1': {
      const id = relationId(String(data.buyerUscc), String(data.supplierUscc));
      overlay.relations.set(id, mergeRelation(registry.relation(id), event));
      break;
    }
    default:
      break;
  }
}

/** Sources add up; the name is the one stated last, and among equal times the greater one. */
function mergeLeader(before: Leader | undefined, event: RegistryEvent): Leader {
  const name = String(event.data.name);
  const sources = sortedSet([...(before?.sources ?? []), ...(event.data.sources as string[])]);
  const isNewer =
    before === undefined ||
    event.time > before.registeredAt ||
    (event.time.getTime() === before.registeredAt.getTime() && name > before.name);
  return {
    _id: String(event.data.leaderUscc),
    name: isNewer ? name : before.name,
    sources,
    registeredAt: isNewer ? event.time : before.registeredAt,
  };
}

function mergeRelation(before: Relation | undefined, { identity, type, data }: RegistryEvent): Relation {
  const isDeclared = type === 'relation.declared.v1';
  const statement: RelationStatement = {
    id: identity,
    kind: isDeclared ? 'declared' : 'ended',
    day: String(isDeclared ? data.validFrom : data.endedOn),
  };
  return relationOf(
    String(data.buyerUscc),
    String(data.supplierUscc),
    byId([...(before?.statements ?? []), statement], ({ id }) => id),
    before?.corrections ?? [],
  );
}

/** The relation with corrections that bear on what was stated of it; those it has already change nothing. */
export function correctRelation(before: Relation, corrections: readonly Correction[]): Relation {
  const all = byId([...before.corrections, ...corrections], ({ _id }) => _id);
  return relationOf(before.buyerUscc, before.supplierUscc, before.statements, all);
}

/** What stands of a relation: a statement that was taken back is as if it had never been made. */
function relationOf(
  buyerUscc: string,
  supplierUscc: string,
  statements: readonly RelationStatement[],
  corrections: readonly Correction[],
): Relation {
  const takenBack = voidedIdentities(corrections);
  const daysOf = (wanted: RelationStatement['kind']): string[] =>
    sortedSet(
      statements.flatMap(({ id, kind, day }) => (kind === wanted && !takenBack.has(id) ? [day] : [])),
    );
  const [declared, ended] = [daysOf('declared'), daysOf('ended')];
  return {
    _id: relationId(buyerUscc, supplierUscc),
    buyerUscc,
    supplierUscc,
    statements,
    corrections,
    declared,
    ended,
    periods: periodsOf(declared, ended),
  };
}

/** What suppliers said of providers' acting for them, whatever the order of the events. */
export function delegationsOf(events: readonly RegistryEvent[]): Delegation[] {
  const byId = new Map<string, Delegation['words'][number][]>();
  for (const { identity, type, time, data } of events) {
    const id = delegationId(String(data.supplierUscc), String(data.providerUscc));
    const until = typeof data.validUntil === 'string' ? { validUntil: data.validUntil } : {};
    const word = { granted: type === 'delegation.granted.v1', timeMs: time.getTime(), identity, ...until };
    byId.set(id, [...(byId.get(id) ?? []), word]);
  }
  return [...byId].map(([_id, words]) => ({
    _id,
    words: words.sort((a, b) => a.timeMs - b.timeMs || (a.identity < b.identity ? -1 : 1)),
  }));
}

/** Each once, in the order of their identities. */
function byId<Item>(items: readonly Item[], idOf: (item: Item) => string): Item[] {
  const unique = new Map(items.map((item) => [idOf(item), item]));
  return [...unique.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

const sortedSet = (values: readonly string[]): string[] => [...new Set(values)].sort();
