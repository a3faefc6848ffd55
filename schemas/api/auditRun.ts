import { z } from 'zod';
import { Chain } from './anchors.ts';
import { leaveOneOut, randomisationTest, refusal, spilloverResult } from './audit.ts';

/** What `audit run` prints with --json and writes as report.json. Effects are on the scale of the outcome. */

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const figure = z.number().nullable();
const bilingual = z.object({ zh: z.string(), en: z.string() });
const count = z.number().int().nonnegative();

/** raised, lowered, or none (cannot be told from zero); a refused effect has no finding. */
export const auditFinding = z.enum(['raised', 'lowered', 'none', 'refused']);

export const auditVerdict = bilingual.extend({
  finding: auditFinding,
  att: figure,
  se: figure,
  low: figure,
  high: figure,
  /** The same as percentages, where the outcome is a logarithm: 100 (e^x − 1). */
  percent: z.object({ att: figure, low: figure, high: figure }).nullable(),
  refusals: z.array(refusal),
});

export const auditRobustness = z.object({
  /** Treatment dates dealt out anew within each chain. */
  randomisation: randomisationTest.nullable(),
  leaveOneLeaderOut: leaveOneOut.nullable(),
});

export const frozenFile = z.object({ name: z.string(), sha256: Sha256Hex, rows: count });

export const auditViewResult = z.object({
  view: z.enum(['contract', 'golive']),
  months: z.object({ first: z.string(), last: z.string() }),
  anticipation: count,
  leftOut: z.object({
    treatedElsewhere: count,
    exposedElsewhere: count,
    notLive: count,
    withoutFigures: count,
  }),
  baselines: z.object({ treated: count, missing: count }),
  result: spilloverResult,
  robustness: z.object({ direct: auditRobustness, spillover: auditRobustness }),
  verdicts: z.object({ direct: auditVerdict, spillover: auditVerdict }),
  files: z.object({ panel: frozenFile, edges: frozenFile }),
  /** Command line that gives the same figures from the frozen files. */
  recompute: z.string(),
});

export const stockRow = z.object({
  /** Mean stock over the window, fen. */
  stockBeforeFen: figure,
  stockAfterFen: figure,
  stockChange: figure,
  turnsBefore: figure,
  turnsAfter: figure,
  turnsChange: figure,
});

export const displacementRow = z.object({
  leaderUscc: z.string(),
  name: z.string(),
  /** Suppliers whose stock is known in every month of both windows. */
  suppliers: count,
  before: z.object({ first: z.string(), last: z.string() }).nullable(),
  after: z.object({ first: z.string(), last: z.string() }).nullable(),
  leader: stockRow,
  supplierStock: stockRow,
  chain: stockRow,
  /** Share of the leader's reduction that reappears with its suppliers; null where the leader's stock did not fall. */
  displaced: figure,
  reason: z.string().nullable(),
});

export const auditRunResult = z.object({
  /** Hash of the frozen files and the options: the same input and seed give the same. */
  runId: z.string(),
  simulated: z.boolean(),
  asOf: z.string(),
  knownAt: z.string().nullable(),
  kpi: z.object({
    id: z.string(),
    slug: z.string(),
    version: z.number().int(),
    definition: z.string(),
    formula: z.string(),
    unit: z.string(),
    direction: z.enum(['up', 'down']),
  }),
  programmes: z.array(z.string()).nullable(),
  chain: z.object({ uscc: z.string(), name: z.string() }).nullable(),
  scale: z.enum(['log', 'level']),
  seed: z.number().int(),
  bootstrap: count,
  /** The view that the verdicts are taken from; the other one stands beside it. */
  view: z.enum(['contract', 'golive']),
  direct: auditVerdict,
  spillover: auditVerdict,
  views: z.object({ contract: auditViewResult, golive: auditViewResult }),
  displacement: z.array(displacementRow),
  warnings: z.array(z.string()),
  /** The warnings in Chinese, in the same order; runs of before it was kept have none. */
  warningsZh: z.array(z.string()).optional(),
  limits: z.array(bilingual),
  /** Heads of the hash chains of events at the time of freezing. */
  anchors: z.array(Chain),
  files: z.array(frozenFile.omit({ rows: true })),
});

export type AuditFinding = z.infer<typeof auditFinding>;
export type AuditVerdict = z.infer<typeof auditVerdict>;
export type AuditRobustness = z.infer<typeof auditRobustness>;
export type AuditViewResult = z.infer<typeof auditViewResult>;
export type DisplacementRow = z.infer<typeof displacementRow>;
export type StockRow = z.infer<typeof stockRow>;
export type AuditRunResult = z.infer<typeof auditRunResult>;
export type FrozenFile = z.infer<typeof frozenFile>;
