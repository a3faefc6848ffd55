import type { ActName } from '../../schemas/api/acts.ts';
import type { Actor } from '../../schemas/events/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { Stage } from '../../schemas/onboarding.ts';

export type Party =
  | 'supplier'
  | 'leader'
  | 'provider'
  | 'platform'
  | 'rater'
  | 'financial-auditor'
  | 'bureau'
  | 'system';

export interface StepDefinition {
  readonly step: string;
  readonly stage: Stage;
  /** Every one of these must have come about for the step to be done. */
  readonly needs: readonly EventType[];
  /** Other names under which providers report it. */
  readonly alsoCalled?: readonly string[];
  /** Steps that must be done before; a step listed here stands earlier in the programme. */
  readonly after: readonly string[];
  readonly waitingOn: Party;
  /** Calendar days from the day the step opens, or from its last failed attempt; null: nobody is reminded. */
  readonly deadlineDays: number | null;
}

export interface ReminderRung {
  readonly recipient: 'supplier' | 'leader' | 'bureau';
  readonly daysAfterDeadline: number;
}

/**
 * How a city runs its programme, as data. Versions are never changed once an onboarding has begun under them: an
 * onboarding keeps the version that its `onboarding.registered` event names.
 */
export interface ProgrammeDefinition {
  readonly version: string;
  /** In an order in which every step stands after its prerequisites. */
  readonly steps: readonly StepDefinition[];
  /** The window closes this many days after the nomination; what is open then has expired. */
  readonly windowDays: number;
  /** On-site level that counts as done. */
  readonly targetLevel: number;
  /** Use is sustained once data have come in this many distinct months from the connection on. */
  readonly sustainedMonths: number;
  readonly reminders: readonly ReminderRung[];
  /** Roles that may do an act. */
  readonly mayAct: Readonly<Record<ActName, readonly Actor['role'][]>>;
}

const CITY_PROGRAMME_1: ProgrammeDefinition = {
  version: 'city-1',
  windowDays: 540,
  targetLevel: 2,
  sustainedMonths: 2,
  reminders: [
    { recipient: 'supplier', daysAfterDeadline: 0 },
    { recipient: 'leader', daysAfterDeadline: 15 },
    { recipient: 'bureau', daysAfterDeadline: 30 },
  ],
  mayAct: {
    'approve-plan': ['bureau', 'operator'],
    'decline-plan': ['bureau', 'operator'],
    'self-assess': ['supplier', 'operator'],
    'audit-finance': ['financial-auditor'],
    withdraw: ['supplier', 'operator'],
  },
  steps: [
    {
      step: 'NOMINATED',
      stage: 'NOMINATED',
      needs: ['onboarding.supplier-nominated.v1'],
      after: [],
      waitingOn: 'leader',
      deadlineDays: null,
    },
    {
      step: 'REGISTERED',
      stage: 'REGISTERED',
      needs: ['onboarding.registered.v1'],
      after: ['NOMINATED'],
      waitingOn: 'system',
      deadlineDays: null,
    },
    {
      step: 'IDENTITY_VERIFIED',
      stage: 'IDENTITY_VERIFIED',
      needs: ['onboarding.identity-verified.v1'],
      after: ['REGISTERED'],
      waitingOn: 'platform',
      deadlineDays: null,
    },
    {
      step: 'DIAGNOSED',
      alsoCalled: ['diagnosis'],
      stage: 'DIAGNOSED',
      needs: ['onboarding.diagnosis-completed.v1'],
      after: ['IDENTITY_VERIFIED'],
      waitingOn: 'rater',
      deadlineDays: 60,
    },
    {
      step: 'PLAN_FILED',
      alsoCalled: ['plan'],
      stage: 'PLAN_FILED',
      needs: ['onboarding.plan-filed.v1'],
      after: ['DIAGNOSED'],
      waitingOn: 'provider',
      deadlineDays: 60,
    },
    {
      step: 'PLAN_APPROVED',
      stage: 'PLAN_FILED',
      needs: ['onboarding.plan-approved.v1'],
      after: ['PLAN_FILED'],
      waitingOn: 'bureau',
      deadlineDays: 30,
    },
    {
      step: 'CONTRACTED',
      alsoCalled: ['contract'],
      stage: 'CONTRACTED',
      needs: ['onboarding.contract-signed.v1'],
      after: ['PLAN_APPROVED'],
      waitingOn: 'supplier',
      deadlineDays: 45,
    },
    {
      step: 'PROVISIONED',
      stage: 'IMPLEMENTING',
      needs: ['onboarding.tenant-created.v1', 'onboarding.credential-issued.v1'],
      after: ['CONTRACTED'],
      waitingOn: 'platform',
      deadlineDays: null,
    },
    {
      step: 'TRAINED',
      alsoCalled: ['training'],
      stage: 'IMPLEMENTING',
      needs: ['onboarding.training-completed.v1'],
      after: ['CONTRACTED'],
      waitingOn: 'supplier',
      deadlineDays: 120,
    },
    {
      step: 'DEPLOYED',
      alsoCalled: ['deployment', 'implementing'],
      stage: 'IMPLEMENTING',
      needs: ['onboarding.system-deployed.v1'],
      after: ['CONTRACTED'],
      waitingOn: 'provider',
      deadlineDays: 120,
    },
    {
      step: 'DATA_CONNECTED',
      alsoCalled: ['mapping', 'connection'],
      stage: 'DATA_CONNECTED',
      needs: ['onboarding.data-connected.v1'],
      after: ['PROVISIONED', 'DEPLOYED'],
      waitingOn: 'platform',
      deadlineDays: 45,
    },
    {
      step: 'LIVE',
      alsoCalled: ['go-live'],
      stage: 'LIVE',
      needs: ['onboarding.go-live-confirmed.v1', 'onboarding.use-sustained.v1'],
      after: ['DATA_CONNECTED'],
      waitingOn: 'supplier',
      deadlineDays: 90,
    },
    {
      step: 'SELF_ASSESSED',
      stage: 'SELF_ASSESSED',
      needs: ['onboarding.self-assessed.v1'],
      after: ['LIVE'],
      waitingOn: 'supplier',
      deadlineDays: 45,
    },
    {
      step: 'ONSITE_RATED',
      alsoCalled: ['rating'],
      stage: 'ONSITE_RATED',
      needs: ['onboarding.level-assessed.v1'],
      after: ['SELF_ASSESSED'],
      waitingOn: 'rater',
      deadlineDays: 60,
    },
    {
      step: 'FINANCE_AUDITED',
      alsoCalled: ['audit'],
      stage: 'FINANCE_AUDITED',
      needs: ['onboarding.finance-audited.v1'],
      after: ['LIVE'],
      waitingOn: 'financial-auditor',
      deadlineDays: 60,
    },
    {
      step: 'ACCEPTED',
      stage: 'ACCEPTED',
      needs: ['onboarding.acceptance-decided.v1'],
      after: ['TRAINED', 'ONSITE_RATED', 'FINANCE_AUDITED'],
      waitingOn: 'bureau',
      deadlineDays: 60,
    },
  ],
};

/** Version that an onboarding beginning now is given. */
export const CURRENT_PROGRAMME_VERSION = CITY_PROGRAMME_1.version;

const PROGRAMMES: ReadonlyMap<string, ProgrammeDefinition> = new Map([
  [CITY_PROGRAMME_1.version, CITY_PROGRAMME_1],
]);

/** The definition of a version; an unknown version is read as the current one, since a recorded event is never refused. */
export const programmeOf = (version: string): ProgrammeDefinition =>
  PROGRAMMES.get(version) ?? CITY_PROGRAMME_1;

/** Every version there is, for checks. */
export const allProgrammes = (): readonly ProgrammeDefinition[] => [...PROGRAMMES.values()];
