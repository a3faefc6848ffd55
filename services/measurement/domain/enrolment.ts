import { splitIdentity } from '../../../schemas/envelope.ts';
import { endingsOf } from '../../../schemas/rounds.ts';
import { readSource } from '../../../schemas/sources.ts';
import { dateOf, periodOf } from '../../../schemas/time.ts';
import { compareFacts, type Fact, text, whole } from './facts.ts';
import { judgeStated } from './levels.ts';

/** A statement that stands, with what is needed to order it against another. */
export interface Stated {
  readonly timeMs: number;
  readonly identity: string;
}

export interface Nominated extends Stated {
  /** Empty where a firm applied by itself and named none. */
  readonly leader: string;
  /** The firm applied, or a provider on its behalf: it stands only where no leader nominated the firm. */
  readonly isApplication?: true;
  readonly city: string;
  readonly district: string | null;
  readonly zone: string | null;
  readonly industry: string;
  readonly tier: number;
}
export interface Contracted extends Stated {
  readonly month: string;
  readonly signedOn: string;
  readonly amountFen: number;
  readonly currency: string;
  readonly contractNumber: string;
  readonly provider: string;
  readonly documentSha256?: string;
}
export interface Closed extends Stated {
  readonly status: string;
  readonly stage: string;
  readonly group: string | null;
  readonly cause: string | null;
}

export interface Rating extends Stated {
  /** As stated or, where its own sheet gives less, what that gives. */
  readonly level: number;
  /** Where the stated level cannot follow from the sheet: both. */
  readonly contradiction?: {
    readonly edition: string;
    readonly score: number;
    readonly stated: number;
    readonly bySheet: number;
  };
  /** Who rated: the firm that the rating names, and the party that stated it as a rater; absent in documents kept from before. */
  readonly raters?: readonly string[];
}

/** What counts of an onboarding however it ended. */
interface Lasting {
  readonly contracted?: Contracted;
  readonly live?: Stated & { readonly liveOn: string };
  /** Ratings on site, audits of the money and readings of use, each in the order of business time. */
  readonly ratings?: readonly Rating[];
  readonly audits?: readonly (Stated & { readonly outcome: string })[];
  readonly readings?: readonly (Stated & { readonly isSuperficial: boolean })[];
}

/** All that was stated of one onboarding (programme × platform); each list in the order of business time. */
export interface EnrolmentRecord extends Lasting {
  /** Every leader's nomination, and what the firm applied with. */
  readonly nominations?: readonly Nominated[];
  readonly connections?: readonly Stated[];
  readonly uses?: readonly Stated[];
  readonly closings?: readonly Closed[];
  /** Each with the identity of the closing that it undoes. */
  readonly reopenings?: readonly (Stated & { readonly closing: string })[];
}

/** One onboarding as it stood at an instant: what figures need to know of it. */
export interface Enrolment extends Lasting {
  readonly nominated?: Nominated;
  readonly connected?: Stated;
  /** Data came from the platform in as many months as the programme asks for. */
  readonly used?: Stated;
  /** The ending in force; missing while the onboarding is open, as it is again once it was reopened. */
  readonly closed?: Closed;
}

/**
 * An onboarding as closings and reopenings up to an instant leave it, by the workflow's rule: an ending other than an acceptance cut the
 * firm off from the platform, so that connection and use up to it stand no longer once it was reopened.
 */
export function enrolmentAt(record: EnrolmentRecord, asOfMs: number): Enrolment {
  const { nominations, connections, uses, closings, reopenings, ...lasting } = record;
  const isStated = ({ timeMs }: Stated): boolean => timeMs <= asOfMs;
  const { inForce, undone } = endingsOf(
    new Map(closings?.filter(isStated).map((closed) => [closed.identity, closed])),
    reopenings?.filter(isStated).map(({ closing }) => closing) ?? [],
  );
  const cutOffMs = undone.findLast(({ status }) => status !== 'ACCEPTED')?.timeMs ?? -Infinity;
  const stands = (one: Stated): boolean => isStated(one) && one.timeMs > cutOffMs;
  return {
    ...lasting,
    nominated: nominationOf(nominations),
    connected: connections?.find(stands),
    used: uses?.find(stands),
    closed: inForce,
  };
}

/** What says where a firm belongs, by the workflow's rule: the first nomination by a leader, whenever it came, else the first application. */
export const nominationOf = (nominations: readonly Nominated[] = []): Nominated | undefined =>
  nominations.find(({ isApplication }) => isApplication === undefined) ?? nominations[0];

const APPLIED = 'onboarding.supplier-applied.v1';
/** What brings a firm into a programme, and says where it belongs. */
export const NOMINATION_TYPES: readonly string[] = ['onboarding.supplier-nominated.v1', APPLIED];
/** What is kept of an onboarding. */
export const ONBOARDING_TYPES: readonly string[] = [
  ...NOMINATION_TYPES,
  'onboarding.contract-signed.v1',
  'onboarding.data-connected.v1',
  'onboarding.go-live-confirmed.v1',
  'onboarding.use-sustained.v1',
  'onboarding.level-assessed.v1',
  'onboarding.finance-audited.v1',
  'onboarding.outcome-measured.v1',
  'onboarding.closed.v1',
  'onboarding.reopened.v1',
];

const first = <S extends Stated>(a: S | undefined, b: S): S =>
  a !== undefined && compareFacts(a, b) <= 0 ? a : b;

const among = <S extends Stated>(known: readonly S[] | undefined, stated: S): readonly S[] =>
  [...(known ?? []), stated].sort(compareFacts);

const orNull = (value: unknown): string | null => text(value) || null;

export function contractOf(fact: Fact): Contracted {
  return {
    timeMs: fact.timeMs,
    identity: fact.identity,
    month: text(fact.data.signedOn).slice(0, 7) || periodOf(new Date(fact.timeMs)),
    signedOn: text(fact.data.signedOn),
    amountFen: whole(fact.data.amountFen) ?? 0,
    currency: text(fact.data.currency) || 'CNY',
    contractNumber: text(fact.data.contractNumber),
    provider: text(fact.data.providerUscc),
    ...(text(fact.data.documentSha256) === '' ? {} : { documentSha256: text(fact.data.documentSha256) }),
  };
}

/** The lower of the stated level and what follows from the sheet: by its score alone, what that lets through at most. */
function levelOf(data: Fact['data']): Pick<Rating, 'level' | 'contradiction'> {
  const judged = whole(data.score) === null ? null : judgeStated(data);
  if (judged === null || judged.isConsistent) return { level: whole(data.level) ?? 0 };
  const { edition, score, stated, computed } = judged;
  const bySheet = computed.level ?? computed.atMost;
  return { level: Math.min(stated, bySheet), contradiction: { edition, score, stated, bySheet } };
}

function ratersOf({ data, identity }: Fact): string[] {
  const reading = readSource(splitIdentity(identity).source);
  const party = 'source' in reading && reading.source.class === 'rater' ? reading.source.rater : '';
  return [text(data.raterUscc), party].filter((rater) => rater !== '');
}

/** Adds one fact; what is kept depends on the set of facts alone. */
export function addToEnrolment(record: EnrolmentRecord, fact: Fact): EnrolmentRecord {
  const { data } = fact;
  const stated: Stated = { timeMs: fact.timeMs, identity: fact.identity };
  switch (fact.type) {
    case 'onboarding.supplier-nominated.v1':
    case APPLIED:
      return {
        ...record,
        nominations: among(record.nominations, {
          ...stated,
          leader: text(data.leaderUscc),
          city: text(data.cityCode),
          district: orNull(data.districtCode),
          zone: orNull(data.zone),
          industry: text(data.industryCode),
          tier: whole(data.tier) ?? 1,
          ...(fact.type === APPLIED ? { isApplication: true } : {}),
        }),
      };
    case 'onboarding.contract-signed.v1':
      return { ...record, contracted: first(record.contracted, contractOf(fact)) };
    case 'onboarding.data-connected.v1':
      return { ...record, connections: among(record.connections, stated) };
    case 'onboarding.go-live-confirmed.v1': {
      const liveOn = text(data.liveOn) || dateOf(new Date(fact.timeMs));
      return { ...record, live: first(record.live, { ...stated, liveOn }) };
    }
    case 'onboarding.level-assessed.v1':
      return {
        ...record,
        ratings: among(record.ratings, { ...stated, ...levelOf(data), raters: ratersOf(fact) }),
      };
    case 'onboarding.finance-audited.v1':
      return { ...record, audits: among(record.audits, { ...stated, outcome: text(data.outcome) }) };
    case 'onboarding.use-sustained.v1':
      return { ...record, uses: among(record.uses, stated) };
    case 'onboarding.outcome-measured.v1':
      return {
        ...record,
        readings: among(record.readings, {
          ...stated,
          isSuperficial: (data.isSilent ?? data.isSuperficial) === true,
        }),
      };
    case 'onboarding.closed.v1': {
      const reason = data.failureReason as { group?: string; cause?: string } | null;
      return {
        ...record,
        closings: among(record.closings, {
          ...stated,
          status: text(data.status),
          stage: text(data.stage),
          group: reason?.group ?? null,
          cause: reason?.cause ?? null,
        }),
      };
    }
    case 'onboarding.reopened.v1':
      return {
        ...record,
        reopenings: among(record.reopenings, { ...stated, closing: text(data.closing) }),
      };
    default:
      return record;
  }
}
