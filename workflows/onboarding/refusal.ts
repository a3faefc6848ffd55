import type { ErrorCode } from '../../schemas/errors.ts';
import type { Bilingual } from '../../schemas/wording.ts';

/** Why an act is not taken. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly said: Bilingual;
}

export const refusal = (code: ErrorCode, en: string, zh: string): Refusal => ({ code, said: { en, zh } });
