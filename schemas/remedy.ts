import { z } from 'zod';
import { Uscc } from './ids.ts';
import { FAILURE_GROUPS, type FailureGroup, FailureReason } from './onboarding.ts';

export const REMEDY_KINDS = [
  'training',
  'smaller-solution',
  'subsidy',
  'other-provider',
  'lighthouse-visit',
  'integration-help',
] as const;

/** What may help after a failed attempt. */
export const Remedy = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  kind: z.enum(REMEDY_KINDS),
  title: z.object({ zh: z.string().min(1), en: z.string().min(1) }),
  /** Groups of reasons it answers; with `causes` only those of their causes. */
  groups: z.array(z.enum(FAILURE_GROUPS as [FailureGroup, ...FailureGroup[]])).min(1),
  causes: z.array(z.string()).optional(),
  /** Beginnings of industry codes (GB/T 4754); absent: any industry. */
  industries: z.array(z.string()).optional(),
  /** Highest level before the transformation for which it is meant. */
  maxLevel: z.number().int().min(0).max(4).optional(),
  /** Causes of other failed attempts that make it more fitting. */
  gaps: z.array(z.string()).optional(),
});
export type Remedy = z.infer<typeof Remedy>;

export const RemedyCatalogue = z.object({ version: z.string(), remedies: z.array(Remedy).min(1) });

/** A remedy as it is offered for one step that failed. */
export const OfferedRemedy = z.object({
  step: z.string(),
  reason: FailureReason,
  remedy: z.string(),
  kind: z.enum(REMEDY_KINDS),
  title: z.object({ zh: z.string(), en: z.string() }),
  /** Why it fits. */
  because: z.array(z.string()),
  /** Of those that took it after such a reason: how many then did the step. */
  taken: z.number().int().min(0),
  worked: z.number().int().min(0),
  /** For another provider or a firm to visit: who fits, the most experienced first; empty where nobody does. */
  candidates: z.array(
    z.object({
      uscc: Uscc,
      name: z.string().nullable(),
      /** Division of the industry (GB/T 4754) that both share. */
      industry: z.string(),
      /** Of a provider: its customers of that industry, how many of them went live, and with what. */
      engaged: z.number().int().min(0).nullable(),
      live: z.number().int().min(0).nullable(),
      solutions: z.array(z.string()),
    }),
  ),
});
export type OfferedRemedy = z.infer<typeof OfferedRemedy>;
