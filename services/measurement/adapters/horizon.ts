import { ChainlightError } from '../../../schemas/errors.ts';
import { DAY_MS, startOfDate } from '../../../schemas/time.ts';
import type { Horizon } from './eventLog.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads `--as-of` and `--known-at`. A date means the end of that day in Asia/Shanghai.
 * @throws ChainlightError BAD_USAGE for anything else
 */
export function horizonOf(options: { asOf?: string; knownAt?: string }): Horizon {
  return {
    ...(options.asOf === undefined ? {} : { asOf: instantOf('--as-of', options.asOf) }),
    ...(options.knownAt === undefined ? {} : { knownAt: instantOf('--known-at', options.knownAt) }),
  };
}

function instantOf(option: string, text: string): Date {
  const date = DATE.test(text) ? new Date(startOfDate(text).getTime() + DAY_MS - 1) : new Date(text);
  if (Number.isNaN(date.getTime()) || !(DATE.test(text) || INSTANT.test(text)))
    throw new ChainlightError(
      'BAD_USAGE',
      `${option} must be a date (2024-10-31) or an instant with its offset (2024-10-31T08:00:00Z), not ${text}`,
    );
  return date;
}
