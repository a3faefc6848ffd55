import { z } from 'zod';

/** The indicators of one edition, as versioned data: questions, points, scenes and the level rule. */

const Text = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const Confidence = z.enum(['sure', 'doubtful']);
const Id = z.string().regex(/^[a-z0-9-]+$/);

const Question = z.strictObject({
  id: Id,
  name: Text,
  points: z.number().positive(),
  /** The KPI that it asks for, where one is measured. */
  kpi: z.string().nullable(),
});
const Part = z
  .strictObject({
    id: Id,
    name: Text,
    points: z.number().positive(),
    /** Empty where the single questions were not transcribed. */
    questions: z.array(Question),
    confidence: Confidence,
  })
  .refine(
    ({ points, questions }) =>
      questions.length === 0 || questions.reduce((sum, question) => sum + question.points, 0) === points,
    { message: 'the questions’ points must add up to the part’s' },
  );
const Rung = z.strictObject({
  level: z.number().int().min(1).max(4),
  leastScore: z.number().min(0).max(100),
  /** Scenes that must stand at this level or above, and how many of them must be binding ones. */
  leastScenes: z.number().int().min(0),
  leastBinding: z.number().int().min(0),
});

export const LevelEdition = z
  .strictObject({
    edition: z.enum(['2022', '2024']),
    version: z.number().int().min(1),
    source: z.string().min(1),
    confidence: Confidence,
    note: z.string(),
    parts: z.array(Part).min(1),
    scenes: z.array(z.strictObject({ id: Id, name: Text, kind: z.enum(['binding', 'guiding']) })),
    rule: z.strictObject({
      confidence: Confidence,
      source: z.string().min(1),
      /** From the highest level down. */
      levels: z.array(Rung).length(4),
    }),
  })
  .refine(({ parts }) => parts.reduce((sum, part) => sum + part.points, 0) === 100, {
    path: ['parts'],
    message: 'must add up to 100 points',
  });
export type LevelEdition = z.infer<typeof LevelEdition>;
export type Rung = z.infer<typeof Rung>;
