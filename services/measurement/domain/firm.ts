import {
  addToEnrolment,
  type EnrolmentRecord,
  NOMINATION_TYPES,
  nominationOf,
  ONBOARDING_TYPES,
  type Stated,
} from './enrolment.ts';
import { compareFacts, type Fact, text, whole } from './facts.ts';

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
  readonly enrolments: Readonly<Record<string, EnrolmentRecord>>;
  /** Cities, districts and zones it was nominated in, and its buyers and nominating leaders: what groups are found by. */
  readonly places: readonly string[];
  readonly chains: readonly string[];
  /** Firms that it belongs to → first day of that. */
  readonly parents?: Readonly<Record<string, string>>;
  /** The same firms → their share as stated last, in hundredths of a percent. */
  readonly shares?: Readonly<Record<string, Stated & { readonly basisPoints: number }>>;
}

const NAMING = ['leader.registered.v1', 'relation.declared.v1', 'relation.ended.v1', 'ownership.declared.v1'];
/** What says which firms are in the chain of which leader. */
export const CHAIN_TYPES: readonly string[] = [
  'leader.registered.v1',
  'relation.declared.v1',
  ...NOMINATION_TYPES,
];
export const FIRM_TYPES: readonly string[] = [...NAMING, ...ONBOARDING_TYPES];

const last = <S extends Stated>(a: S | undefined, b: S): S =>
  a !== undefined && compareFacts(a, b) > 0 ? a : b;

const insert = (days: readonly string[] | undefined, day: string): readonly string[] =>
  [...new Set([...(days ?? []), day])].sort();

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
        [key]: addToEnrolment(base.enrolments[key] ?? {}, fact),
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
  const nominations = Object.values(enrolments).flatMap((one) => nominationOf(one.nominations) ?? []);
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
