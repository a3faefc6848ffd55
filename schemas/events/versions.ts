import type { StoredEvent } from '../storedEvent.ts';
import type { EventData, EventDefinition } from './define.ts';
import { EVENT_TYPES, type EventType } from './index.ts';

/** What an event states, in the newest version of its type. */
export interface Statement {
  readonly type: string;
  readonly data: EventData;
}

/** How the versions of each type follow from one another. */
export interface Versions {
  /** The newest version of a type. */
  newestType(type: string): string;
  /** Lifts data through every version between the given type and the newest. */
  lift(type: string, data: EventData): Statement;
  /** The given types with all their earlier versions: what stored events may carry. */
  withEarlier(types: readonly string[]): string[];
}

export function versionsOf(definitions: Iterable<Pick<EventDefinition, 'type' | 'upcasts'>>): Versions {
  const next = new Map<string, Pick<EventDefinition, 'type' | 'upcasts'>>();
  const earlier = new Map<string, string>();
  for (const definition of definitions) {
    if (definition.upcasts === undefined) continue;
    next.set(definition.upcasts.from, definition);
    earlier.set(definition.type, definition.upcasts.from);
  }
  const lift = (type: string, data: EventData): Statement => {
    const newer = next.get(type);
    return newer?.upcasts === undefined ? { type, data } : lift(newer.type, newer.upcasts.lift(data));
  };
  const newestType = (type: string): string => {
    const newer = next.get(type);
    return newer === undefined ? type : newestType(newer.type);
  };
  const historyOf = (type: string): string[] => {
    const before = earlier.get(type);
    return before === undefined ? [type] : [type, ...historyOf(before)];
  };
  return { newestType, lift, withEarlier: (types) => [...new Set(types.flatMap(historyOf))] };
}

export const { newestType, lift, withEarlier } = versionsOf(EVENT_TYPES.values());

/** Reads a stored event in the newest version of its type. The stored bytes stay what was accepted. */
export function newestForm({
  type,
  body,
}: Pick<StoredEvent, 'type' | 'body'>): Statement & { type: EventType } {
  const { type: newest, data } = lift(type, (JSON.parse(body) as { data: EventData }).data);
  return { type: newest as EventType, data };
}
