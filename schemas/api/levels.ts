import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { Instant, ProgrammeCode, Uscc } from '../ids.ts';

/** Output of `cli level`. */
const Level = z.number().int().min(0).max(4);
const Needed = z.object({ needed: z.number(), found: z.number() });

export const LevelVerdict = z.object({
  /** null where the rule asks for scenes that are not known. */
  level: Level.nullable(),
  /** The highest level that the score alone lets through. */
  atMost: Level,
  explanation: z.string(),
  rungs: z.array(
    z.object({
      level: Level,
      isMet: z.boolean(),
      score: Needed,
      scenes: Needed.nullable(),
      binding: Needed.nullable(),
    }),
  ),
  next: z
    .object({
      level: Level,
      missing: z.array(z.string()),
      scenes: z.array(z.object({ id: z.string(), kind: z.string(), at: Level })),
    })
    .nullable(),
});

/** What `cli level explain --file` reads. */
export const LevelSheetFile = z
  .strictObject({
    edition: z.enum(['2022', '2024']),
    score: z.number().min(0).max(100).optional(),
    /** Part id → points; stands for the score. */
    parts: z.record(z.string(), z.number().min(0)).optional(),
    /** Scene id → level. */
    scenes: z.record(z.string(), Level).optional(),
  })
  .refine((sheet) => (sheet.score === undefined) !== (sheet.parts === undefined), {
    message: 'give either score or parts',
  });
export type LevelSheetFile = z.infer<typeof LevelSheetFile>;

export const LevelExplanation = LevelVerdict.extend({
  edition: z.enum(['2022', '2024']),
  score: z.number(),
  source: z.string(),
  confidence: z.enum(['sure', 'doubtful']),
});

const LevelRecord = z.object({
  /** Only `on-site` counts. */
  kind: z.enum(['diagnosis', 'self', 'on-site']),
  at: Instant,
  by: z.string(),
  event: z.string(),
  programme: ProgrammeCode,
  edition: z.enum(['2022', '2024']),
  score: z.number(),
  level: Level,
  computed: LevelVerdict,
  isConsistent: z.boolean(),
});

/** The last rating on site in a programme, held against the level that counts as done there. */
export const ProgrammeLevel = z.object({
  programme: ProgrammeCode,
  target: Level,
  at: Instant,
  edition: z.enum(['2022', '2024']),
  score: z.number(),
  /** What the rater said. */
  level: Level,
  /** What its sheet comes to; null where the rule asks for scenes that are not known. */
  computed: Level.nullable(),
  /** By what the rater said, or by the sheet. */
  isBelow: z.boolean(),
  /** What the target lacks by the sheet, as far as it is known. */
  lacking: z.array(Needed.extend({ what: z.enum(['score', 'scenes', 'binding']) })),
  /** Scenes that lack least, where the target is the next level. */
  nearest: z.array(z.object({ id: z.string(), at: Level })),
});
export type ProgrammeLevel = z.infer<typeof ProgrammeLevel>;

export const FirmLevels = z.object({
  uscc: Uscc,
  records: z.array(LevelRecord),
  counted: LevelRecord.nullable(),
  change: z
    .union([
      z.object({ points: z.number(), levels: z.number().int() }),
      z.object({ refusal: z.enum(ERROR_CODES), reason: z.string() }),
    ])
    .nullable(),
});
export type FirmLevels = z.infer<typeof FirmLevels>;
