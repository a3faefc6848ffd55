import type { ErrorCode } from '../../../schemas/errors.ts';
import type { FindingOutcome, FindingState, Severity } from '../../../schemas/measurement.ts';
import { DAY_MS, dateOf } from '../../../schemas/time.ts';
import type { Suspicion } from './guards/index.ts';
import type { CaseAct, FindingCase } from './ledgers.ts';
import type { World } from './world.ts';

/** Days in which a finding is to be answered. */
export const DUE_DAYS: Readonly<Record<Severity, number>> = { critical: 14, warning: 30, info: 60 };

interface CaseState {
  readonly state: FindingState;
  readonly outcome: FindingOutcome | null;
  readonly owner: string | null;
  readonly dueOn: string | null;
  /** When it was appealed last: from then on it is to be answered anew. */
  readonly appealedMs: number | null;
}
const NEW: CaseState = { state: 'open', outcome: null, owner: null, dueOn: null, appealedMs: null };

/** Whether a case takes an act: a closed one only an appeal, an open one anything else. */
export function refusalOf(known: FindingCase | undefined, act: CaseAct['act']): ErrorCode | null {
  const isClosed = stateOf(known?.acts ?? []).state === 'closed';
  return isClosed === (act === 'appealed') ? null : 'FINDING_NOT_OPEN';
}

/** State after all acts in the order of business time; an act that the state does not take changes nothing. */
export function stateOf(acts: readonly CaseAct[]): CaseState {
  return acts.reduce(evolve, NEW);
}

function evolve(known: CaseState, act: CaseAct): CaseState {
  if ((known.state === 'closed') !== (act.act === 'appealed')) return known;
  switch (act.act) {
    case 'assigned':
      return { ...known, owner: act.owner ?? known.owner, dueOn: act.dueOn ?? known.dueOn };
    case 'replied':
      // What is appealed stays so until it is decided.
      return known.state === 'appealed' ? known : { ...known, state: 'replied' };
    case 'closed':
      return { ...known, state: 'closed', outcome: act.outcome ?? null };
    case 'appealed':
      return { ...known, state: 'appealed', outcome: null, dueOn: null, appealedMs: act.timeMs };
    default: {
      const unknown: never = act.act;
      return unknown;
    }
  }
}

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
    readonly act: CaseAct['act'];
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
  raisedMs: known.acts[0]?.timeMs ?? 0,
});

function findingOf(
  world: World,
  suspicion: Suspicion,
  known: FindingCase | undefined,
  isCurrent: boolean,
): Finding {
  const { raisedMs, ...shown } = suspicion;
  const { state, outcome, owner, dueOn, appealedMs } = stateOf(known?.acts ?? []);
  const due = dueOn ?? dateOf(new Date((appealedMs ?? raisedMs) + DUE_DAYS[suspicion.severity] * DAY_MS));
  return {
    ...shown,
    state,
    outcome,
    owner: owner ?? ownerOf(world, suspicion.entities),
    raisedOn: dateOf(new Date(raisedMs)),
    dueOn: due,
    isOverdue: state !== 'closed' && due < world.today,
    isCurrent,
    history: (known?.acts ?? []).map((act) => ({
      at: new Date(act.timeMs).toISOString(),
      act: act.act,
      actor: act.actor,
      text: act.text || [act.owner, act.dueOn].filter(Boolean).join(', '),
      outcome: act.outcome ?? null,
    })),
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
