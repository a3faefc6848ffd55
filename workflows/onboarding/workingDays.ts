import type { Span } from '../../schemas/programme.ts';
import { DAY_MS } from '../../schemas/time.ts';
import calendar from './calendar/cn.json';

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
/** 1 January 1970 was a Thursday. */
const EPOCH_WEEKDAY = 4;

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const DAYS_OFF: ReadonlySet<number> = new Set(calendar.daysOff.map(dayNumber));
const DAYS_WORKED: ReadonlySet<number> = new Set(calendar.daysWorked.map(dayNumber));

/**
 * Whether a day is worked in China: Monday to Friday without the public holidays, and the weekends that make up for them. The calendar is
 * pinned data (`calendar/cn.json` names years and source), so that a deadline never moves with an upgrade of a library.
 * Outside its years Monday to Friday are taken as worked: the State Council announces a year's holidays the November before.
 */
function isWorkingDay(day: number): boolean {
  if (DAYS_WORKED.has(day)) return true;
  const weekday = (day + EPOCH_WEEKDAY) % 7;
  return weekday !== 0 && weekday !== 6 && !DAYS_OFF.has(day);
}

/**
 * The instant that lies a span after another, at the same time of day in Asia/Shanghai.
 * Example: two working days after Friday 2024-02-09 is Monday 2024-02-19, the Spring Festival lying between.
 */
export function addSpan(instant: string, { days, count }: Span): string {
  const startMs = Date.parse(instant);
  if (count === 'calendar') return new Date(startMs + days * DAY_MS).toISOString();
  const firstDay = Math.floor((startMs + SHANGHAI_OFFSET_MS) / DAY_MS);
  let day = firstDay;
  for (let left = days; left > 0; ) if (isWorkingDay(++day)) left--;
  return new Date(startMs + (day - firstDay) * DAY_MS).toISOString();
}

/** The instant so many calendar months later, at the same time of day; the last day of the month where that day does not exist. */
export function addMonthsTo(instant: string, months: number): string {
  const local = new Date(Date.parse(instant) + SHANGHAI_OFFSET_MS);
  const day = local.getUTCDate();
  const moved = new Date(local);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(day, lastDay));
  return new Date(moved.getTime() - SHANGHAI_OFFSET_MS).toISOString();
}
