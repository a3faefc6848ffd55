import { type Contracted, contractOf, type Stated } from './enrolment.ts';
import { type Fact, text, whole } from './facts.ts';
import { addDuration, type Durations } from './firmYear.ts';

/** One version of a city's plan. */
export interface TargetPlan extends Stated {
  /** `<programme>/<city>/v<version>` */
  readonly _id: string;
  readonly programme: string;
  readonly city: string;
  readonly cityName: string;
  readonly batch: number;
  readonly version: number;
  readonly regionClass: string;
  /** null where the plan states none. */
  readonly targetFirms: number | null;
  readonly windowFrom: string;
  readonly windowTo: string;
  /** GB/T 4754 classes that the plan is for; any where absent. */
  readonly pilotIndustries?: readonly string[];
  /** N where the plan states its figures at 1:N of the programme's. */
  readonly scaleDenominator: number;
  readonly citation: string | null;
  readonly confidence: string;
}

export interface CityTotal extends Stated {
  /** `<region>/<measure>/<as-of date>` */
  readonly _id: string;
  readonly region: string;
  readonly measure: string;
  readonly asOfDate: string;
  readonly total: number;
  readonly definition: string | null;
}

/** A smart workshop, a Lighthouse Factory, or a firm that copied a sample firm. */
export interface Designation extends Stated {
  /** `<kind>/<firm>/<document number or sample firm>` */
  readonly _id: string;
  readonly kind: 'workshop' | 'lighthouse' | 'copy';
  readonly firm: string;
  readonly region: string;
  readonly on: string;
  /** Number of the deed, for workshops and lighthouses. */
  readonly documentNumber?: string;
  /** The firm that was copied, and what of it. */
  readonly sampleFirm?: string;
  readonly solution?: string;
}

/** Decisions about the procurement of digitalisation services in one region and month. */
export interface ServiceApprovals {
  /** `<region>/<month>` */
  readonly _id: string;
  readonly region: string;
  readonly month: string;
  readonly online?: Durations;
  readonly paper?: Durations;
}

export interface FrozenFigure {
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly months: number;
  readonly reason?: string;
  readonly sourceClass?: string;
  readonly grade?: string;
  /** Of the KPI's definition; those frozen before versions were kept are of the first. */
  readonly version?: number;
}

export interface Frozen extends Stated {
  readonly contractMonth: string;
  readonly months: readonly string[];
  /** KPI id → figure of the whole window; `<KPI id>@<month>` → figure of the month. */
  readonly figures: Readonly<Record<string, FrozenFigure>>;
  readonly eventCount: number;
  readonly figuresSha256: string;
  /** Of a leader's baseline: whose contract was the first in its chain. */
  readonly firstSupplierUscc?: string;
  /** Where an auditor replaced another by it. */
  readonly refrozen?: { readonly by: string; readonly reason: string; readonly replacesSha256: string };
}

/** The contract that makes a baseline due, and the baseline once its event is stored. A leader's falls due with a supplier's contract. */
export interface Baseline {
  /** `<programme>/<USCC>`; `leaderBaselineId` of a leader's own, before the first contract in its chain */
  readonly _id: string;
  readonly firm: string;
  readonly programme: string;
  readonly contract?: Contracted & { readonly correlationId: string };
  /** What stands: the first freeze, or what an auditor replaced it by. */
  readonly frozen?: Frozen;
  /** The first freeze, where it was replaced. */
  readonly replaced?: Frozen;
}

export const planIdOf = (fact: Fact): string =>
  `${text(fact.data.programme)}/${text(fact.data.cityCode)}/v${whole(fact.data.planVersion) ?? 0}`;
export const totalIdOf = (fact: Fact): string =>
  `${text(fact.data.regionCode)}/${text(fact.data.measure)}/${text(fact.data.asOfDate)}`;
export const approvalsIdOf = (fact: Fact): string => `${text(fact.data.regionCode)}/${fact.period}`;
/** No programme's code holds a capital letter. */
export const leaderBaselineId = (leader: string): string => `LEADER/${leader}`;
export const isOfLeader = ({ _id, firm }: Pick<Baseline, '_id' | 'firm'>): boolean =>
  _id === leaderBaselineId(firm);
export const baselineIdOf = (fact: Fact): string =>
  LEADER_BASELINE_TYPES.includes(fact.type)
    ? leaderBaselineId(text(fact.data.leaderUscc))
    : `${text(fact.data.programme)}/${text(fact.data.supplierUscc)}`;

const DESIGNATION_KIND: Readonly<Record<string, Designation['kind']>> = {
  'workshop.designated.v1': 'workshop',
  'lighthouse.designated.v1': 'lighthouse',
  'samplefirm.copied.v1': 'copy',
};
export const DESIGNATION_TYPES: readonly string[] = Object.keys(DESIGNATION_KIND);

export function designationIdOf(fact: Fact): string {
  const what = text(fact.data.documentNumber) || text(fact.data.sampleFirmUscc);
  return `${DESIGNATION_KIND[fact.type]}/${text(fact.data.firmUscc)}/${what}`;
}

export const isLater = (fact: Fact, than: Stated | null): boolean =>
  than === null ||
  fact.timeMs > than.timeMs ||
  (fact.timeMs === than.timeMs && fact.identity > than.identity);

export const statedBy = (fact: Fact): Stated => ({ timeMs: fact.timeMs, identity: fact.identity });

/** Of several statements under one `_id` the latest stands. */
export function addToPlan(plan: TargetPlan | null, fact: Fact): TargetPlan {
  if (plan !== null && !isLater(fact, plan)) return plan;
  const { data } = fact;
  return {
    _id: planIdOf(fact),
    ...statedBy(fact),
    programme: text(data.programme),
    city: text(data.cityCode),
    cityName: text(data.cityName),
    batch: whole(data.batch) ?? 0,
    version: whole(data.planVersion) ?? 0,
    regionClass: text(data.regionClass),
    targetFirms: whole(data.targetFirms),
    windowFrom: text(data.windowFrom),
    windowTo: text(data.windowTo),
    ...(Array.isArray(data.pilotIndustries) ? { pilotIndustries: data.pilotIndustries.map(text) } : {}),
    scaleDenominator: typeof data.scaleDenominator === 'number' ? data.scaleDenominator : 1,
    citation: text(data.citation) || null,
    confidence: text(data.confidence) || 'sure',
  };
}

export function addToTotal(total: CityTotal | null, fact: Fact): CityTotal {
  if (total !== null && !isLater(fact, total)) return total;
  const { data } = fact;
  return {
    _id: totalIdOf(fact),
    ...statedBy(fact),
    region: text(data.regionCode),
    measure: text(data.measure),
    asOfDate: text(data.asOfDate),
    total: whole(data.total) ?? 0,
    definition: text(data.definition) || null,
  };
}

export function addToDesignation(designation: Designation | null, fact: Fact): Designation {
  if (designation !== null && !isLater(fact, designation)) return designation;
  const { data } = fact;
  return {
    _id: designationIdOf(fact),
    ...statedBy(fact),
    kind: DESIGNATION_KIND[fact.type] ?? 'workshop',
    firm: text(data.firmUscc),
    region: text(data.regionCode),
    on: text(data.designatedOn) || text(data.copiedOn),
    ...(text(data.documentNumber) === '' ? {} : { documentNumber: text(data.documentNumber) }),
    ...(text(data.sampleFirmUscc) === ''
      ? {}
      : { sampleFirm: text(data.sampleFirmUscc), solution: text(data.solution) }),
  };
}

export function addToApprovals(approvals: ServiceApprovals | null, fact: Fact): ServiceApprovals {
  const base = approvals ?? {
    _id: approvalsIdOf(fact),
    region: text(fact.data.regionCode),
    month: fact.period,
  };
  return fact.data.channel === 'online'
    ? { ...base, online: addDuration(base.online, fact) }
    : { ...base, paper: addDuration(base.paper, fact) };
}

const REFROZEN_TYPES: readonly string[] = ['baseline.refrozen.v1', 'leader-baseline.refrozen.v1'];
const LEADER_BASELINE_TYPES: readonly string[] = ['leader-baseline.frozen.v1', 'leader-baseline.refrozen.v1'];
export const BASELINE_TYPES: readonly string[] = [
  'onboarding.contract-signed.v1',
  'baseline.frozen.v1',
  'baseline.refrozen.v1',
  ...LEADER_BASELINE_TYPES,
];

/**
 * The first contract of a firm in a programme makes its baseline due; the first freeze stands until an auditor replaces it,
 * and then the last replacement.
 */
export function addToBaseline(baseline: Baseline | null, fact: Fact): Baseline {
  const base = baseline ?? {
    _id: baselineIdOf(fact),
    firm: text(fact.data.supplierUscc) || text(fact.data.leaderUscc),
    programme: text(fact.data.programme),
  };
  if (fact.type === 'onboarding.contract-signed.v1') {
    if (base.contract !== undefined && isLater(fact, base.contract)) return base;
    return { ...base, contract: { ...contractOf(fact), correlationId: fact.correlationId } };
  }
  const isReplaced = base.frozen?.refrozen !== undefined;
  const first = isReplaced ? base.replaced : base.frozen;
  if (REFROZEN_TYPES.includes(fact.type)) {
    if (isReplaced && !isLater(fact, base.frozen ?? null)) return base;
    return { ...base, frozen: frozenBy(fact), ...(first === undefined ? {} : { replaced: first }) };
  }
  if (first !== undefined && isLater(fact, first)) return base;
  return { ...base, [isReplaced ? 'replaced' : 'frozen']: frozenBy(fact) };
}

function frozenBy(fact: Fact): Frozen {
  const { actor, reason, replacesSha256, ...data } = fact.data;
  const frozen = { ...statedBy(fact), ...(data as unknown as Omit<Frozen, keyof Stated | 'refrozen'>) };
  if (!REFROZEN_TYPES.includes(fact.type)) return frozen;
  const by = text((actor as { name?: unknown } | undefined)?.name);
  return { ...frozen, refrozen: { by, reason: text(reason), replacesSha256: text(replacesSha256) } };
}
