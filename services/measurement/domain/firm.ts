import { splitIdentity } from '../../../schemas/envelope.ts';
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

/** What figures need to know of one onboarding (programme × platform). */
export interface Enrolment {
  readonly nominated?: Nominated;
  readonly contracted?: Contracted;
  readonly connected?: Stated;
  readonly live?: Stated & { readonly liveOn: string };
  /** Ratings on site, audits of the money and readings of use, each in the order of business time. */
  readonly ratings?: readonly Rating[];
  readonly audits?: readonly (Stated & { readonly outcome: string })[];
  readonly readings?: readonly (Stated & { readonly isSuperficial: boolean })[];
  /** Data came from the platform in as many months as the programme asks for. */
  readonly used?: Stated;
  readonly closed?: Closed;
}

/** What is known of a firm apart from its months. */
export interface Firm {
  /** USCC */
  readonly _id: string;
  readonly name?: Stated & { readonly name: string };
  /** Present when it is registered as a chain leader. */
  readonly leader?: Stated & { readonly name: string };
  /** Buyer's USCC → days on which trade was declared, and ended. */
  readonly buyers: Readonly<Record<string, { declared: readonly string[]; ended: readonly string[] }>>;
  /** `<programme>|<platform>` → onboarding */
  readonly enrolments: Readonly<Record<string, Enrolment>>;
  /** Cities, districts and zones it was nominated in, and its buyers and nominating leaders: what groups are found by. */
  readonly places: readonly string[];
  readonly chains: readonly string[];
  /** Firms that it belongs to → first day of that. */
  readonly parents?: Readonly<Record<string, string>>;
  /** The same firms → their share as stated last, in hundredths of a percent. */
  readonly shares?: Readonly<Record<string, Stated & { readonly basisPoints: number }>>;
}

const NAMING = ['leader.registered.v1', 'relation.declared.v1', 'relation.ended.v1', 'ownership.declared.v1'];
const APPLIED = 'onboarding.supplier-applied.v1';
/** What brings a firm into a programme, and says where it belongs. */
export const NOMINATION_TYPES: readonly string[] = ['onboarding.supplier-nominated.v1', APPLIED];
/** What says which firms are in the chain of which leader. */
export const CHAIN_TYPES: readonly string[] = [
  'leader.registered.v1',
  'relation.declared.v1',
  ...NOMINATION_TYPES,
];
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
];
export const FIRM_TYPES: readonly string[] = [...NAMING, ...ONBOARDING_TYPES];

const precedes = (a: Stated, b: Stated): boolean =>
  a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.identity < b.identity);
const first = <S extends Stated>(a: S | undefined, b: S): S => (a !== undefined && !precedes(b, a) ? a : b);
const last = <S extends Stated>(a: S | undefined, b: S): S => (a !== undefined && !precedes(a, b) ? a : b);

const among = <S extends Stated>(known: readonly S[] | undefined, stated: S): readonly S[] =>
  [...(known ?? []), stated].sort(compareFacts);

const insert = (days: readonly string[] | undefined, day: string): readonly string[] =>
  [...new Set([...(days ?? []), day])].sort();

const orNull = (value: unknown): string | null => text(value) || null;

/** Adds one fact; which of two statements stands (the first contract, the last rating) depends on their times alone. */
export function addToFirm(document: Firm | null, fact: Fact): Firm {
  const base: Firm = document ?? { _id: fact.firm ?? '', buyers: {}, enrolments: {}, places: [], chains: [] };
  const stated: Stated = { timeMs: fact.timeMs, identity: fact.identity };
  const { data } = fact;
  switch (fact.type) {
    case 'leader.registered.v1': {
      const leader = last(base.leader, { ...stated, name: text(data.name) });
      return { ...base, leader };
    }
    case 'relation.declared.v1': {
      const buyer = base.buyers[text(data.buyerUscc)];
      const relation = { declared: insert(buyer?.declared, text(data.validFrom)), ended: buyer?.ended ?? [] };
      const named = text(data.supplierName);
      return {
        ...base,
        ...(named === '' ? {} : { name: last(base.name, { ...stated, name: named }) }),
        buyers: { ...base.buyers, [text(data.buyerUscc)]: relation },
        chains: insert(base.chains, text(data.buyerUscc)),
      };
    }
    case 'relation.ended.v1': {
      const buyer = base.buyers[text(data.buyerUscc)];
      const relation = { declared: buyer?.declared ?? [], ended: insert(buyer?.ended, text(data.endedOn)) };
      return { ...base, buyers: { ...base.buyers, [text(data.buyerUscc)]: relation } };
    }
    case 'ownership.declared.v1': {
      const parent = text(data.parentUscc);
      const known = base.parents?.[parent];
      const from = text(data.validFrom);
      return {
        ...base,
        parents: { ...base.parents, [parent]: known !== undefined && known < from ? known : from },
        shares: {
          ...base.shares,
          [parent]: last(base.shares?.[parent], {
            ...stated,
            basisPoints: whole(data.shareBasisPoints) ?? 0,
          }),
        },
      };
    }
    default: {
      const key = `${text(data.programme)}|${text(data.platform)}`;
      const enrolments = {
        ...base.enrolments,
        [key]: addToEnrolment(base.enrolments[key] ?? {}, fact, stated),
      };
      const isNomination = NOMINATION_TYPES.includes(fact.type);
      const named = isNomination ? text(data.supplierName) : '';
      return {
        ...base,
        ...(named === '' ? {} : { name: last(base.name, { ...stated, name: named }) }),
        enrolments,
        ...(isNomination ? groupsOf(base, enrolments) : {}),
      };
    }
  }
}

/** Where the nominations that stand put a firm. */
function groupsOf(firm: Firm, enrolments: Firm['enrolments']): Pick<Firm, 'places' | 'chains'> {
  const nominations = Object.values(enrolments).flatMap(({ nominated }) => nominated ?? []);
  const declared = Object.entries(firm.buyers).flatMap(([buyer, relation]) =>
    relation.declared.length > 0 ? [buyer] : [],
  );
  const leaders = nominations.flatMap(({ leader }) => leader || []);
  const places = nominations.flatMap(({ city, district, zone }) => [city, district ?? '', zone ?? '']);
  return {
    places: [...new Set(places.filter((place) => place !== ''))].sort(),
    chains: [...new Set([...declared, ...leaders])].sort(),
  };
}

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

/** A leader's nomination goes before an application, whenever either was stated; of the same kind the last stands. */
function nominationOf(known: Nominated | undefined, stated: Nominated): Nominated {
  if (known === undefined || known.isApplication === stated.isApplication) return last(known, stated);
  return known.isApplication ? stated : known;
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

function addToEnrolment(enrolment: Enrolment, fact: Fact, stated: Stated): Enrolment {
  const { data } = fact;
  switch (fact.type) {
    case 'onboarding.supplier-nominated.v1':
    case APPLIED:
      return {
        ...enrolment,
        nominated: nominationOf(enrolment.nominated, {
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
      return { ...enrolment, contracted: first(enrolment.contracted, contractOf(fact)) };
    case 'onboarding.data-connected.v1':
      return { ...enrolment, connected: first(enrolment.connected, stated) };
    case 'onboarding.go-live-confirmed.v1': {
      const liveOn = text(data.liveOn) || dateOf(new Date(fact.timeMs));
      return { ...enrolment, live: first(enrolment.live, { ...stated, liveOn }) };
    }
    case 'onboarding.level-assessed.v1':
      return {
        ...enrolment,
        ratings: among(enrolment.ratings, { ...stated, ...levelOf(data), raters: ratersOf(fact) }),
      };
    case 'onboarding.finance-audited.v1':
      return { ...enrolment, audits: among(enrolment.audits, { ...stated, outcome: text(data.outcome) }) };
    case 'onboarding.use-sustained.v1':
      return { ...enrolment, used: first(enrolment.used, stated) };
    case 'onboarding.outcome-measured.v1':
      return {
        ...enrolment,
        readings: among(enrolment.readings, {
          ...stated,
          isSuperficial: (data.isSilent ?? data.isSuperficial) === true,
        }),
      };
    case 'onboarding.closed.v1': {
      const reason = data.failureReason as { group?: string; cause?: string } | null;
      return {
        ...enrolment,
        closed: first(enrolment.closed, {
          ...stated,
          status: text(data.status),
          stage: text(data.stage),
          group: reason?.group ?? null,
          cause: reason?.cause ?? null,
        }),
      };
    }
    default:
      return enrolment;
  }
}
