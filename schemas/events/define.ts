import { z } from 'zod';
import type { SourceClass } from '../sources.ts';

export type EventData = Record<string, unknown>;

/** How the data of the version before become data of this one; what it does not know stays as it is. */
export interface Upcast {
  /** Type of the version before. */
  readonly from: string;
  /** Pure; gets data that were valid under `from`, gives data that are valid under the newer type. */
  readonly lift: (data: EventData) => EventData;
}

/** All that the system needs to know of an event type; one entry per type and version. */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly description: string;
  /** Schema of `data`. Unknown optional fields are kept. */
  readonly data: Schema;
  /** Source classes that may state it: one row of the authority table. */
  readonly statedBy: readonly SourceClass[];
  /** Name of the data field that holds the USCC of the firm the event is about; null when it is about a region or a record. */
  readonly about: string | null;
  /** For a source that carries a USCC: the data field that must hold that same USCC (nobody speaks for another firm). */
  readonly speaker: Partial<Record<SourceClass, string>>;
  /** Source classes that state it for the firm that it is about, and only while that firm lets them act for it. */
  readonly onBehalf?: readonly SourceClass[];
  /** Data fields with dates or instants of things that have happened, and so cannot lie in the future. */
  readonly factDates: readonly string[];
  /** For a version after the first; see `newestForm`. */
  readonly upcasts?: Upcast;
}

export function define<const Type extends string, Schema extends z.ZodObject>(
  type: Type,
  definition: Omit<EventDefinition<Type, Schema>, 'type'>,
): EventDefinition<Type, Schema> {
  return { type, ...definition };
}

/** An object that keeps optional fields it does not know (schemas grow, see docs/events.md). */
export const open = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape);
