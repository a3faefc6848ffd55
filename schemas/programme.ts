import { z } from 'zod';
import { ACT_NAMES } from './api/acts.ts';
import { ACTOR_ROLES } from './events/acts.ts';
import { EVENT_TYPES, type EventType, isOnboardingType } from './events/index.ts';
import { PARTIES, STAGES, Stage } from './onboarding.ts';

const StepName = z.string().regex(/^[A-Z][A-Z_]{1,58}$/, 'must be capitals and underscores');
const OnboardingEvent = z
  .string()
  .refine((type): type is EventType => EVENT_TYPES.has(type), 'is not an event type of docs/events.md')
  .refine((type) => isOnboardingType(type), 'is no event about an onboarding, so no step would ever see it')
  .transform((type) => type as EventType);

/** A span of days: of the calendar, or working days of the Chinese calendar. */
const Span = z.strictObject({
  days: z.number().int().min(0).max(1_000),
  count: z.enum(['calendar', 'working']),
});
export type Span = z.infer<typeof Span>;

const StepDefinition = z.strictObject({
  step: StepName,
  stage: Stage,
  /** Every one of these must have come about for the step to be done. */
  needs: z.array(OnboardingEvent),
  /** And one of these, where any is named. */
  needsOneOf: z.array(OnboardingEvent).optional(),
  /** Other names under which providers report it. */
  alsoCalled: z.array(z.string()).optional(),
  /** Steps that must be done before; each stands earlier in the list. */
  after: z.array(StepName),
  waitingOn: z.enum(PARTIES),
  /** Counted from the day the step opens, or from its last failed attempt; null: nobody is reminded. */
  deadline: Span.nullable(),
  /** Whether somebody with authority may skip it, with a reason. */
  maySkip: z.boolean(),
});
export type StepDefinition = z.infer<typeof StepDefinition>;

const ReminderRung = z.strictObject({
  /** `waited-for`: whoever has to move the step on, or to look at what was handed in for it. */
  recipient: z.enum(['waited-for', 'supplier', 'leader', 'bureau']),
  afterDeadline: Span,
});
export type ReminderRung = z.infer<typeof ReminderRung>;

const Shape = z.strictObject({
  /** An onboarding keeps the version that it began with; a version in use is never changed. */
  version: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,58}$/),
  title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  window: z.strictObject({
    /** It closes so many calendar days after the nomination; what is open then has expired. */
    days: z.number().int().min(1).max(3_650),
    /** Calendar days before the window closes on which this is announced. */
    noticeDaysBefore: z.array(z.number().int().min(1)),
    /** A reopened onboarding has at least so many calendar days from its reopening. */
    reopenedDays: z.number().int().min(1),
  }),
  /** On-site level that counts as done. */
  targetLevel: z.number().int().min(0).max(4),
  /** Use is sustained once data have come in this many distinct months from the connection on. */
  sustainedMonths: z.number().int().min(1).max(24),
  /** When LIVE begins, the last data are no older than so many calendar days; absent: that is not asked. */
  liveDataDays: z.number().int().min(1).max(366).optional(),
  /** Months after LIVE at which the outcome is read; none: no follow-up. */
  outcomeWindowMonths: z.array(z.number().int().min(1).max(36)),
  /** The measured figure whose change against the frozen baseline decides an outcome. */
  outcomeKpi: z.string().min(1).max(60),
  /** An accepted onboarding without data in so many months before an outcome window is superficial. */
  silentMonths: z.number().int().min(1).max(12),
  /** What is reserved once the plan is approved, and released when the onboarding ends otherwise than accepted. */
  reservations: z.array(z.enum(['subsidy', 'provider'])),
  /** How much of a plan's price is reserved as subsidy; absent: all of it. */
  subsidy: z
    .strictObject({
      /** In hundredths of a percent of the price. */
      shareBasisPoints: z.number().int().min(1).max(10_000),
      /** At most so much for one onboarding. */
      capFen: z.number().int().min(1).max(100_000_000_000),
      /** By which rule, or that it is assumed. */
      basis: z.string().min(1).max(500),
    })
    .optional(),
  /** `follows`: when another provider takes over, the first one's reservation is released and the other's made; absent: it stays. */
  providerReservation: z.literal('follows').optional(),
  reminders: z.array(ReminderRung),
  /** Roles that may do an act; nobody may do an act that is not named. */
  mayAct: z.partialRecord(z.enum(ACT_NAMES), z.array(z.enum(ACTOR_ROLES)).min(1)),
  /** In an order in which every step stands after its prerequisites. */
  steps: z.array(StepDefinition).min(1),
});

/** How a city runs its programme, as data: `cli programme check` and every start of the service judge it by this. */
export const ProgrammeDefinition = Shape.superRefine((programme, context) => {
  const problem = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const seen = new Map<string, StepDefinition>();
  programme.steps.forEach((step, index) => {
    if (seen.has(step.step)) problem(['steps', index, 'step'], `${step.step} is there twice`);
    for (const before of step.after)
      if (!seen.has(before))
        problem(['steps', index, 'after'], `${before} does not stand before ${step.step}`);
    if (step.needs.length + (step.needsOneOf?.length ?? 0) === 0)
      problem(['steps', index, 'needs'], `nothing would ever do ${step.step}`);
    for (const type of step.needs) {
      const act = STATED_BY_ACT[type];
      if (act !== undefined && programme.mayAct[act] === undefined)
        problem(['mayAct'], `nobody may ${act}, so ${step.step} would never be done`);
    }
    const before = programme.steps[index - 1];
    if (before !== undefined && STAGES.indexOf(step.stage) < STAGES.indexOf(before.stage))
      problem(
        ['steps', index, 'stage'],
        `${step.step} in ${step.stage} stands after ${before.step} in ${before.stage}: the stage shown would go back`,
      );
    seen.set(step.step, step);
  });
  for (const name of REQUIRED_STEPS)
    if (!seen.has(name)) problem(['steps'], `${name} is missing: the product works on it by name`);
  for (const stage of STAGES)
    if (!programme.steps.some((step) => step.stage === stage)) problem(['steps'], `no step is in ${stage}`);
  const needed = prerequisitesOf('ACCEPTED', seen);
  for (const step of seen.keys())
    if (!needed.has(step)) problem(['steps'], `ACCEPTED does not need ${step}, so nobody would wait for it`);
  const rising = (values: readonly number[]): boolean =>
    values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0));
  if (!rising(programme.reminders.map((rung) => rung.afterDeadline.days)))
    problem(['reminders'], 'each rung must come later than the one before');
  if (
    new Set(programme.reminders.map((rung) => rung.afterDeadline.count)).size > 1 &&
    !isMixSafe(programme.reminders)
  )
    problem(
      ['reminders'],
      'rungs in working and in calendar days cannot be compared; the first may be 0 days',
    );
  if (!rising(programme.outcomeWindowMonths)) problem(['outcomeWindowMonths'], 'must rise');
  if (programme.window.noticeDaysBefore.some((days) => days >= programme.window.days))
    problem(['window', 'noticeDaysBefore'], 'a notice must lie inside the window');
});
export type ProgrammeDefinition = z.infer<typeof Shape>;

/** Steps that effects, follow-up and acts know by name. */
export const REQUIRED_STEPS = [
  'NOMINATED',
  'REGISTERED',
  'IDENTITY_VERIFIED',
  'PLAN_FILED',
  'PLAN_APPROVED',
  'CONTRACTED',
  'PROVISIONED',
  'DATA_CONNECTED',
  'LIVE',
  'ACCEPTED',
] as const;

/** What only a person's act states. */
const STATED_BY_ACT: Partial<Record<EventType, (typeof ACT_NAMES)[number]>> = {
  'onboarding.plan-approved.v1': 'approve-plan',
  'onboarding.self-assessed.v1': 'self-assess',
  'onboarding.finance-audited.v1': 'audit-finance',
};

/** A rung at 0 days is the deadline itself, however days are counted. */
const isMixSafe = (rungs: readonly ReminderRung[]): boolean =>
  new Set(rungs.filter((rung) => rung.afterDeadline.days > 0).map((rung) => rung.afterDeadline.count)).size <=
  1;

function prerequisitesOf(step: string, steps: ReadonlyMap<string, StepDefinition>): Set<string> {
  const found = new Set<string>();
  const collect = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const before of steps.get(name)?.after ?? []) collect(before);
  };
  collect(step);
  return found;
}
