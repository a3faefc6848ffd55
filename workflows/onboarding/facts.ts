import { correctedIdentity } from '../../schemas/corrections.ts';
import type { Actor, OutcomeDisplacement } from '../../schemas/events/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { FailureReason, Stage, TerminalStatus } from '../../schemas/onboarding.ts';

/** Source of every event that an onboarding's workflow states. */
export const ACT_SOURCE = '/system/onboarding';
export const actIdentity = (actId: string): string => `${ACT_SOURCE} ${actId}`;

/** The type of the events that take others back. */
export const CORRECTION: EventType = 'correction.declared.v1';

/** What the system states once a tenant's first data have come, and what it learns from the platform while they have not. */
export const DATA_CONNECTED: EventType = 'onboarding.data-connected.v1';
export const PLATFORM_CHECKED: EventType = 'onboarding.platform-checked.v1';

/** What the system states once use is sustained. */
export const USE_SUSTAINED: EventType = 'onboarding.use-sustained.v1';

/** An accepted event about an onboarding, or one that takes such an event back, cut down to what decisions and read models need. */
export interface Fact {
  /** Identity of the event: `<source> <id>`. */
  readonly id: string;
  readonly type: EventType;
  /** Business time, ISO 8601 in UTC with milliseconds: comparable as text. */
  readonly time: string;
  readonly correlationId: string;
  readonly data: FactData;
}

/** The fields of all the onboarding events that are used; what an event does not have is absent. */
export interface FactData {
  readonly leaderUscc?: string;
  readonly providerUscc?: string;
  readonly supplierName?: string;
  readonly cityCode?: string;
  readonly districtCode?: string;
  readonly zone?: string;
  readonly industryCode?: string;
  readonly tier?: number;
  readonly programmeVersion?: string;
  readonly solution?: string;
  readonly outcome?: string;
  readonly level?: number;
  readonly step?: string;
  readonly rung?: number;
  readonly attempt?: number;
  readonly recipient?: string;
  readonly final?: boolean;
  readonly failure?: FailureReason;
  readonly comment?: string;
  readonly actor?: Actor;
  readonly operation?: string;
  readonly issuedAt?: string;
  readonly status?: TerminalStatus;
  readonly stage?: Stage;
  readonly basis?: readonly string[];
  /** Of a reopening: the identity of the closing that it undoes. */
  readonly closing?: string;
  /** Of a correction: the identity of the fact, or of the correction, that it takes back. */
  readonly corrects?: string;
  readonly raterUscc?: string;
  /** Of a rating: whether the firm that rated is the one that was rated. */
  readonly isOwnRating?: boolean;
  readonly remedy?: string;
  readonly evidenceSha256?: string;
  readonly fileName?: string;
  readonly priceFen?: number;
  readonly amountFen?: number | null;
  readonly daysLeft?: number;
  readonly windowMonths?: number;
  readonly verdict?: 'gain' | 'no-gain' | 'not-measurable';
  readonly kpi?: string;
  readonly before?: number | null;
  readonly after?: number | null;
  readonly change?: number | null;
  readonly isSuperficial?: boolean;
  readonly isSilent?: boolean;
  readonly displacement?: readonly OutcomeDisplacement[];
  readonly isAnswered?: boolean;
  readonly firstDataAt?: string | null;
  readonly lastHeardAt?: string | null;
}

/** What an event must bring to be read as a fact. */
export interface FactSource {
  readonly id: string;
  readonly type: EventType;
  readonly time: string;
  readonly correlationId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const COPIED = [
  'leaderUscc',
  'providerUscc',
  'supplierName',
  'cityCode',
  'districtCode',
  'zone',
  'industryCode',
  'tier',
  'programmeVersion',
  'solution',
  'outcome',
  'level',
  'step',
  'rung',
  'attempt',
  'recipient',
  'final',
  'comment',
  'actor',
  'operation',
  'status',
  'stage',
  'basis',
  'closing',
  'raterUscc',
  'remedy',
  'evidenceSha256',
  'fileName',
  'priceFen',
  'amountFen',
  'daysLeft',
  'windowMonths',
  'verdict',
  'kpi',
  'before',
  'after',
  'change',
  'isSuperficial',
  'isSilent',
  'displacement',
  'isAnswered',
  'firstDataAt',
  'lastHeardAt',
] as const satisfies readonly (keyof FactData)[];

/** Cuts an accepted event (so one that fits its schema) down to a fact. */
export function factOf(event: FactSource): Fact {
  const data: Record<string, unknown> = {};
  for (const field of COPIED) if (event.data[field] !== undefined) data[field] = event.data[field];
  const { reason, failureReason, message, issuedAt, decidedBy } = event.data;
  const failure = isFailure(failureReason) ? failureReason : isFailure(reason) ? reason : undefined;
  if (failure !== undefined) data.failure = { group: failure.group, cause: failure.cause };
  if (typeof reason === 'string') data.comment = reason;
  if (typeof message === 'string') data.comment = message;
  if (typeof issuedAt === 'string') data.issuedAt = new Date(issuedAt).toISOString();
  const { raterUscc, supplierUscc } = event.data;
  if (raterUscc !== undefined && raterUscc === supplierUscc) data.isOwnRating = true;
  if (event.type === CORRECTION) data.corrects = correctedIdentity(event.id, event.data);
  if (event.type === 'onboarding.acceptance-decided.v1' && typeof decidedBy === 'string')
    data.actor = { name: decidedBy, role: 'bureau' };
  return {
    id: event.id,
    type: event.type,
    time: event.time,
    correlationId: event.correlationId,
    data: data as FactData,
  };
}

const isFailure = (value: unknown): value is FailureReason =>
  typeof value === 'object' && value !== null && 'group' in value && 'cause' in value;

/** An identity as it is compared: moves of a provider are counted, and as plain text the tenth would come before the second. */
const comparable = (id: string): string =>
  id.replace(/(?<=\/provider-(?:reserved|released)\/)\d+/, (nth) => nth.padStart(9, '0'));

function byTimeThenId(a: Fact, b: Fact): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.id === b.id) return 0;
  return comparable(a.id) < comparable(b.id) ? -1 : 1;
}

/** The set of facts in business order: by time, then by identity; each identity once. */
export function inOrder(facts: Iterable<Fact>): Fact[] {
  const byId = new Map<string, Fact>();
  for (const fact of facts) byId.set(fact.id, fact);
  return [...byId.values()].sort(byTimeThenId);
}

/** What a workflow states of its own accord, in contrast to what it is told. */
const OUTCOME_TYPES: ReadonlySet<EventType> = new Set<EventType>([
  'onboarding.registered.v1',
  'onboarding.identity-verified.v1',
  'onboarding.tenant-created.v1',
  'onboarding.credential-issued.v1',
  'onboarding.devices-registered.v1',
  'onboarding.subsidy-reserved.v1',
  'onboarding.provider-reserved.v1',
  'onboarding.platform-refused.v1',
  'onboarding.platform-given-up.v1',
  'onboarding.compensation-escalated.v1',
  'onboarding.devices-removed.v1',
  'onboarding.subsidy-released.v1',
  'onboarding.provider-released.v1',
  'onboarding.credential-revoked.v1',
  'onboarding.tenant-disabled.v1',
  'onboarding.reminder-sent.v1',
  'onboarding.platform-checked.v1',
  'onboarding.data-connected.v1',
  'onboarding.use-sustained.v1',
  'onboarding.expiry-announced.v1',
  'onboarding.outcome-measured.v1',
  'onboarding.closed.v1',
]);
export const isOutcome = ({ type }: Pick<Fact, 'type'>): boolean => OUTCOME_TYPES.has(type);
