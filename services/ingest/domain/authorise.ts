import { splitIdentity } from '../../../schemas/envelope.ts';
import { topicOfSource } from '../../../schemas/topics.ts';
import { accept, type Result, refuse } from './record.ts';
import { type Registry, standingOf } from './registry.ts';
import type { ValidEvent } from './validate.ts';

export type Authority =
  | { readonly kind: 'granted' }
  | { readonly kind: 'parked'; readonly waitingFor: string };

/** Types that make a relation and so cannot wait for one. */
const MAKES_RELATION = new Set(['relation.declared.v1', 'relation.ended.v1']);

/** Judges who may say this here: authority table, topic, speaker, registration, relation. */
export function authorise(event: ValidEvent, topic: string, registry: Registry): Result<Authority> {
  const { source: sourceText, id } = splitIdentity(event.identity);
  const known = { source: sourceText, id, type: event.type };
  const { source, definition } = event;
  if (!definition.statedBy.includes(source.class)) {
    return refuse('NOT_AUTHORISED', `a ${source.class} source may not state ${event.type}`, known);
  }
  const ownTopic = topicOfSource(source);
  if (topic !== ownTopic) {
    return refuse(
      'NOT_AUTHORISED',
      `source ${sourceText} may speak on ${ownTopic} only, not on ${topic}`,
      known,
    );
  }
  const speakerField = definition.speaker[source.class];
  if (speakerField !== undefined && 'uscc' in source && event.data[speakerField] !== source.uscc) {
    return refuse(
      'NOT_AUTHORISED',
      `data.${speakerField} must be ${source.uscc}: nobody speaks for another firm`,
      known,
    );
  }
  const about = MAKES_RELATION.has(event.type) ? null : event.firm;
  const standing = standingOf(registry, source, sourceText, about, event.time);
  switch (standing.kind) {
    case 'known':
      return accept({ kind: 'granted' });
    case 'unknown':
      return accept({ kind: 'parked', waitingFor: standing.waitingFor });
    case 'ended':
      return refuse('RELATION_ENDED', `the relation ended on ${standing.endedOn}`, known);
    case 'unregistered-source':
      return refuse('NOT_AUTHORISED', `source ${sourceText} is not registered for this leader`, known);
    default: {
      const unknown: never = standing;
      return unknown;
    }
  }
}
