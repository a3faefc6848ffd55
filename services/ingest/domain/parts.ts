import { correctedIdentity } from '../../../schemas/corrections.ts';
import type { Examined } from './decide.ts';
import { mayCorrectRelation, RELATION_TYPES } from './registryFacts.ts';
import type { ValidEvent } from './validate.ts';

const eventsOf = (examined: readonly Examined[]): ValidEvent[] =>
  examined.flatMap((item) => ('event' in item ? [item.event] : []));

const isCorrection = ({ type, source }: ValidEvent): boolean => mayCorrectRelation(type, source.class);

/** What the corrections of a batch take back that relations could rest on. */
export const targetsOfCorrections = (examined: readonly Examined[]): string[] =>
  eventsOf(examined)
    .filter(isCorrection)
    .map(({ identity, data }) => correctedIdentity(identity, data));

/**
 * Of a batch, the events that state relations, and the corrections that take something of them back: both may change by what
 * other batches said.
 * @param isRelational whether an identity is known as such a statement or correction
 */
export function relationalAmong(
  examined: readonly Examined[],
  isRelational: (identity: string) => boolean,
): Set<string> {
  const events = eventsOf(examined);
  const found = new Set(
    events.filter(({ type }) => RELATION_TYPES.includes(type)).map(({ identity }) => identity),
  );
  const corrections = events.filter(isCorrection);
  for (let grew = corrections.length > 0; grew; ) {
    const before = found.size;
    for (const { identity, data } of corrections) {
      const target = correctedIdentity(identity, data);
      if (found.has(target) || isRelational(target)) found.add(identity);
    }
    grew = found.size > before;
  }
  return found;
}

/**
 * Cuts a batch behind what changes the registry otherwise than by adding to it: a correction of what was stated of a relation, and a
 * statement of one that was corrected before it came. What follows is judged by the changed registry.
 * @param relational of `relationalAmong`
 * @param corrected identities that corrections of other batches take back
 */
export function partsOf(
  examined: readonly Examined[],
  relational: ReadonlySet<string>,
  corrected: ReadonlySet<string>,
): Examined[][] {
  if (relational.size === 0) return [[...examined]];
  const takenBack = new Set(corrected);
  for (const event of eventsOf(examined))
    if (isCorrection(event)) takenBack.add(correctedIdentity(event.identity, event.data));
  const parts: Examined[][] = [[]];
  for (const item of examined) {
    parts.at(-1)?.push(item);
    if (!('event' in item) || !relational.has(item.event.identity)) continue;
    if (item.event.type === 'correction.declared.v1' || takenBack.has(item.event.identity)) parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}
