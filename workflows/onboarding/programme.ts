import type { ProgrammeDefinition } from '../../schemas/programme.ts';
import city1 from './programmes/city-1.json';
import city2 from './programmes/city-2.json';
import city3 from './programmes/city-3.json';
import city4 from './programmes/city-4.json';

export type { ProgrammeDefinition, ReminderRung, StepDefinition } from '../../schemas/programme.ts';

/**
 * The programmes as data. That they fit their schema is checked when the service starts and by a test, not here: the schema's library
 * would have to be loaded into the workflows' sandbox.
 */
const PROGRAMMES: ReadonlyMap<string, ProgrammeDefinition> = new Map(
  [city1, city2, city3, city4].map((data) => [data.version, data as ProgrammeDefinition]),
);

/** Version that an onboarding beginning now is given. */
export const CURRENT_PROGRAMME_VERSION = city4.version;

/** The definition of a version; an unknown version is read as the current one, since a recorded event is never refused. */
export const programmeOf = (version: string): ProgrammeDefinition =>
  PROGRAMMES.get(version) ?? (city4 as ProgrammeDefinition);

/** Every version there is, for checks. */
export const allProgrammes = (): readonly ProgrammeDefinition[] => [...PROGRAMMES.values()];

/** Whether its ladder follows whoever is waited for, and is spared whom the step no longer waits for. */
export const remindsWaitedFor = ({ reminders }: ProgrammeDefinition): boolean =>
  reminders.some(({ recipient }) => recipient === 'waited-for');
