import type { ErrorCode } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import type { FindingOutcome, FindingState, Severity } from '../../../schemas/measurement.ts';
import { DAY_MS, dateOf } from '../../../schemas/time.ts';
import type { FindingFact } from './guards/guard.ts';
import type { Suspicion } from './guards/index.ts';
import type { CaseAct, FindingCase } from './ledgers.ts';
import type { World } from './world.ts';

/** Days in which a finding is to be answered. */
export const DUE_DAYS: Readonly<Record<Severity, number>> = { critical: 14, warning: 30, info: 60 };

/** A line of a finding's record: an act of a person, or that further facts opened it again. */
interface RecordLine {
  readonly atMs: number;
  readonly act: CaseAct['act'] | 'reopened';
  readonly actor: string;
  readonly text: string;
  readonly outcome: FindingOutcome | null;
}

interface CaseState {
  readonly state: FindingState;
  readonly outcome: FindingOutcome | null;
  readonly owner: string | null;
  readonly dueOn: string | null;
  /** When it was appealed, or further facts opened it, last: from then on it is to be answered anew. */
  readonly anewMs: number | null;
  /** Keys of the facts that the closure stands for; null for one that was recorded without, and stands for all. */
  readonly closedUpon: ReadonlySet<string> | null;
  /** Who took the decision that is appealed, and who appealed: neither decides the appeal. */
  readonly parties: readonly string[];
  readonly record: readonly RecordLine[];
}
const NEW: CaseState = {
  state: 'open',
  outcome: null,
  owner: null,
  dueOn: null,
  anewMs: null,
  closedUpon: null,
  parties: [],
  record: [],
};

/** Firms concerned may answer and appeal; what is found about them others decide. */
const CONCERNED: readonly Actor['role'][] = ['leader', 'supplier', 'provider', 'system'];

/** Whether a case takes an act: a closed one only an appeal, an open one anything else; and an appeal is decided by somebody new to it. */
export function refusalOf(
  known: FindingCase | undefined,
  act: CaseAct['act'],
  actor: Pick<Actor, 'name' | 'role'>,
  facts: readonly FindingFact[] = [],
): ErrorCode | null {
  const { state, parties } = stateOf(known?.acts ?? [], facts);
  if ((state === 'closed') !== (act === 'appealed')) return 'FINDING_NOT_OPEN';
  if (act !== 'closed') return null;
  return CONCERNED.includes(actor.role) || parties.includes(personOf(actor.name))
    ? 'SEPARATION_OF_DUTIES'
    : null;
}

const personOf = (name: string): string => name.trim().toLowerCase();

/**
 * State after all acts in the order of business time, and after the facts that stand now; an act that the state does not
 * take changes nothing.
 */
export function stateOf(acts: readonly CaseAct[], facts: readonly FindingFact[] = []): CaseState {
  return reopened(acts.reduce(evolve, NEW), facts);
}

/** The keys that an act is recorded with: a dismissal covers, of what goes on month by month, the whole run. */
export const factKeys = (facts: readonly FindingFact[], outcome?: FindingOutcome): string[] => [
  ...new Set(facts.flatMap(({ key, run }) => (outcome === 'dismissed' && run ? [key, run] : [key]))),
];

/** A closed case is open again where facts show it that the closure was not decided upon. */
function reopened(known: CaseState, facts: readonly FindingFact[]): CaseState {
  const { state, closedUpon, record } = known;
  if (state !== 'closed' || closedUpon === null) return known;
  const beyond = facts.filter(({ key, run }) => !closedUpon.has(key) && !(run && closedUpon.has(run)));
  if (beyond.length === 0) return known;
  const atMs = Math.max(record.at(-1)?.atMs ?? 0, earliest(beyond));
  const text = beyond.map(({ key }) => key).join(', ');
  return {
    ...known,
    state: 'open',
    outcome: null,
    dueOn: null,
    anewMs: atMs,
    closedUpon: null,
    parties: [],
    record: [...record, { atMs, act: 'reopened', actor: '', text, outcome: null }],
  };
}

const earliest = (facts: readonly FindingFact[]): number => Math.min(...facts.map(({ timeMs }) => timeMs));

function evolve(before: CaseState, act: CaseAct): CaseState {
  // Whoever acted saw the facts of then: where they open a closure, that comes first.
  const seen = act.act === 'appealed' ? [] : (act.facts ?? []).map((key) => ({ key, timeMs: act.timeMs }));
  const known = reopened(before, seen);
  const person = personOf(act.actor);
  if ((known.state === 'closed') !== (act.act === 'appealed')) return before;
  if (act.act === 'closed' && known.parties.includes(person)) return before;
  const record = [...known.record, lineOf(act)];
  switch (act.act) {
    case 'assigned':
      return { ...known, record, owner: act.owner ?? known.owner, dueOn: act.dueOn ?? known.dueOn };
    case 'replied':
      // What is appealed stays so until it is decided.
      return known.state === 'appealed' ? { ...known, record } : { ...known, record, state: 'replied' };
    case 'closed':
      return {
        ...known,
        record,
        state: 'closed',
        outcome: act.outcome ?? null,
        closedUpon: act.facts === undefined ? null : new Set(act.facts),
        parties: [person],
      };
    case 'appealed':
      return {
        ...known,
        record,
        state: 'appealed',
        outcome: null,
        dueOn: null,
        anewMs: act.timeMs,
        parties: [...known.parties, person],
      };
    default: {
      const unknown: never = act.act;
      return unknown;
    }
  }
}

const lineOf = (act: CaseAct): RecordLine => ({
  atMs: act.timeMs,
  act: act.act,
  actor: act.actor,
  text: act.text || [act.owner, act.dueOn].filter(Boolean).join(', '),
  outcome: act.outcome ?? null,
});

/** A finding with what people did about it. */
export interface Finding {
  readonly id: string;
  readonly code: ErrorCode;
  readonly severity: Severity;
  readonly entities: readonly string[];
  readonly evidence: readonly Readonly<Record<string, unknown>>[];
  readonly state: FindingState;
  readonly outcome: FindingOutcome | null;
  readonly owner: string;
  readonly raisedOn: string;
  readonly dueOn: string;
  readonly isOverdue: boolean;
  /** Whether the facts still show it; once they do not, only its history is left. */
  readonly isCurrent: boolean;
  readonly history: readonly {
    readonly at: string;
    readonly act: RecordLine['act'];
    readonly actor: string;
    readonly text: string;
    readonly outcome: FindingOutcome | null;
  }[];
}

/** Joins suspicions with their cases; findings that were acted on stay, even when the facts no longer show them. */
export function findingsOf(world: World, suspicions: readonly Suspicion[]): Finding[] {
  const cases = new Map(world.models.finding_cases);
  const current = suspicions.map((suspicion) => {
    const known = cases.get(suspicion.id);
    cases.delete(suspicion.id);
    return findingOf(world, suspicion, known, true);
  });
  const gone = [...cases.values()].map((known) => findingOf(world, vanished(known), known, false));
  return [...current, ...gone].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const vanished = (known: FindingCase): Suspicion => ({
  id: known._id,
  code: known._id.slice(0, known._id.indexOf('/')) as ErrorCode,
  severity: 'info',
  entities: [],
  evidence: [],
  facts: [],
});

function findingOf(
  world: World,
  suspicion: Suspicion,
  known: FindingCase | undefined,
  isCurrent: boolean,
): Finding {
  const { facts, ...shown } = suspicion;
  const { state, outcome, owner, dueOn, anewMs, record } = stateOf(known?.acts ?? [], facts);
  const raisedMs = facts.length === 0 ? (known?.acts[0]?.timeMs ?? 0) : earliest(facts);
  const due = dueOn ?? dateOf(new Date((anewMs ?? raisedMs) + DUE_DAYS[suspicion.severity] * DAY_MS));
  return {
    ...shown,
    state,
    outcome,
    owner: owner ?? ownerOf(world, suspicion.entities),
    raisedOn: dateOf(new Date(raisedMs)),
    dueOn: due,
    isOverdue: state !== 'closed' && due < world.today,
    isCurrent,
    history: record.map(({ atMs, ...line }) => ({ at: new Date(atMs).toISOString(), ...line })),
  };
}

/** Who answers unless somebody is appointed: the bureau of the city that nominated the first firm, or the leader itself. */
function ownerOf(world: World, entities: readonly string[]): string {
  const [first = ''] = entities;
  const firm = world.models.firms.get(first);
  if (firm?.leader !== undefined) return `leader:${first}`;
  const city = Object.values(firm?.enrolments ?? {})
    .flatMap(({ nominated }) => nominated?.city ?? [])
    .sort()[0];
  const region = city ?? entities.find((entity) => /^[1-8]\d{5}$/.test(entity));
  return region === undefined ? 'programme office' : `bureau:${region}`;
}
