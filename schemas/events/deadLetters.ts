import { z } from 'zod';
import { Actor, Reason } from './acts.ts';
import { define, open } from './define.ts';

/** What operators do with records that were refused; topic chainlight.acts, source /system/dead-letters. */
const about = { statedBy: ['system'], speaker: {}, factDates: [], about: null } as const;

const letter = {
  /** `<topic>/<partition>/<offset>` of the refused record. */
  deadLetter: z.string().min(1).max(200),
  /** Why it was refused. */
  refusedAs: z.string().min(1).max(60),
  actor: Actor,
};

export const deadLetterRedriven = define('dead-letter.redriven.v1', {
  ...about,
  description:
    'A refused record was sent again, byte for byte, to the topic it came from; there it is judged anew at its new offset.',
  data: open({
    ...letter,
    redrivenTo: z.object({
      topic: z.string().min(1).max(200),
      partition: z.number().int().min(0),
      offset: z.number().int().min(0),
    }),
  }),
});

export const deadLetterDiscarded = define('dead-letter.discarded.v1', {
  ...about,
  description: 'Somebody decided that a refused record is of no use. It is kept, with the reason.',
  data: open({ ...letter, why: Reason }),
});
