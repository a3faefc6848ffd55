import { z } from 'zod';
import { Instant, ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { Actor } from './acts.ts';
import { define, open } from './define.ts';

/** Audit samples and what auditors found; topic chainlight.acts, source /system/audit. */
const bySystem = { statedBy: ['system'], speaker: {}, factDates: [] } as const;
const MOST_FIRMS = 5_000;

/** Name of a draw: first 16 hex digits of the hash of frame, seed, size, strata and rules. */
export const DrawId = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hex digits');

export const sampleDrawn = define('audit.sample-drawn.v1', {
  ...bySystem,
  about: null,
  description: 'A sample of firms was drawn for an audit. Seed and frame hash let anyone draw it again.',
  data: open({
    drawId: DrawId,
    /** Programmes whose accepted firms are the frame; null for all. */
    programmes: z.array(ProgrammeCode).nullable(),
    /** Business time of the frame. */
    asOf: Instant,
    frameHash: Sha256,
    seed: z.number().int().min(0),
    n: z.number().int().min(1),
    population: z.number().int().min(1),
    strata: z.array(
      z.object({
        stratum: z.record(z.string(), z.string()),
        population: z.number().int().min(0),
        drawn: z.number().int().min(0),
      }),
    ),
    rules: z.string().max(500),
    drawn: z.array(Uscc).max(MOST_FIRMS),
    mustInclude: z.array(Uscc).max(MOST_FIRMS),
    actor: Actor,
  }),
});

export const auditResultRecorded = define('audit.result-recorded.v1', {
  ...bySystem,
  about: 'supplierUscc',
  description:
    'An auditor’s own result on one drawn firm. A later one stands; the earlier stay in the record.',
  data: open({
    drawId: DrawId,
    supplierUscc: Uscc,
    result: z.enum(['sound', 'faulty']),
    comment: z.string().max(2000).optional(),
    actor: Actor,
  }),
});
