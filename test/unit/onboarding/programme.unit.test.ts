import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { STAGES } from '../../../schemas/onboarding.ts';
import { allProgrammes } from '../../../workflows/onboarding/programme.ts';

describe.each(
  allProgrammes().map((programme) => [programme.version, programme] as const),
)('programme %s', (_, programme) => {
  it('names each step once, after its prerequisites, with events that exist', () => {
    const seen = new Set<string>();
    for (const { step, after, needs, stage } of programme.steps) {
      expect(seen.has(step)).toBe(false);
      for (const before of after) expect(seen.has(before)).toBe(true);
      for (const type of needs) expect(EVENT_TYPES.has(type)).toBe(true);
      expect(STAGES).toContain(stage);
      seen.add(step);
    }
  });

  it('covers every stage, and acceptance needs every step', () => {
    expect(new Set(programme.steps.map(({ stage }) => stage))).toEqual(new Set(STAGES));
    const byName = new Map(programme.steps.map((step) => [step.step, step]));
    const needed = new Set<string>();
    const collect = (step: string): void => {
      needed.add(step);
      for (const before of byName.get(step)?.after ?? []) collect(before);
    };
    collect('ACCEPTED');
    expect(needed).toEqual(new Set(byName.keys()));
  });

  it('lets training and deployment run side by side, and reminds in rising order', () => {
    const prerequisitesOf = (step: string) => programme.steps.find((one) => one.step === step)?.after;
    expect(prerequisitesOf('TRAINED')).toEqual(prerequisitesOf('DEPLOYED'));
    const days = programme.reminders.map((rung) => rung.afterDeadline.days);
    expect(days).toEqual([...new Set(days)].sort((a, b) => a - b));
  });
});
