import chineseDays from 'chinese-days';
import { DAY_MS, dateOf, startOfDate } from '../../../schemas/time.ts';

/** Office hours on a working day, from midnight in Asia/Shanghai. */
export const OFFICE_HOURS = { fromHour: 9, toHour: 17 } as const;
const HOUR_MS = 3_600_000;

const known = new Map<string, boolean>();
/** Whether offices work on a day: by the State Council's calendar of holidays and make-up days. */
function isWorkday(date: string): boolean {
  const before = known.get(date);
  if (before !== undefined) return before;
  const works = chineseDays.isWorkday(date);
  known.set(date, works);
  return works;
}

/** Seconds within office hours on working days between two instants; 0 where the second is not later. */
export function workingSeconds(fromMs: number, toMs: number): number {
  let total = 0;
  for (let startMs = startOfDate(dateOf(new Date(fromMs))).getTime(); startMs < toMs; startMs += DAY_MS) {
    if (!isWorkday(dateOf(new Date(startMs)))) continue;
    const opensMs = Math.max(fromMs, startMs + OFFICE_HOURS.fromHour * HOUR_MS);
    const closesMs = Math.min(toMs, startMs + OFFICE_HOURS.toHour * HOUR_MS);
    total += Math.max(0, closesMs - opensMs);
  }
  return Math.round(total / 1000);
}
