import { z } from 'zod';
import { FAILURE_GROUPS, type FailureGroup, TERMINAL_STATUSES } from '../../../schemas/onboarding.ts';

/** A published claim as data: who says what, which figure, and what to hold against it. */

const Text = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const Entities = z.strictObject({
  leaderName: z.string().optional(),
  firmName: z.string().optional(),
  districtCode: z.string().optional(),
  zone: z.string().optional(),
  industryCode: z.string().optional(),
});
const Group = z.enum(FAILURE_GROUPS as [FailureGroup, ...FailureGroup[]]);
const Causes = z.array(z.strictObject({ group: Group, cause: z.string().optional() })).min(1);
const Statuses = z.array(z.enum(TERMINAL_STATUSES)).min(1);
const Phase = z.enum(['early', 'mid', 'late']);

const Measure = z.discriminatedUnion('kind', [
  /** Firms to transform in the plans of one class of region. */
  z.strictObject({ kind: z.literal('plan-target'), regionClass: z.string() }),
  /** Cities whose share of the target lies in [from, below) on a day. */
  z.strictObject({
    kind: z.literal('cities-within'),
    from: z.number(),
    below: z.number(),
    onDate: z.iso.date(),
  }),
  /** Share of failures with these causes. One reading for each set of phases they are taken from. */
  z.strictObject({
    kind: z.literal('failure-cause'),
    causes: Causes,
    statuses: Statuses,
    readings: z.array(z.strictObject({ name: Text, phases: z.array(Phase).min(1) })).min(1),
  }),
  /** Share of failures that happen in these phases: P(phase | failed). */
  z.strictObject({ kind: z.literal('failure-phase'), phases: z.array(Phase).min(1), statuses: Statuses }),
  /** How many of these groups of reasons are each behind at least this share of failures. */
  z.strictObject({
    kind: z.literal('failure-groups'),
    groups: z.array(Group).min(1),
    leastShare: z.number(),
    statuses: Statuses,
  }),
  /** Years until measured savings repay the own outlay. */
  z.strictObject({ kind: z.literal('payback'), leastFirms: z.number().int() }),
  /** Share of firms without any digital staff when they were last counted before a contract. */
  z.strictObject({ kind: z.literal('without-digital-staff') }),
  /** Suppliers whose data reached a platform. */
  z.strictObject({ kind: z.literal('connected'), entities: Entities }),
  /** Change against the frozen baseline, one reading for each KPI. */
  z.strictObject({ kind: z.literal('gain'), entities: Entities, kpis: z.array(z.string()).min(1) }),
  /** Change of the median approval time from paper to online; each reading says which change the text would mean. */
  z.strictObject({
    kind: z.literal('approval-time'),
    regionPrefix: z.string(),
    leastDecisions: z.number().int(),
    readings: z.array(z.strictObject({ name: Text, expected: z.number() })).min(1),
  }),
  /** Share of inspected units that were inspected by AI, since going live. */
  z.strictObject({ kind: z.literal('ai-inspection'), entities: Entities }),
  /** Plain counts in a region. */
  z.strictObject({
    kind: z.literal('count'),
    of: z.enum(['accepted', 'propelled', 'workshop', 'lighthouse']),
    regionPrefix: z.string(),
  }),
]);
export type Measure = z.infer<typeof Measure>;

export const Claim = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  who: z.string(),
  title: Text,
  /** The figure in the text. */
  claimed: z.number(),
  unit: z.string(),
  /** Largest distance from `claimed` that still confirms. */
  tolerance: z.number().min(0),
  /** `about`: near the figure; `at-least`: not below it (less the tolerance); `about-or-less`: near it, and the less the better. */
  comparison: z.enum(['about', 'at-least', 'about-or-less']),
  measure: Measure,
  source: z.string(),
  /** Evidence grade of the claim itself. */
  grade: z.enum(['a', 'b', 'c', 'd', 'e']),
  /** Whether it was stated as an aim rather than a result. */
  isAim: z.boolean().default(false),
});
export type Claim = z.infer<typeof Claim>;

export const ClaimFile = z.strictObject({ scenario: z.string(), claims: z.array(Claim).min(1) });
export type ClaimFile = z.infer<typeof ClaimFile>;
