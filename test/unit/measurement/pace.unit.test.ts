import { describe, expect, it } from 'vitest';
import { Pace } from '../../../services/measurement/domain/pace.ts';

describe('the pace of measurement', () => {
  it('follows a quiet stream at once', () => {
    const pace = new Pace();
    pace.note(10, 0);
    expect(pace.isDue(11, 1)).toBe(true);
    expect(pace.isDue(12, 2)).toBe(true);
  });

  it('gathers a busy stream for two seconds from the start of the last batch', () => {
    const pace = new Pace();
    pace.note(5_000, 100);
    expect(pace.isDue(6_000, 900)).toBe(false);
    expect(pace.isDue(7_000, 2_099)).toBe(false);
    expect(pace.isDue(8_000, 2_100)).toBe(true);
  });

  it('does not wait once nothing more comes', () => {
    const pace = new Pace();
    pace.note(5_000, 0);
    expect(pace.isDue(6_000, 300)).toBe(false);
    expect(pace.isDue(6_000, 450)).toBe(true);
  });

  it('goes back to following at once after a small batch', () => {
    const pace = new Pace();
    pace.note(5_000, 0);
    pace.note(3, 2_000);
    expect(pace.isDue(9_000, 2_001)).toBe(true);
  });
});
