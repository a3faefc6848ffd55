import { ChainlightError } from '../../../schemas/errors.ts';
import { BusinessDate, Instant } from '../../../schemas/ids.ts';
import { DAY_MS, startOfDate } from '../../../schemas/time.ts';
import type { Horizon } from './eventLog.ts';

/**
 * Reads `--as-of` and `--known-at`. A date means the end of that day in Asia/Shanghai; days that no calendar has are refused.
 * @throws ChainlightError BAD_USAGE for anything else
 */
export function horizonOf(options: { asOf?: string; knownAt?: string }): Horizon {
  return {
    ...(options.asOf === undefined ? {} : { asOf: instantOf('--as-of', options.asOf) }),
    ...(options.knownAt === undefined ? {} : { knownAt: instantOf('--known-at', options.knownAt) }),
  };
}

function instantOf(option: string, text: string): Date {
  if (BusinessDate.safeParse(text).success) return new Date(startOfDate(text).getTime() + DAY_MS - 1);
  if (Instant.safeParse(text).success) return new Date(text);
  throw new ChainlightError(
    'BAD_USAGE',
    `${option} must be a date (2024-10-31) or an instant with its offset (2024-10-31T08:00:00Z), not ${text}`,
  );
}
