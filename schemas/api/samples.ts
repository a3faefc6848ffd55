import { z } from 'zod';
import { Actor, Reason } from '../events/acts.ts';
import { AUDIT_CHECKS, CHECK_OUTCOMES, DrawId, Jurisdiction } from '../events/audit.ts';
import { ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { sampleResult } from './audit.ts';
import { auditResultsResult, workPaper } from './auditSample.ts';
import { EvidenceList, EvidenceUpload } from './evidence.ts';
import { PageQuery, pageOf } from './paging.ts';
import { DataConnection } from './supplier.ts';

/** Samples of accepted files, and the work-papers that auditors fill in about each. */

/** What a sample may be drawn in proportion to. */
export const SAMPLE_STRATA = ['district', 'provider', 'subsidy'] as const;
const Count = z.number().int().min(0);

export const SampleRequest = z.strictObject({
  /** Programmes whose accepted firms are the frame; null for all of one's jurisdiction. */
  programmes: z.array(ProgrammeCode).min(1).max(200).nullable().default(null),
  /** Files to draw at random, beside those that a rule includes; 0 where the rules include all, or enough. */
  n: z.number().int().min(0).max(5_000),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  strata: z
    .array(z.enum(SAMPLE_STRATA))
    .max(3)
    .default([...SAMPLE_STRATA]),
});
export type SampleRequest = z.infer<typeof SampleRequest>;

export const FrameQuery = z.strictObject({ programme: ProgrammeCode.optional() });
export type FrameQuery = z.infer<typeof FrameQuery>;

/** What a sample would be drawn from, and how many files which statement needs. */
export const SampleFrame = z.object({
  asOf: z.string(),
  frameHash: Sha256,
  population: Count,
  /** Files that a rule includes whatever the draw. */
  byRule: Count,
  rules: z.string(),
  programmes: z.array(z.object({ programme: z.string(), population: Count })),
  sizes: z.object({
    /** 95 % chance of at least one bad file where 5 % (10 %) are bad. */
    discoveryAt5: Count,
    discoveryAt10: Count,
    /** A share within 5 points, 95 % of the time. */
    within5Points: Count,
  }),
});
export type SampleFrame = z.infer<typeof SampleFrame>;

export const SampleHead = z.object({
  drawId: DrawId,
  drawnAt: z.string(),
  actor: Actor,
  jurisdiction: Jurisdiction,
  programmes: z.array(z.string()).nullable(),
  asOf: z.string(),
  population: Count,
  /** Drawn at random, and included by a rule. */
  drawn: Count,
  byRule: Count,
  /** Work-papers that are closed, and closed as faulty. */
  closed: Count,
  faulty: Count,
});
export type SampleHead = z.infer<typeof SampleHead>;
export const SamplePage = pageOf(SampleHead);
export type SamplePage = z.infer<typeof SamplePage>;
export const SampleQuery = PageQuery;
export type SampleQuery = z.infer<typeof SampleQuery>;

const PaperRow = z.object({
  uscc: Uscc,
  name: z.string(),
  chosenBy: z.enum(['random', 'rule']),
  district: z.string(),
  status: z.enum(['open', 'closed']),
  result: z.enum(['sound', 'faulty']).nullable(),
  /** Checks recorded, failed, and in all. */
  checked: Count,
  failed: Count,
  checks: Count,
});

export const SampleDetail = SampleHead.extend({
  ...sampleResult.pick({ seed: true, n: true, frameHash: true, strata: true }).shape,
  rules: z.string(),
  /** Whether drawing again, with this seed, from the frame that was kept gives these files. */
  redrawn: z.enum(['same', 'other', 'frame-not-kept']),
  /** Where the draw itself is on record. */
  event: z.object({
    source: z.string(),
    id: z.string(),
    topic: z.string(),
    partition: Count,
    offset: Count,
    hash: Sha256,
  }),
  /** What the results so far say about the whole frame: exact hypergeometric interval. */
  ...auditResultsResult.pick({ random: true, total: true }).shape,
  ruled: auditResultsResult.shape.byRule,
  papers: z.array(PaperRow),
});
export type SampleDetail = z.infer<typeof SampleDetail>;

const done = { at: z.string(), actor: Actor };
const check = z.enum(AUDIT_CHECKS);
const outcome = z.enum(CHECK_OUTCOMES);
const AttachedFile = z.object({
  ...done,
  check,
  sha256: Sha256,
  fileName: z.string(),
  mediaType: z.string(),
  sizeBytes: Count,
});
const comment = z.string().nullable();
const PaperHistory = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checked'), ...done, check, outcome, comment }),
  z.object({ kind: z.literal('attached'), ...AttachedFile.shape }),
  z.object({ kind: z.literal('closed'), ...done, result: z.enum(['sound', 'faulty']), comment }),
  z.object({ kind: z.literal('reopened'), ...done, reason: z.string() }),
]);

/** One drawn file: what the record holds about it as of the draw, and what the auditor found. */
export const WorkPaperDetail = workPaper.omit({ auditorResult: true }).extend({
  status: z.enum(['open', 'closed']),
  result: z.enum(['sound', 'faulty']).nullable(),
  checks: z.array(
    z.object({
      check,
      standing: z.object({ ...done, outcome, comment }).nullable(),
      files: z.array(AttachedFile),
    }),
  ),
  history: z.array(PaperHistory),
  /** Whether contract, invoices and payments match, and the files handed in. */
  documents: EvidenceList.shape.projects,
  /** What came from the firm's own systems and its platform by the time of the draw. */
  received: DataConnection.shape.received,
});
export type WorkPaperDetail = z.infer<typeof WorkPaperDetail>;

export const PaperParams = z.object({ drawId: DrawId, uscc: Uscc });

const onPaper = {
  drawId: DrawId,
  supplierUscc: Uscc,
  /** Chosen by the caller; the same act sent twice under one id has one effect. */
  actId: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
};
const Comment = z.string().trim().min(1).max(2_000).nullable().default(null);
/** An act on a work-paper; who acts is taken from the sign-in. */
export const PaperActRequest = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('checked'), ...onPaper, check, outcome, comment: Comment }),
  z.strictObject({
    act: z.literal('closed'),
    ...onPaper,
    result: z.enum(['sound', 'faulty']),
    comment: Comment,
  }),
  z.strictObject({ act: z.literal('reopened'), ...onPaper, reason: Reason }),
]);
export type PaperActRequest = z.infer<typeof PaperActRequest>;

export const AttachmentQuery = z.strictObject({ check, fileName: EvidenceUpload.shape.fileName });
export const AttachmentAdded = z.object({
  source: z.string(),
  id: z.string(),
  confirmed: z.boolean(),
  ...AttachedFile.omit({ at: true, actor: true }).shape,
});
