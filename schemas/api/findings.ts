import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { BusinessDate, Instant } from '../ids.ts';
import { FINDING_OUTCOMES, FINDING_STATES, SEVERITIES } from '../measurement.ts';

/** Output of `cli findings`, and of what people do about them. */
export const Finding = z.object({
  /** `<code>/<key>`: names the matter; further facts of it join under the same id. */
  id: z.string(),
  code: z.enum(ERROR_CODES),
  severity: z.enum(SEVERITIES),
  /** Firms first, then regions. */
  entities: z.array(z.string()),
  evidence: z.array(z.record(z.string(), z.unknown())),
  state: z.enum(FINDING_STATES),
  outcome: z.enum(FINDING_OUTCOMES).nullable(),
  owner: z.string(),
  raisedOn: BusinessDate,
  dueOn: BusinessDate,
  isOverdue: z.boolean(),
  /** Whether the facts still show it. */
  isCurrent: z.boolean(),
  history: z.array(
    z.object({
      at: Instant,
      /** reopened: by facts beyond those that the closure was decided upon; nobody's act, its text names them. */
      act: z.enum(['assigned', 'replied', 'closed', 'appealed', 'reopened']),
      actor: z.string(),
      text: z.string(),
      outcome: z.enum(FINDING_OUTCOMES).nullable(),
      /** How many facts opened it again. */
      furtherFacts: z.number().int().min(1).optional(),
    }),
  ),
});
export type Finding = z.infer<typeof Finding>;

export const Findings = z.object({ asOf: Instant, findings: z.array(Finding) });
export type Findings = z.infer<typeof Findings>;

/** An act that was sent as an event. */
export const ActRecorded = z.object({ source: z.string(), id: z.string(), confirmed: z.boolean() });
