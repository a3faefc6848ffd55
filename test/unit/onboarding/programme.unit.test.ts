import { describe, expect, it } from 'vitest';
import { ProgrammeDefinition } from '../../../schemas/programme.ts';
import {
  allProgrammes,
  CURRENT_PROGRAMME_VERSION,
  programmeOf,
  subsidyOf,
} from '../../../workflows/onboarding/programme.ts';

const problemsOf = (change: (programme: ProgrammeDefinition) => unknown): string[] => {
  const programme = structuredClone(programmeOf(CURRENT_PROGRAMME_VERSION));
  change(programme);
  const parsed = ProgrammeDefinition.safeParse(programme);
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

describe('programmes as data', () => {
  it.each(
    allProgrammes().map((programme) => [programme.version, programme] as const),
  )('%s fits its schema', (_, programme) => {
    expect(ProgrammeDefinition.safeParse(programme).error?.issues).toBeUndefined();
    expect(programmeOf(programme.version)).toBe(programme);
    const prerequisitesOf = (step: string) => programme.steps.find((one) => one.step === step)?.after;
    expect(prerequisitesOf('TRAINED')).toEqual(prerequisitesOf('DEPLOYED'));
  });

  it('what is reserved of a price is a share up to a cap, in whole fen; earlier versions reserve all of it', () => {
    const city = programmeOf(CURRENT_PROGRAMME_VERSION);
    expect(subsidyOf(city, 30_000_004)).toBe(6_000_000);
    expect(subsidyOf(city, 900_000_000)).toBe(100_000_000);
    expect(subsidyOf(city, null)).toBeNull();
    expect(subsidyOf(programmeOf('city-4'), 30_000_004)).toBe(30_000_004);
  });

  it.each<[string, (programme: ProgrammeDefinition) => unknown, RegExp]>([
    ['a step before its prerequisite', ({ steps }) => steps.reverse(), /does not stand before/],
    ['a step named twice', ({ steps }) => steps.push(steps[1]!), /is there twice/],
    [
      'an event that does not exist',
      ({ steps }) => Object.assign(steps[3]!, { needs: ['onboarding.wished.v1'] }),
      /not an event type/,
    ],
    [
      'a step that nothing does',
      ({ steps }) => Object.assign(steps[3]!, { needs: [] }),
      /nothing would ever do/,
    ],
    [
      'a step that acceptance does not need',
      ({ steps }) => Object.assign(steps.at(-1)!, { after: ['ONSITE_RATED'] }),
      /does not need/,
    ],
    ['a ladder that falls', ({ reminders }) => reminders.reverse(), /each rung must come later/],
    [
      'a notice before the window opens',
      ({ window }) => window.noticeDaysBefore.push(600),
      /inside the window/,
    ],
    [
      'a misspelt key',
      ({ steps }) => Object.assign(steps[3]!, { deadlin: null }),
      /steps\.3: Unrecognized key: "deadlin"/,
    ],
    [
      'an event about something else',
      ({ steps }) => Object.assign(steps[3]!, { needs: ['inventory.closed.v1'] }),
      /no event about an onboarding/,
    ],
    [
      'an act that a step needs and nobody may do',
      ({ mayAct }) => Reflect.deleteProperty(mayAct, 'audit-finance'),
      /nobody may audit-finance, so FINANCE_AUDITED would never be done/,
    ],
    [
      'a stage that goes back',
      ({ steps }) => Object.assign(steps.find(({ step }) => step === 'TRAINED')!, { stage: 'LIVE' }),
      /DEPLOYED in IMPLEMENTING stands after TRAINED in LIVE/,
    ],
    ['a role that does not exist', ({ mayAct }) => Object.assign(mayAct, { withdraw: ['mayor'] }), /mayAct/],
  ])('%s is found', (_, change, message) => {
    expect(problemsOf(change).join('\n')).toMatch(message);
  });
});
