import { addMonths, DAY_MS, periodOf, startOfPeriod } from '../../../schemas/time.ts';

export const HOUR_MS = 3_600_000;

/** First and last month that has books, and the months in which anything is sent (books are stated after the month). */
export const FIRST_PERIOD = '2022-07';
export const LAST_PERIOD = '2025-06';
export const LAST_SENDING_PERIOD = '2025-08';
/** The day of the last statements: with 45 days of allowed lateness, business time then stands at the scenario's end. */
export const CLOSING_DATE = '2025-08-15';

/** Instant (ms) of a day and hour in Asia/Shanghai. */
export function instantOf(date: string, hour = 10): number {
  return Date.parse(`${date}T00:00:00.000Z`) + (hour - 8) * HOUR_MS;
}

export const isoOf = (ms: number): string => new Date(ms).toISOString();
export const periodOfMs = (ms: number): string => periodOf(new Date(ms));
export const dateOfMs = (ms: number): string => new Date(ms + 8 * HOUR_MS).toISOString().slice(0, 10);
export const monthStart = (period: string): number => startOfPeriod(period).getTime();
export const addDays = (ms: number, days: number): number => Math.round((ms + days * DAY_MS) / 1000) * 1000;

/** How many months `later` lies after `earlier`. */
export function monthsFrom(earlier: string, later: string): number {
  const index = (period: string): number => Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7));
  return index(later) - index(earlier);
}

/** `ms` itself when it lies in a later month than `other`, or else a moment early in the month after `other`. */
export function inLaterMonthThan(ms: number, other: number): number {
  if (periodOfMs(ms) > periodOfMs(other)) return ms;
  return addDays(monthStart(addMonths(periodOfMs(other), 1)), 2.4 + ((ms / HOUR_MS) % 96) / 24);
}
