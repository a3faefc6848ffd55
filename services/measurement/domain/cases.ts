import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import type { FindingOutcome, FindingState, Severity } from '../../../schemas/measurement.ts';
import { DAY_MS, dateOf } from '../../../schemas/time.ts';
import { nominationOf } from './enrolment.ts';
import { SET_HASH_DIGITS } from './facts.ts';
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
  /** How many facts opened it again. */
  readonly furtherFacts?: number;
}

interface CaseState {
  readonly state: FindingState;
  readonly outcome: FindingOutcome | null;
  readonly owner: string | null;
  readonly dueOn: string | null;
  /** When it was appealed, or further facts opened it, last: from then on it is to be answered anew. */
  readonly anewMs: number | null;
  /** Marks of the facts that the closure stands for; null for one that was recorded without, and stands for all. */
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
  if (acts.length === 0) return NEW;
  const now = facts.map((fact) => ({ ...fact, mark: markOf(fact.key) }));
  const byMark = new Map(now.map((fact) => [fact.mark, fact]));
  const runs = new Set(now.flatMap(({ run }) => (run === undefined ? [] : [markOf(run)])));
  // Whoever acted saw the facts of then: where they open a closure, that comes first.
  const seenBy = (act: CaseAct): MarkedFact[] =>
    act.act === 'appealed'
      ? []
      : (act.facts ?? [])
          .flatMap((recorded) => marksOf(recorded).map((mark) => ({ mark, key: recorded })))
          .filter(({ mark }) => !runs.has(mark))
          .map((fact) => ({ ...fact, ...byMark.get(fact.mark), timeMs: act.timeMs }));
  return reopened(
    acts.reduce((state, act) => evolve(state, act, seenBy(act)), NEW),
    now,
  );
}

/** A fact with what closures know it by. */
interface MarkedFact extends FindingFact {
  readonly mark: string;
}

/** A longer key is recorded by its mark. */
const LONGEST_KEY = 120;
/** Where there are more keys than these, marks are recorded alone, many in a line: no act may be too large to be recorded. */
const MOST_KEYS = 1_000;
const MARKS_IN_A_LINE = 14;
const MARKED = 'sha256:';

const markOf = (key: string): string =>
  createHash('sha256').update(key).digest('hex').slice(0, SET_HASH_DIGITS);

/** The marks of the facts that a line of an act's record stands for. */
const marksOf = (recorded: string): string[] =>
  recorded.startsWith(MARKED) ? recorded.slice(MARKED.length).split(' ') : [markOf(recorded)];

/** The keys that an act is recorded with: a dismissal covers, of what goes on month by month, the whole run. */
export function factKeys(facts: readonly FindingFact[], outcome?: FindingOutcome): string[] {
  const keys = [
    ...new Set(facts.flatMap(({ key, run }) => (outcome === 'dismissed' && run ? [key, run] : [key]))),
  ];
  if (keys.length <= MOST_KEYS)
    return keys.map((key) =>
      key.length > LONGEST_KEY || key.startsWith(MARKED) ? MARKED + markOf(key) : key,
    );
  const lines: string[] = [];
  for (let at = 0; at < keys.length; at += MARKS_IN_A_LINE)
    lines.push(
      MARKED +
        keys
          .slice(at, at + MARKS_IN_A_LINE)
          .map(markOf)
          .join(' '),
    );
  return lines;
}

/** A record names no more of the facts that opened it again. */
const MOST_NAMED = 20;

/** A closed case is open again where facts show it that the closure was not decided upon. */
function reopened(known: CaseState, facts: readonly MarkedFact[]): CaseState {
  const { state, closedUpon, record } = known;
  if (state !== 'closed' || closedUpon === null) return known;
  const beyond = facts.filter(
    ({ mark, run }) => !closedUpon.has(mark) && !(run && closedUpon.has(markOf(run))),
  );
  if (beyond.length === 0) return known;
  const atMs = Math.max(record.at(-1)?.atMs ?? 0, earliest(beyond));
  const more = beyond.length > MOST_NAMED ? ` … (${beyond.length})` : '';
  const text = `${beyond
    .slice(0, MOST_NAMED)
    .map(({ key }) => key)
    .join(', ')}${more}`;
  return {
    ...known,
    state: 'open',
    outcome: null,
    dueOn: null,
    anewMs: atMs,
    closedUpon: null,
    parties: [],
    record: [
      ...record,
      { atMs, act: 'reopened', actor: '', text, outcome: null, furtherFacts: beyond.length },
    ],
  };
}

const earliest = (facts: readonly FindingFact[]): number =>
  facts.reduce((first, { timeMs }) => Math.min(first, timeMs), Infinity);

function evolve(before: CaseState, act: CaseAct, seen: readonly MarkedFact[]): CaseState {
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
        closedUpon: act.facts === undefined ? null : new Set(act.facts.flatMap(marksOf)),
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
    readonly furtherFacts?: number;
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
    .flatMap(({ nominations }) => nominationOf(nominations)?.city ?? [])
    .sort()[0];
  const region = city ?? entities.find((entity) => /^[1-8]\d{5}$/.test(entity));
  return region === undefined ? 'programme office' : `bureau:${region}`;
}
