import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWorkday } from 'chinese-days';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../schemas/time.ts';
import { addMonthsTo, addSpan } from '../../../workflows/onboarding/workingDays.ts';

const working = (instant: string, days: number) => addSpan(instant, { days, count: 'working' });
const calendar = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../workflows/onboarding/calendar/cn.json'), 'utf8'),
) as { firstYear: number; lastYear: number };

describe('working days of the Chinese calendar', () => {
  it('pass over weekends, public holidays, and count the weekends that make up for them', () => {
    // Spring Festival 2024: off from Saturday 10 to Saturday 17 February, Sunday 18 was worked.
    expect(working('2024-02-09T04:00:00.000Z', 1)).toBe('2024-02-18T04:00:00.000Z');
    expect(working('2024-02-09T04:00:00.000Z', 2)).toBe('2024-02-19T04:00:00.000Z');
    expect(working('2024-02-09T04:00:00.000Z', 0)).toBe('2024-02-09T04:00:00.000Z');
  });

  it('belong to Shanghai: its Monday begins at 16:00 UTC on Sunday', () => {
    expect(working('2024-06-02T15:59:00.000Z', 1)).toBe('2024-06-03T15:59:00.000Z');
    expect(working('2024-06-02T16:00:00.000Z', 1)).toBe('2024-06-03T16:00:00.000Z');
    expect(working('2024-06-07T02:00:00.000Z', 1)).toBe('2024-06-11T02:00:00.000Z');
  });

  it('are those of the library, for every day of the pinned years', () => {
    const wrong: string[] = [];
    const end = Date.UTC(calendar.lastYear, 11, 31);
    for (let ms = Date.UTC(calendar.firstYear, 0, 1); ms < end; ms += DAY_MS) {
      const next = new Date(ms + DAY_MS).toISOString().slice(0, 10);
      const isNext = working(new Date(ms).toISOString(), 1).slice(0, 10) === next;
      if (isNext !== isWorkday(next)) wrong.push(next);
    }
    expect(wrong).toEqual([]);
  });

  it('are Monday to Friday outside the pinned years', () => {
    expect(working('2039-12-30T04:00:00.000Z', 1)).toBe('2040-01-02T04:00:00.000Z');
  });
});

describe('months after an instant', () => {
  it('keep the day, or end with the month', () => {
    expect(addMonthsTo('2024-05-20T08:00:00.000Z', 3)).toBe('2024-08-20T08:00:00.000Z');
    expect(addMonthsTo('2023-11-30T08:00:00.000Z', 3)).toBe('2024-02-29T08:00:00.000Z');
    expect(addMonthsTo('2024-01-30T16:30:00.000Z', 1)).toBe('2024-02-28T16:30:00.000Z');
  });
});
