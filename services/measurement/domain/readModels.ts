import { addMonths, startOfPeriod } from '../../../schemas/time.ts';
import { compareFacts, type Fact } from './facts.ts';
import { addToFirm, FIRM_TYPES, type Firm } from './firm.ts';
import { addToFirmYear, FIRM_YEAR_TYPES, type FirmYear, firmYearIdOf, needsEvents } from './firmYear.ts';
import {
  addToCase,
  addToEvidence,
  addToSubsidies,
  CASE_TYPES,
  caseIdOf,
  type EvidenceFile,
  type FindingCase,
  SUBSIDY_TYPES,
  type SubsidyLedger,
  subsidyIdOf,
} from './ledgers.ts';
import { addToPublication, type Publication } from './publication.ts';
import {
  addToApprovals,
  addToBaseline,
  addToDesignation,
  addToPlan,
  addToTotal,
  approvalsIdOf,
  BASELINE_TYPES,
  type Baseline,
  baselineIdOf,
  type CityTotal,
  DESIGNATION_TYPES,
  type Designation,
  designationIdOf,
  planIdOf,
  type ServiceApprovals,
  type TargetPlan,
  totalIdOf,
} from './records.ts';

/** Collection → its document. */
export interface Documents {
  kpi: FirmYear;
  firms: Firm;
  baselines: Baseline;
  target_plans: TargetPlan;
  city_totals: CityTotal;
  designations: Designation;
  service_approvals: ServiceApprovals;
  subsidies: SubsidyLedger;
  evidence: EvidenceFile;
  finding_cases: FindingCase;
  publications: Publication;
}
export type CollectionName = keyof Documents;

/** Where the events of one document are to be found; a superset is fine, `idOf` narrows it down. */
export interface EventSelection {
  readonly types: readonly string[];
  readonly firm?: string;
  readonly firms?: readonly string[];
  readonly periods?: readonly [first: string, last: string];
  readonly times?: readonly [from: Date, before: Date];
}

/** One read model: a document is a fold over the facts that `idOf` sends to it. */
export interface ReadModel<Name extends CollectionName> {
  readonly collection: Name;
  readonly types: readonly string[];
  idOf(fact: Fact): string | null;
  add(document: Documents[Name] | null, fact: Fact): Documents[Name];
  /** Whether the document alone cannot say where the fact belongs, so that it must be folded anew from its events. */
  needsEvents(document: Documents[Name] | null, fact: Fact): boolean;
  selectionOf(id: string): EventSelection;
}

const never = (): boolean => false;
const part = (id: string, index: number): string => id.split('/')[index] ?? '';

export const READ_MODELS: { readonly [Name in CollectionName]: ReadModel<Name> } = {
  kpi: {
    collection: 'kpi',
    types: FIRM_YEAR_TYPES,
    idOf: firmYearIdOf,
    add: addToFirmYear,
    needsEvents,
    selectionOf: (id) => ({
      types: FIRM_YEAR_TYPES,
      firm: part(id, 0),
      periods: [`${part(id, 1)}-01`, `${part(id, 1)}-12`],
    }),
  },
  firms: {
    collection: 'firms',
    types: FIRM_TYPES,
    idOf: (fact) => fact.firm,
    add: addToFirm,
    needsEvents: never,
    selectionOf: (id) => ({ types: FIRM_TYPES, firm: id }),
  },
  baselines: {
    collection: 'baselines',
    types: BASELINE_TYPES,
    idOf: baselineIdOf,
    add: addToBaseline,
    needsEvents: never,
    selectionOf: (id) => ({
      types: BASELINE_TYPES,
      firm: part(id, 1),
    }),
  },
  target_plans: {
    collection: 'target_plans',
    types: ['target.plan-published.v1'],
    idOf: planIdOf,
    add: addToPlan,
    needsEvents: never,
    selectionOf: () => ({ types: ['target.plan-published.v1'] }),
  },
  city_totals: {
    collection: 'city_totals',
    types: ['city.total-stated.v1'],
    idOf: totalIdOf,
    add: addToTotal,
    needsEvents: never,
    selectionOf: () => ({ types: ['city.total-stated.v1'] }),
  },
  designations: {
    collection: 'designations',
    types: DESIGNATION_TYPES,
    idOf: designationIdOf,
    add: addToDesignation,
    needsEvents: never,
    selectionOf: (id) => ({ types: DESIGNATION_TYPES, firm: part(id, 1) }),
  },
  service_approvals: {
    collection: 'service_approvals',
    types: ['service-procurement.approval-decided.v1'],
    idOf: approvalsIdOf,
    add: addToApprovals,
    needsEvents: never,
    selectionOf: (id) => ({
      types: ['service-procurement.approval-decided.v1'],
      times: [startOfPeriod(part(id, 1)), startOfPeriod(addMonths(part(id, 1), 1))],
    }),
  },
  subsidies: {
    collection: 'subsidies',
    types: SUBSIDY_TYPES,
    idOf: subsidyIdOf,
    add: addToSubsidies,
    needsEvents: never,
    selectionOf: (id) => ({ types: SUBSIDY_TYPES, firm: part(id, 1) }),
  },
  evidence: {
    collection: 'evidence',
    types: ['evidence.added.v1'],
    idOf: (fact) => fact.identity,
    add: addToEvidence,
    needsEvents: never,
    selectionOf: () => ({ types: ['evidence.added.v1'] }),
  },
  finding_cases: {
    collection: 'finding_cases',
    types: CASE_TYPES,
    idOf: caseIdOf,
    add: addToCase,
    needsEvents: never,
    selectionOf: () => ({ types: CASE_TYPES }),
  },
  publications: {
    collection: 'publications',
    types: ['figures.published.v1'],
    idOf: (fact) => String(fact.data.period),
    add: addToPublication,
    needsEvents: never,
    selectionOf: () => ({ types: ['figures.published.v1'] }),
  },
};

export const COLLECTION_NAMES = Object.keys(READ_MODELS) as CollectionName[];
export const CORRECTION_TYPE = 'correction.declared.v1';

const COLLECTIONS_OF_TYPE: ReadonlyMap<string, readonly CollectionName[]> = (() => {
  const map = new Map<string, CollectionName[]>();
  for (const name of COLLECTION_NAMES)
    for (const type of READ_MODELS[name].types) map.set(type, [...(map.get(type) ?? []), name]);
  return map;
})();

/** Types that any read model is made of, corrections apart. */
export const MEASURED_TYPES: readonly string[] = [...COLLECTIONS_OF_TYPE.keys()];

export interface Target {
  readonly collection: CollectionName;
  readonly id: string;
}

/** The documents that a fact is part of. */
export function targetsOf(fact: Fact): Target[] {
  return (COLLECTIONS_OF_TYPE.get(fact.type) ?? []).flatMap((collection) => {
    const id = READ_MODELS[collection].idOf(fact);
    return id === null ? [] : [{ collection, id }];
  });
}

/** Folds all valid facts of a document, in the order in which statements stand; null for none. */
export function foldDocument<Name extends CollectionName>(
  name: Name,
  id: string,
  facts: readonly Fact[],
): Documents[Name] | null {
  const model: ReadModel<Name> = READ_MODELS[name];
  return facts
    .filter((fact) => model.idOf(fact) === id)
    .sort(compareFacts)
    .reduce<Documents[Name] | null>((document, fact) => model.add(document, fact), null);
}

export type Models = { readonly [Name in CollectionName]: ReadonlyMap<string, Documents[Name]> };

/** All read models from a set of valid facts: what any incremental projection of them must equal. */
export function foldModels(facts: readonly Fact[]): Models {
  const models = Object.fromEntries(COLLECTION_NAMES.map((name) => [name, new Map()])) as Record<
    CollectionName,
    Map<string, never>
  >;
  for (const fact of [...facts].sort(compareFacts)) {
    for (const { collection, id } of targetsOf(fact)) {
      const documents = models[collection] as Map<string, unknown>;
      const add = READ_MODELS[collection].add as (document: unknown, fact: Fact) => unknown;
      documents.set(id, add(documents.get(id) ?? null, fact));
    }
  }
  return models as unknown as Models;
}
