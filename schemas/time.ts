/** Calendar arithmetic in Asia/Shanghai, which has had no daylight saving since 1991: a fixed offset of eight hours. */

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
export const DAY_MS = 86_400_000;
/** A thousand years. */
const MAX_PERIODS = 12_000;

/** The month (YYYY-MM, Asia/Shanghai) that an instant falls into. */
export function periodOf(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 7);
}

/** The calendar day (YYYY-MM-DD, Asia/Shanghai) of an instant. */
export function dateOf(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** The instant at which a calendar day begins in Asia/Shanghai. */
export function startOfDate(date: string): Date {
  return new Date(Date.parse(`${date}T00:00:00.000Z`) - SHANGHAI_OFFSET_MS);
}

/** The instant at which a month begins in Asia/Shanghai. */
export function startOfPeriod(period: string): Date {
  return startOfDate(`${period}-01`);
}

/** The month `months` after (or, negative, before) a month. */
export function addMonths(period: string, months: number): string {
  const index = Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** Every figure asks, about few months: one question costs a third of what the figure does. */
const daysByPeriod = new Map<string, number>();

/** Number of days of a month. */
export function daysInPeriod(period: string): number {
  const known = daysByPeriod.get(period);
  if (known !== undefined) return known;
  const days = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5, 7)), 0)).getUTCDate();
  if (daysByPeriod.size < MAX_PERIODS) daysByPeriod.set(period, days);
  return days;
}

/** All months from `first` to `last`, both included; empty when `last` is earlier. */
export function periodsBetween(first: string, last: string): string[] {
  const periods: string[] = [];
  for (let period = first; period <= last; period = addMonths(period, 1)) periods.push(period);
  return periods;
}

/** The last of some instants, all written alike; empty where there is none. */
export const latest = (instants: readonly string[]): string =>
  instants.reduce((last, next) => (next > last ? next : last), '');
