import type { EventType } from '../../../schemas/events/index.ts';
import type { JsonObject } from './decode.ts';
import { type Leader, periodsOf, type Registry, type Relation, relationId } from './registry.ts';

/** Changes to the registry that are not yet visible to others. */
export interface RegistryOverlay {
  readonly leaders: Map<string, Leader>;
  readonly relations: Map<string, Relation>;
}

/** What registry projection needs of an event. */
export interface RegistryEvent {
  readonly type: EventType;
  readonly time: Date;
  readonly data: JsonObject;
}

export const REGISTRY_TYPES: readonly EventType[] = [
  'leader.registered.v1',
  'relation.declared.v1',
  'relation.ended.v1',
];

/** Takes an event into the registry. The result does not depend on the order of the events. */
export function applyToRegistry(overlay: RegistryOverlay, registry: Registry, event: RegistryEvent): void {
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

function mergeRelation(before: Relation | undefined, event: RegistryEvent): Relation {
  const buyerUscc = String(event.data.buyerUscc);
  const supplierUscc = String(event.data.supplierUscc);
  const isDeclared = event.type === 'relation.declared.v1';
  const declared = sortedSet([
    ...(before?.declared ?? []),
    ...(isDeclared ? [String(event.data.validFrom)] : []),
  ]);
  const ended = sortedSet([...(before?.ended ?? []), ...(isDeclared ? [] : [String(event.data.endedOn)])]);
  return {
    _id: relationId(buyerUscc, supplierUscc),
    buyerUscc,
    supplierUscc,
    declared,
    ended,
    periods: periodsOf(declared, ended),
  };
}

const sortedSet = (values: readonly string[]): string[] => [...new Set(values)].sort();
