import { EVENT_TYPES } from './events/index.ts';
import { SOURCE_CLASSES, type SourceClass } from './sources.ts';

const TOPIC_OF_CLASS: Record<SourceClass, string> = {
  chain: 'erp.<leader USCC>',
  supplier: 'supplier.reports',
  platform: 'platform.<id>',
  provider: 'programme.events',
  rater: 'programme.events',
  bureau: 'programme.events',
  system: 'chainlight.acts',
};

export interface AuthorityRow {
  readonly type: string;
  readonly sourceClass: SourceClass;
  readonly topic: string;
}

/** Who may state what, and where: event type × source class × topic. Everything that is not a row is NOT_AUTHORISED. */
export const AUTHORITY: readonly AuthorityRow[] = [...EVENT_TYPES.values()].flatMap((definition) =>
  SOURCE_CLASSES.filter((sourceClass) => definition.statedBy.includes(sourceClass)).map((sourceClass) => ({
    type: definition.type,
    sourceClass,
    topic: TOPIC_OF_CLASS[sourceClass],
  })),
);
