import { z } from 'zod';
import { sampleResult } from './audit.ts';

/** A stored event that a line of a work-paper rests on. */
const eventLine = z.object({
  at: z.string(),
  type: z.string(),
  source: z.string(),
  id: z.string(),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.number().int(),
  hash: z.string(),
  /** Whether what is stored still has that hash. */
  isIntact: z.boolean(),
});

/** What an auditor takes along about one drawn firm, with empty fields for the own result. */
export const workPaper = z.object({
  drawId: z.string(),
  simulated: z.boolean(),
  uscc: z.string(),
  name: z.string(),
  asOf: z.string(),
  /** random: drawn by the seed; rule: included whatever the draw. */
  chosenBy: z.enum(['random', 'rule']),
  frame: z.record(z.string(), z.string()),
  timeline: z.array(eventLine),
  evidence: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      number: z.string(),
      sha256: z.string().nullable(),
      eventId: z.string(),
    }),
  ),
  baseline: z
    .object({ contractMonth: z.string(), months: z.array(z.string()), figuresSha256: z.string() })
    .nullable(),
  kpis: z.array(
    z.object({
      kpi: z.string(),
      before: z.number().nullable(),
      after: z.number().nullable(),
      change: z.number().nullable(),
      reason: z.string().nullable(),
      figureId: z.string(),
    }),
  ),
  findings: z.array(z.object({ id: z.string(), severity: z.string(), state: z.string(), owner: z.string() })),
  auditorResult: z.object({ result: z.null(), comment: z.null(), auditor: z.null(), date: z.null() }),
});
export type WorkPaper = z.infer<typeof workPaper>;

export const drawResult = sampleResult.extend({
  drawId: z.string(),
  asOf: z.string(),
  programmes: z.array(z.string()).nullable(),
  rules: z.string(),
  /** Frozen frame and work-papers, by name in the output folder. */
  files: z.array(z.string()),
  confirmed: z.boolean(),
});

const extrapolation = z.object({
  population: z.number().int(),
  drawn: z.number().int(),
  faulty: z.number().int(),
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
});

export const auditResultsResult = z.object({
  drawId: z.string(),
  /** Results sent with this call. */
  recorded: z.number().int().nonnegative(),
  confirmed: z.boolean(),
  /** Drawn firms without a result so far. */
  open: z.array(z.string()),
  /** From the random part to the firms that no rule includes: exact interval, 95 %. Null before a first result. */
  random: extrapolation.nullable(),
  /** Firms that a rule included: known one by one, never extrapolated. */
  byRule: z.object({ checked: z.number().int(), faulty: z.number().int(), of: z.number().int() }),
  /**
   * Both together: faulty firms in the whole frame. Null while nothing that was drawn at random has a result; where the rules include
   * every firm, what is known of them (confidence 1).
   */
  total: z
    .object({ estimate: z.number(), low: z.number(), high: z.number(), confidence: z.number() })
    .nullable(),
});
export type DrawResult = z.infer<typeof drawResult>;
export type AuditResultsResult = z.infer<typeof auditResultsResult>;
