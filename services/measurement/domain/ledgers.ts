import type { EvidenceKind, FindingOutcome } from '../../../schemas/measurement.ts';
import { dateOf } from '../../../schemas/time.ts';
import type { Stated } from './enrolment.ts';
import { compareFacts, type Fact, text, whole } from './facts.ts';
import { statedBy } from './records.ts';

/** Lists that only grow: subsidies of a firm, files handed in, acts on findings. Their order is that of business time. */

export interface SubsidyEntry extends Stated {
  /** Reserved: stated by a bureau. Set aside and released: by the system, with an onboarding. */
  readonly kind: 'reserved' | 'set-aside' | 'released' | 'paid' | 'clawed-back';
  /** Empty where there is none. */
  readonly number: string;
  /** Number of what it draws on: of a payment its reservation, of a claw-back its payment. */
  readonly against?: string;
  readonly on: string;
  readonly amountFen: number;
  readonly currency: string;
}

/** What one firm was promised, paid and asked back in one programme. */
export interface SubsidyLedger {
  /** `<programme>/<USCC>` */
  readonly _id: string;
  readonly firm: string;
  readonly programme: string;
  readonly entries: readonly SubsidyEntry[];
}

const SUBSIDY_FIELDS = {
  reserved: { number: 'reservationNumber', against: null, on: 'reservedOn' },
  paid: { number: 'paymentNumber', against: 'reservationNumber', on: 'paidOn' },
  'clawed-back': { number: 'clawBackNumber', against: 'paymentNumber', on: 'clawedBackOn' },
  'set-aside': { number: null, against: null, on: null },
  released: { number: null, against: null, on: null },
} as const satisfies Record<SubsidyEntry['kind'], object>;
const SUBSIDY_KIND: Readonly<Record<string, SubsidyEntry['kind']>> = {
  'subsidy.reserved.v1': 'reserved',
  'subsidy.paid.v1': 'paid',
  'subsidy.clawed-back.v1': 'clawed-back',
  'onboarding.subsidy-reserved.v1': 'set-aside',
  'onboarding.subsidy-released.v1': 'released',
};
export const SUBSIDY_TYPES: readonly string[] = Object.keys(SUBSIDY_KIND);

export const subsidyIdOf = (fact: Fact): string =>
  `${text(fact.data.programme)}/${text(fact.data.supplierUscc)}`;

export function addToSubsidies(ledger: SubsidyLedger | null, fact: Fact): SubsidyLedger {
  const { data } = fact;
  const kind = SUBSIDY_KIND[fact.type] ?? 'paid';
  const fields = SUBSIDY_FIELDS[kind];
  const against = fields.against === null ? '' : text(data[fields.against]);
  const entry: SubsidyEntry = {
    ...statedBy(fact),
    kind,
    number: fields.number === null ? '' : text(data[fields.number]),
    ...(against === '' ? {} : { against }),
    on: fields.on === null ? dateOf(new Date(fact.timeMs)) : text(data[fields.on]),
    amountFen: whole(data.amountFen) ?? 0,
    currency: text(data.currency) || 'CNY',
  };
  return {
    _id: subsidyIdOf(fact),
    firm: text(data.supplierUscc),
    programme: text(data.programme),
    entries: [...(ledger?.entries ?? []), entry].sort(compareFacts),
  };
}

export interface SubsidyBalance {
  /** What the bureau said it had set aside; where it said nothing, what stands set aside by onboardings. Never both: it is the same money. */
  readonly reservedFen: number;
  readonly paidFen: number;
  readonly clawedBackFen: number;
  /** Paid less claimed back. */
  readonly netFen: number;
}

/** Numbers are the bureau's that gives them. */
export const issuerOf = ({ identity }: SubsidyEntry): string => identity.split('/')[2] ?? '';

/** Why entries are in no sum: not in CNY, or stated again later under the same number. */
export function leftOut(entries: readonly SubsidyEntry[]): ReadonlyMap<string, 'not-cny' | 'stated-again'> {
  const last = new Map<string, string>();
  const key = (entry: SubsidyEntry): string =>
    `${entry.kind} ${issuerOf(entry)} ${entry.number || entry.identity}`;
  for (const entry of entries) last.set(key(entry), entry.identity);
  return new Map(
    entries.flatMap((entry): [string, 'not-cny' | 'stated-again'][] => {
      if (last.get(key(entry)) !== entry.identity) return [[entry.identity, 'stated-again']];
      return entry.currency === 'CNY' ? [] : [[entry.identity, 'not-cny']];
    }),
  );
}

/** What an onboarding's events about its subsidy are named: by the onboarding, then in which of its rounds. */
const BY_ONBOARDING = /^(.*)\/subsidy-(?:reserved|released)(?:\/round-(\d+))?$/;

/** What stands set aside by onboardings; a release that names no amount, as earlier ones do, gives back all that its onboarding had set aside. */
function setAsideFen(entries: readonly SubsidyEntry[]): number {
  const acts = entries
    .filter(({ kind }) => kind === 'set-aside' || kind === 'released')
    .map(({ identity, kind, amountFen }) => {
      const [, onboarding = identity, round = '1'] = BY_ONBOARDING.exec(identity) ?? [];
      return { onboarding, isRelease: kind === 'released', amountFen, round: Number(round) };
    })
    // Both may bear one time, that of a correction: in each round what was set aside comes first.
    .sort((a, b) => a.round - b.round || Number(a.isRelease) - Number(b.isRelease));
  const standing = new Map<string, number>();
  for (const { onboarding, isRelease, amountFen } of acts) {
    const before = standing.get(onboarding) ?? 0;
    standing.set(onboarding, isRelease ? before - (amountFen || before) : before + amountFen);
  }
  return [...standing.values()].reduce((sum, fen) => sum + fen, 0);
}

/** Sums of a ledger over what is in CNY; what was stated under one number twice is counted once, as it was stated last. */
export function subsidyBalance(ledger: SubsidyLedger | undefined): SubsidyBalance {
  const entries = ledger?.entries ?? [];
  const out = leftOut(entries);
  const sumOf = (kind: SubsidyEntry['kind']): number =>
    entries
      .filter((entry) => entry.kind === kind && !out.has(entry.identity))
      .reduce((sum, entry) => sum + entry.amountFen, 0);
  const [paidFen, clawedBackFen] = [sumOf('paid'), sumOf('clawed-back')];
  const isStated = entries.some(({ kind, identity }) => kind === 'reserved' && !out.has(identity));
  const reservedFen = isStated ? sumOf('reserved') : setAsideFen(entries);
  return { reservedFen, paidFen, clawedBackFen, netFen: paidFen - clawedBackFen };
}

/** One file that was handed in. */
export interface EvidenceFile extends Stated {
  /** Identity of the event. */
  readonly _id: string;
  readonly firm: string;
  readonly programme: string;
  readonly kind: EvidenceKind;
  readonly fileName: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly documentNumber: string | null;
  readonly documentDate: string | null;
  readonly amountFen: number | null;
  readonly currency: string;
  readonly counterparty: string | null;
}

export function addToEvidence(_file: EvidenceFile | null, fact: Fact): EvidenceFile {
  const { data } = fact;
  return {
    ...statedBy(fact),
    _id: fact.identity,
    firm: text(data.supplierUscc),
    programme: text(data.programme),
    kind: text(data.kind) as EvidenceKind,
    fileName: text(data.fileName),
    mediaType: text(data.mediaType),
    sizeBytes: whole(data.sizeBytes) ?? 0,
    sha256: text(data.sha256),
    documentNumber: text(data.documentNumber) || null,
    documentDate: text(data.documentDate) || null,
    amountFen: whole(data.amountFen),
    currency: text(data.currency) || 'CNY',
    counterparty: text(data.counterpartyUscc) || null,
  };
}

const CASE_ACT = {
  'finding.assigned.v1': 'assigned',
  'finding.replied.v1': 'replied',
  'finding.closed.v1': 'closed',
  'finding.appealed.v1': 'appealed',
} as const satisfies Record<string, string>;
export const CASE_TYPES: readonly string[] = Object.keys(CASE_ACT);

export interface CaseAct extends Stated {
  readonly act: (typeof CASE_ACT)[keyof typeof CASE_ACT];
  readonly actor: string;
  readonly text: string;
  readonly outcome?: FindingOutcome;
  readonly owner?: string;
  readonly dueOn?: string;
  /** Keys of the facts that stood when it was done; those that a closure stands for. */
  readonly facts?: readonly string[];
}

/** What people did about one finding. */
export interface FindingCase {
  /** The finding's id. */
  readonly _id: string;
  readonly acts: readonly CaseAct[];
}

export const caseIdOf = (fact: Fact): string => text(fact.data.findingId);

export function addToCase(known: FindingCase | null, fact: Fact): FindingCase {
  const { data } = fact;
  const act: CaseAct = {
    ...statedBy(fact),
    act: CASE_ACT[fact.type as keyof typeof CASE_ACT],
    actor: text((data.actor as { name?: unknown } | undefined)?.name),
    text: text(data.text),
    ...(data.outcome === undefined ? {} : { outcome: data.outcome as FindingOutcome }),
    ...(data.owner === undefined ? {} : { owner: text(data.owner), dueOn: text(data.dueOn) }),
    ...(Array.isArray(data.facts) ? { facts: data.facts.map(text) } : {}),
  };
  return { _id: caseIdOf(fact), acts: [...(known?.acts ?? []), act].sort(compareFacts) };
}
