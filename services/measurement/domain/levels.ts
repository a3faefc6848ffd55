import type { ErrorCode } from '../../../schemas/errors.ts';

export interface Assessed {
  readonly edition: string;
  readonly score: number;
  readonly level: number;
}

/** Difference of two assessments; a typed refusal across editions, whose points do not mean the same. */
export function levelChange(
  before: Assessed,
  after: Assessed,
):
  | { readonly points: number; readonly levels: number }
  | { readonly refusal: ErrorCode; readonly reason: string } {
  if (before.edition !== after.edition)
    return {
      refusal: 'LEVEL_EDITIONS_DIFFER',
      reason: `assessed by edition ${before.edition} before and ${after.edition} after`,
    };
  const tenths = (value: number): number => Math.round(value * 10);
  return {
    points: (tenths(after.score) - tenths(before.score)) / 10,
    levels: after.level - before.level,
  };
}
