import type { FailureReason, OnboardingStatus, Stage } from '../../../../schemas/onboarding.ts';
import { words } from '../i18n/zh/words.ts';

/** The domain's codes in their order. Types hold them to the schemas; the schemas' library stays out of the bundle. */

const keysOf = <Code extends string>(texts: Readonly<Record<Code, string>>): readonly Code[] =>
  Object.keys(texts) as Code[];

export const STAGES: readonly Stage[] = keysOf<Stage>(words.stage);
export const STATUSES: readonly OnboardingStatus[] = keysOf<OnboardingStatus>(words.status);

/** Why a supplier itself gives up: what it may state of itself. */
export const OWN_REASONS: readonly Required<FailureReason>[] = [
  { group: 'UNWILLING', cause: 'AWARENESS' },
  { group: 'UNWILLING', cause: 'NO_OWNER' },
  { group: 'UNWILLING', cause: 'EMPLOYEE_RESISTANCE' },
  { group: 'DARE_NOT', cause: 'PAYBACK_TOO_LONG' },
  { group: 'DARE_NOT', cause: 'CASH' },
  { group: 'DARE_NOT', cause: 'DATA_DISCLOSURE_FEAR' },
  { group: 'UNABLE', cause: 'NO_STAFF' },
  { group: 'UNABLE', cause: 'LEGACY_EQUIPMENT' },
  { group: 'UNABLE', cause: 'NO_ERP' },
  { group: 'MISMATCH', cause: 'SOLUTION_DOES_NOT_FIT' },
];

/** What may stand in a supplier's way: its own reasons, and those that lie with others. */
export const DIFFICULTIES: readonly Required<FailureReason>[] = [
  ...OWN_REASONS,
  { group: 'PROVIDER', cause: 'DEFAULT' },
  { group: 'INTEGRATION', cause: 'SCHEMA' },
  { group: 'INTEGRATION', cause: 'MAPPING' },
  { group: 'INTEGRATION', cause: 'NETWORK' },
  { group: 'EVIDENCE', cause: 'MISSING' },
  { group: 'PROGRAMME', cause: 'MONEY' },
];
