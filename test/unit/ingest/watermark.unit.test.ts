import { describe, expect, it } from 'vitest';
import {
  type PartitionProgress,
  type WatermarkRule,
  watermarkOf,
} from '../../../services/ingest/domain/watermark.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-01-01T00:00:00Z');
const stream: WatermarkRule = {
  latenessMs: 10 * DAY_MS,
  clock: 'stream',
  quietMs: 60_000,
  ignoredTopics: ['acts'],
};
const wall: WatermarkRule = { ...stream, clock: 'wall' };

const at = (key: string, nextOffset: number, date: string | null, topic = 'erp'): PartitionProgress => ({
  key,
  topic,
  nextOffset,
  maxTime: date === null ? null : new Date(date),
  lastTime: date === null ? null : new Date(date),
});
const days = (mark: { at: Date } | null) => mark?.at.toISOString().slice(0, 10) ?? null;

describe('watermark by the stream', () => {
  it('lies the allowed lateness behind the slowest partition that moved', () => {
    const now = [at('a', 5, '2024-03-20'), at('b', 9, '2024-03-15')];
    expect(days(watermarkOf([], now, stream, NOW, 0))).toBe('2024-03-05');
  });

  it('does not wait for partitions that have nothing to say', () => {
    const before = [at('a', 5, '2024-03-01'), at('b', 9, '2020-01-01'), at('c', 1, '2024-03-01')];
    const now = [at('a', 6, '2024-03-20'), at('b', 9, '2020-01-01'), at('c', 2, '2024-03-18')];
    expect(days(watermarkOf(before, now, stream, NOW, 0))).toBe('2024-03-08');
  });

  it('is not pulled forward by one sender with a wrong clock', () => {
    const before = [at('a', 5, '2024-03-01'), at('b', 9, '2024-03-02')];
    const now = [at('a', 6, '2025-12-31'), at('b', 9, '2024-03-02')];
    expect(days(watermarkOf(before, now, stream, NOW, 0))).toBe('2024-02-21');
  });

  it('stands still without records, and pays no heed to acts', () => {
    const now = [at('a', 5, '2024-03-20')];
    expect(watermarkOf(now, now, stream, NOW, 10 * DAY_MS)).toBeNull();
    expect(watermarkOf([], [at('x', 5, '2024-03-20', 'acts')], stream, NOW, 0)).toBeNull();
  });
});

describe('watermark by the wall clock', () => {
  it('is now once the newest events are recent', () => {
    expect(watermarkOf([], [at('a', 5, '2025-12-30')], wall, NOW, 0)).toEqual({ at: NOW, caughtUp: true });
  });

  it('follows the stream while years are being filled in', () => {
    const mark = watermarkOf([], [at('a', 5, '2023-05-20')], wall, NOW, 0);
    expect(mark).toMatchObject({ caughtUp: false });
    expect(days(mark)).toBe('2023-05-10');
  });

  it('counts silence as having caught up only after a while, and never before the first event', () => {
    const now = [at('a', 5, '2023-05-20')];
    expect(watermarkOf(now, now, wall, NOW, 59_000)).toBeNull();
    expect(watermarkOf(now, now, wall, NOW, 60_000)).toEqual({ at: NOW, caughtUp: true });
    expect(watermarkOf([], [], wall, NOW, DAY_MS)).toBeNull();
  });
});
