import type { WrongCheckDigit } from '../../../schemas/checkDigits.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { topicOfSource } from '../../../schemas/topics.ts';
import { bilingual, SOURCE_CLASSES_ZH } from '../../../schemas/wording.ts';
import { accept, type Refusal, type Result, refuse } from './record.ts';
import { type Registry, relationId, type Standing, standingOf, standingOnBehalf } from './registry.ts';
import { MAX_FAULTS, type ValidEvent } from './validate.ts';

export type Authority =
  | { readonly kind: 'granted' }
  | { readonly kind: 'parked'; readonly waitingFor: string };

/** Types that make a relation and so cannot wait for one. */
const MAKES_RELATION = new Set(['relation.declared.v1', 'relation.ended.v1']);

/** Declarations and endings of one relation: far more than any two firms have, and few enough to be kept together. */
export const MAX_STATEMENTS = 1_000;

function isFull(registry: Registry, { identity, data }: ValidEvent): boolean {
  const of = registry.relation(relationId(String(data.buyerUscc), String(data.supplierUscc)));
  return (
    of !== undefined &&
    of.statements.length >= MAX_STATEMENTS &&
    of.statements.every(({ id }) => id !== identity)
  );
}

/** Whether the source may speak about the firm that the event is about: by a delegation where it speaks for it, by a relation where it speaks of it. */
function standingFor(event: ValidEvent, sourceText: string, registry: Registry): Standing {
  const { source, definition, firm, time } = event;
  if (
    definition.onBehalf?.includes(source.class) &&
    'uscc' in source &&
    firm !== null &&
    firm !== source.uscc
  )
    return standingOnBehalf(registry, { supplier: firm, provider: source.uscc }, time);
  return standingOf(registry, source, sourceText, MAKES_RELATION.has(event.type) ? null : firm, time);
}

/** Refuses codes with a wrong check digit for which no override stands. */
export function judgeCheckDigits(
  deviating: readonly WrongCheckDigit[],
  registry: Registry,
  known: Pick<Refusal, 'source' | 'id' | 'type'>,
): Result<null> {
  const refused = deviating.filter(({ uscc }) => !registry.isOverridden(uscc)).slice(0, MAX_FAULTS);
  if (refused.length === 0) return accept(null);
  const said = bilingual(
    refused.map(({ field, uscc }) => `${field}: check digit of ${uscc} is wrong`).join('; '),
    refused.map(({ field, uscc }) => `${field}：统一社会信用代码 ${uscc} 的校验位不对`).join('；'),
  );
  return refuse('BAD_CHECK_DIGIT', said, known);
}

/** Judges who may say this here: check digits, authority table, topic, speaker, registration, relation, delegation. */
export function authorise(event: ValidEvent, topic: string, registry: Registry): Result<Authority> {
  const { source: sourceText, id } = splitIdentity(event.identity);
  const known = { source: sourceText, id, type: event.type };
  const { source, definition } = event;
  const digits = judgeCheckDigits(event.deviating, registry, known);
  if (!digits.ok) return digits;
  if (!definition.statedBy.includes(source.class)) {
    return refuse(
      'NOT_AUTHORISED',
      bilingual(
        `a ${source.class} source may not state ${event.type}`,
        `${SOURCE_CLASSES_ZH[source.class]}无权陈述 ${event.type}`,
      ),
      known,
    );
  }
  const ownTopic = topicOfSource(source);
  if (topic !== ownTopic) {
    return refuse(
      'NOT_AUTHORISED',
      bilingual(
        `source ${sourceText} may speak on ${ownTopic} only, not on ${topic}`,
        `来源 ${sourceText} 只能写入主题 ${ownTopic}，不能写入 ${topic}`,
      ),
      known,
    );
  }
  const speakerField = definition.speaker[source.class];
  if (speakerField !== undefined && 'uscc' in source && event.data[speakerField] !== source.uscc) {
    return refuse(
      'NOT_AUTHORISED',
      bilingual(
        `data.${speakerField} must be ${source.uscc}: nobody speaks for another firm`,
        `data.${speakerField} 须为 ${source.uscc}：不能替别的企业陈述`,
      ),
      known,
    );
  }
  if (MAKES_RELATION.has(event.type) && isFull(registry, event))
    return refuse(
      'STATED_TOO_OFTEN',
      bilingual(
        `${MAX_STATEMENTS} declarations and endings of this relation are kept already`,
        `该供应关系已有 ${MAX_STATEMENTS} 条登记或终止记录`,
      ),
      known,
    );
  const standing = standingFor(event, sourceText, registry);
  switch (standing.kind) {
    case 'known':
      return accept({ kind: 'granted' });
    case 'unknown':
      return accept({ kind: 'parked', waitingFor: standing.waitingFor });
    case 'ended':
      return refuse(
        'RELATION_ENDED',
        bilingual(`the relation ended on ${standing.endedOn}`, `供应关系已于 ${standing.endedOn} 终止`),
        known,
      );
    case 'delegation-ended':
      return refuse(
        'DELEGATION_ENDED',
        bilingual(
          `${event.firm} let this provider act for it until ${standing.endedOn}`,
          `${event.firm} 对该服务商的委托已于 ${standing.endedOn} 结束`,
        ),
        known,
      );
    case 'unregistered-source':
      return refuse(
        'NOT_AUTHORISED',
        bilingual(
          `source ${sourceText} is not registered for this leader`,
          `来源 ${sourceText} 没有登记在该链主名下`,
        ),
        known,
      );
    default: {
      const unknown: never = standing;
      return unknown;
    }
  }
}
