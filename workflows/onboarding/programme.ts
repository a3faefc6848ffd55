import type { ProgrammeDefinition } from '../../schemas/programme.ts';
import city1 from './programmes/city-1.json';
import city2 from './programmes/city-2.json';
import city3 from './programmes/city-3.json';
import city4 from './programmes/city-4.json';
import city5 from './programmes/city-5.json';

export type { ProgrammeDefinition, ReminderRung, StepDefinition } from '../../schemas/programme.ts';

/**
 * The programmes as data. That they fit their schema is checked when the service starts and by a test, not here: the schema's library
 * would have to be loaded into the workflows' sandbox.
 */
const PROGRAMMES: ReadonlyMap<string, ProgrammeDefinition> = new Map(
  [city1, city2, city3, city4, city5].map((data) => [data.version, data as ProgrammeDefinition]),
);

/** Version that an onboarding beginning now is given. */
export const CURRENT_PROGRAMME_VERSION = city5.version;

/** The definition of a version; an unknown version is read as the current one, since a recorded event is never refused. */
export const programmeOf = (version: string): ProgrammeDefinition =>
  PROGRAMMES.get(version) ?? (city5 as ProgrammeDefinition);

/** What is set aside of a plan's price; null where no price was named. */
export function subsidyOf({ subsidy }: ProgrammeDefinition, priceFen: number | null): number | null {
  if (priceFen === null || subsidy === undefined) return priceFen;
  return Math.min(Math.floor((priceFen * subsidy.shareBasisPoints) / 10_000), subsidy.capFen);
}

/** Every version there is, for checks. */
export const allProgrammes = (): readonly ProgrammeDefinition[] => [...PROGRAMMES.values()];

/** Whether its ladder follows whoever is waited for, and is spared whom the step no longer waits for. */
export const remindsWaitedFor = ({ reminders }: ProgrammeDefinition): boolean =>
  reminders.some(({ recipient }) => recipient === 'waited-for');
