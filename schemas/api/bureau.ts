import { z } from 'zod';
import { Reason } from '../events/acts.ts';
import { DrawId } from '../events/audit.ts';
import { BusinessDate, Period } from '../ids.ts';
import { FINDING_OUTCOMES } from '../measurement.ts';
import { auditRunResult } from './auditRun.ts';
import { PublicationDetail, PublicationList } from './figures.ts';
import { FUNNEL_DIMENSIONS } from './onboarding.ts';
import { PageQuery, pageOf } from './paging.ts';

/** What bureaus and auditors do and read beside the programme's figures. */

const onFinding = {
  findingId: z.string().min(3).max(150),
  /** Chosen by the caller; the same act sent twice under one id has one effect. */
  actId: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
};
/** An act on a finding; who acts is taken from the sign-in. */
export const FindingActRequest = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('assigned'),
    ...onFinding,
    owner: z.string().trim().min(1).max(120),
    dueOn: BusinessDate,
  }),
  z.strictObject({ act: z.literal('replied'), ...onFinding, text: Reason }),
  z.strictObject({
    act: z.literal('closed'),
    ...onFinding,
    outcome: z.enum(FINDING_OUTCOMES),
    text: Reason,
  }),
  z.strictObject({ act: z.literal('appealed'), ...onFinding, text: Reason }),
]);
export type FindingActRequest = z.infer<typeof FindingActRequest>;

/** Published months, each with whether hash and signature still fit. */
export const Publications = z.object({
  publications: z.array(
    PublicationList.shape.publications.element.extend({
      isIntact: z.boolean(),
      problems: z.array(z.string()),
    }),
  ),
});
export type Publications = z.infer<typeof Publications>;
export const Publication = PublicationDetail;
export type Publication = z.infer<typeof Publication>;
export const PeriodQuery = z.strictObject({ period: Period.optional() });

/** One audit run that is kept. */
export const AuditRunHead = z.object({
  runId: z.string(),
  storedAt: z.string(),
  /** SHA-256 of report.json as it was written. */
  reportSha256: z.string(),
  ...auditRunResult.pick({
    asOf: true,
    kpi: true,
    programmes: true,
    chain: true,
    view: true,
    scale: true,
    seed: true,
    simulated: true,
    direct: true,
    spillover: true,
  }).shape,
});
export type AuditRunHead = z.infer<typeof AuditRunHead>;
export const AuditRunPage = pageOf(AuditRunHead);
export type AuditRunPage = z.infer<typeof AuditRunPage>;
export const AuditRunQuery = PageQuery;
export const AuditRunDetail = z.object({
  storedAt: z.string(),
  reportSha256: z.string(),
  /** Whether what is kept still has the hash under which it was stored. */
  isIntact: z.boolean(),
  files: z.array(z.object({ name: z.string(), sha256: z.string(), bytes: z.number().int().min(0) })),
  result: auditRunResult,
});
export type AuditRunDetail = z.infer<typeof AuditRunDetail>;

export const EXPORTS = ['cities', 'funnel', 'claims', 'findings', 'publications', 'sample'] as const;
export type ExportName = (typeof EXPORTS)[number];
export const ExportQuery = z.strictObject({
  format: z.enum(['csv', 'xlsx']).default('csv'),
  lang: z.enum(['zh', 'en']).default('zh'),
  /** Of the funnel alone. */
  city: z.string().max(6).optional(),
  by: z.enum(FUNNEL_DIMENSIONS).optional(),
  /** Name of the sample; of the list of that name alone, which needs it. */
  draw: DrawId.optional(),
});
export type ExportQuery = z.infer<typeof ExportQuery>;
