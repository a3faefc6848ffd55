import { z } from 'zod';
import { Instant, ProgrammeCode, RegionCode, Sha256, Uscc } from '../ids.ts';
import { WHOLE_COUNTRY } from '../tenancy.ts';
import { Actor, Reason } from './acts.ts';
import { define, open } from './define.ts';

/** Audit samples and what auditors found; topic chainlight.acts, source /system/audit. */
const bySystem = { statedBy: ['system'], speaker: {}, factDates: [] } as const;
const MOST_FIRMS = 5_000;

/** Name of a draw: first 16 hex digits of the hash of frame, seed, size, strata and rules. */
export const DrawId = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hex digits');

/** What an auditor looks at in each drawn file. */
export const AUDIT_CHECKS = ['papers-match', 'level-true', 'in-use', 'figures-traceable'] as const;
export type AuditCheck = (typeof AUDIT_CHECKS)[number];
export const CHECK_OUTCOMES = ['passed', 'failed', 'not-applicable'] as const;

/** Whose firms a sample was drawn from. */
export const Jurisdiction = z.object({
  region: z.union([RegionCode, z.literal(WHOLE_COUNTRY)]),
  zone: z.string().min(1).max(80).optional(),
});
export type Jurisdiction = z.infer<typeof Jurisdiction>;

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
    /** Drawn at random; 0 where the rules include all, or enough. */
    n: z.number().int().min(0),
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
    /** The whole country where none is named. */
    jurisdiction: Jurisdiction.optional(),
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

const onPaper = { drawId: DrawId, supplierUscc: Uscc } as const;

export const auditCheckRecorded = define('audit.check-recorded.v1', {
  ...bySystem,
  about: 'supplierUscc',
  description:
    'What an auditor found when making one check of a work-paper. A later one on the same check stands; the earlier stay in the record.',
  data: open({
    ...onPaper,
    check: z.enum(AUDIT_CHECKS),
    outcome: z.enum(CHECK_OUTCOMES),
    comment: z.string().max(2000).optional(),
    actor: Actor,
  }),
});

export const auditFileAttached = define('audit.file-attached.v1', {
  ...bySystem,
  about: 'supplierUscc',
  description:
    'An auditor attached a file to a check of a work-paper; its bytes are kept under their SHA-256.',
  data: open({
    ...onPaper,
    check: z.enum(AUDIT_CHECKS),
    sha256: Sha256,
    fileName: z.string().min(1).max(200),
    mediaType: z.string().min(1).max(100),
    sizeBytes: z.number().int().min(1),
    actor: Actor,
  }),
});

export const auditPaperReopened = define('audit.paper-reopened.v1', {
  ...bySystem,
  about: 'supplierUscc',
  description: 'A closed work-paper was opened again: its result stands no longer.',
  data: open({ ...onPaper, reason: Reason, actor: Actor }),
});
