import type { z } from 'zod';
import * as acts from './acts.ts';
import * as audit from './audit.ts';
import * as consent from './consent.ts';
import * as deadLetters from './deadLetters.ts';
import type { EventDefinition } from './define.ts';
import * as invitation from './invitation.ts';
import * as measurement from './measurement.ts';
import * as onboarding from './onboarding.ts';
import * as programme from './programme.ts';
import * as reports from './reports.ts';
import * as trade from './trade.ts';
import * as usccOverrides from './usccOverrides.ts';

export type { EventData, EventDefinition } from './define.ts';

const modules = [
  trade,
  reports,
  onboarding,
  programme,
  acts,
  audit,
  measurement,
  deadLetters,
  consent,
  invitation,
  usccOverrides,
];

function isDefinition(value: unknown): value is EventDefinition {
  return typeof value === 'object' && value !== null && 'statedBy' in value && 'data' in value;
}

/** Every event type that the system takes, by its name and version. */
export const EVENT_TYPES: ReadonlyMap<string, EventDefinition> = new Map(
  modules
    .flatMap((module) => Object.values(module).filter(isDefinition))
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((definition) => [definition.type, definition]),
);

type DefinitionsOf<Module> = Extract<Module[keyof Module], EventDefinition>;
type AnyDefinition =
  | DefinitionsOf<typeof trade>
  | DefinitionsOf<typeof reports>
  | DefinitionsOf<typeof onboarding>
  | DefinitionsOf<typeof programme>
  | DefinitionsOf<typeof acts>
  | DefinitionsOf<typeof audit>
  | DefinitionsOf<typeof measurement>
  | DefinitionsOf<typeof deadLetters>
  | DefinitionsOf<typeof consent>
  | DefinitionsOf<typeof invitation>
  | DefinitionsOf<typeof usccOverrides>;

export type EventType = AnyDefinition['type'];
/** The data of one event type, after validation. */
export type DataOf<Type extends EventType> = z.infer<Extract<AnyDefinition, { type: Type }>['data']>;

/** Types that let in a code with a wrong check digit, or no longer. */
export const OVERRIDE_TYPES: readonly EventType[] = ['uscc.override-recorded.v1', 'uscc.override-revoked.v1'];

/** Types whose events concern an onboarding and are routed to its workflow or read model. */
export const isOnboardingType = (type: string): boolean => type.startsWith('onboarding.');
