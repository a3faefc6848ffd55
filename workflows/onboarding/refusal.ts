import type { ErrorCode } from '../../schemas/errors.ts';

/** Why an act is not taken. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}
