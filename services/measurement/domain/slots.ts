import { EMPTY_SET_HASH, type Fact, text, whole, xorHashes } from './facts.ts';

/** Evidence grades used for figures: a system record of its own facts, c own books with a document, d self-declared. */
export type Grade = 'a' | 'c' | 'd';
/** Who stated it: chain leader's ERP, supplier's own books, platform. */
export type SlotClass = 'chain' | 'supplier' | 'platform';

/**
 * What one source class states for one firm, month and kind: the statement that stands (the latest), and how many
 * statements there are. Short names: there are millions of them.
 */
export interface Slot {
  /** Business time of the statement that stands, ms. */
  readonly t: number;
  /** Valid statements, the superseded ones included. */
  readonly n: number;
  /** XOR of their content hashes, hex. */
  readonly x: string;
  /** Values of the statement that stands, in the order of `SLOT_FIELDS`. */
  readonly v: readonly (number | null)[];
  /** Currency, where it is not CNY. */
  readonly u?: string;
  /** Whether a supplier's own books name a document (grade c, otherwise d). */
  readonly doc?: true;
  /** Values, as text, that other statements of the same source class gave for the same month; see `otherValues`. */
  readonly o?: readonly string[];
}

/** Kind → values, by field name of the event's data. */
export const SLOT_FIELDS = {
  inventory: ['openingStockFen', 'closingStockFen', 'costOfGoodsSoldFen'],
  production: [
    'plannedSeconds',
    'actualSeconds',
    'idealCycleMs',
    'producedUnits',
    'goodUnits',
    'labourSeconds',
  ],
  qualityManual: ['inspectedUnits', 'defectsFoundUnits', 'escapedUnits', 'falseRejectUnits'],
  qualityAi: ['inspectedUnits', 'defectsFoundUnits', 'escapedUnits', 'falseRejectUnits'],
  cost: [
    'preventionCostFen',
    'appraisalCostFen',
    'internalFailureCostFen',
    'externalFailureCostFen',
    'processingCostFen',
  ],
  energy: ['energyWh'],
  revenue: ['revenueFen', 'purchasesFen'],
  headcount: ['headcount', 'digitalStaff'],
  receivables: ['receivablesFen', 'payablesFen'],
} as const satisfies Record<string, readonly string[]>;

export type SlotKind = keyof typeof SLOT_FIELDS;

const KIND_OF_TYPE: Readonly<Record<string, SlotKind>> = {
  'inventory.closed.v1': 'inventory',
  'production.reported.v1': 'production',
  'cost.reported.v1': 'cost',
  'energy.reported.v2': 'energy',
  'revenue.reported.v1': 'revenue',
  'headcount.reported.v1': 'headcount',
  'receivables.closed.v1': 'receivables',
};

const TYPE_OF_KIND: Readonly<Record<SlotKind, string>> = {
  inventory: 'inventory.closed.v1',
  production: 'production.reported.v1',
  qualityManual: 'quality.reported.v1',
  qualityAi: 'quality.reported.v1',
  cost: 'cost.reported.v1',
  energy: 'energy.reported.v2',
  revenue: 'revenue.reported.v1',
  headcount: 'headcount.reported.v1',
  receivables: 'receivables.closed.v1',
};

export const typeOfKind = (kind: SlotKind): string => TYPE_OF_KIND[kind];
export const SLOT_TYPES: readonly string[] = [...new Set(Object.values(TYPE_OF_KIND))];

/**
 * The slot a statement belongs to; null where it feeds no figure. Consignment stock that a holder reports is not a
 * slot: it is the owner's stock, which the owner reports itself, and would be counted twice.
 */
export function slotKindOf(fact: Fact): SlotKind | null {
  if (fact.sourceClass !== 'chain' && fact.sourceClass !== 'supplier' && fact.sourceClass !== 'platform')
    return null;
  if (fact.type === 'quality.reported.v1')
    return fact.data.inspectionMethod === 'ai' ? 'qualityAi' : 'qualityManual';
  const kind = KIND_OF_TYPE[fact.type];
  if (kind === undefined) return null;
  return isHolding(fact) ? null : kind;
}

/** Whether a stock is reported by who holds it and not by whose ledger it stands in: consignment, or a leader about another firm. */
export const isHolding = (fact: Fact): boolean =>
  fact.type === 'inventory.closed.v1' &&
  (fact.data.stockKind !== 'own' ||
    (fact.sourceClass === 'chain' && fact.data.holderUscc !== fact.data.firmUscc));

export const slotClassOf = (fact: Fact): SlotClass => fact.sourceClass as SlotClass;

/** Adds a statement. On equal times the added one stands: callers that cannot fold in order look at `isTie` first. */
export function addToSlot(slot: Slot | undefined, kind: SlotKind, fact: Fact): Slot {
  const stated = statementOf(kind, fact);
  if (slot === undefined) return slotOf(stated, 1, fact.hash, []);
  const standing = slot.t <= fact.timeMs ? stated : slot;
  const others = otherValues(standing, [...(slot.o ?? []), valuesText(slot), valuesText(stated)]);
  return slotOf(standing, slot.n + 1, xorHashes(slot.x, fact.hash), others);
}

interface Statement {
  readonly t: number;
  readonly v: Slot['v'];
  readonly u?: string | undefined;
  readonly doc?: true | undefined;
}
/** While it is being put together field by field. */
export type Filled<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/**
 * Field by field: V8 gives an object that is put together from others' fields a description of its own, which weighs three times as
 * much as the slot, and there are as many slots as a firm has months and reports.
 */
function slotOf(standing: Statement, n: number, x: string, others: readonly string[]): Slot {
  const slot: Filled<Slot> = { t: standing.t, n, x, v: standing.v };
  if (standing.u !== undefined) slot.u = standing.u;
  if (standing.doc !== undefined) slot.doc = standing.doc;
  if (others.length > 0) slot.o = others;
  return slot;
}

function statementOf(kind: SlotKind, fact: Fact): Statement {
  const currency = text(fact.data.currency);
  const hasDocument =
    text(fact.data.documentNumber) !== '' || /^[0-9a-f]{64}$/.test(text(fact.data.documentSha256));
  const statement: Filled<Statement> = {
    t: fact.timeMs,
    v: SLOT_FIELDS[kind].map((field) => slotValue(kind, field, fact)),
  };
  if (currency !== '' && currency !== 'CNY') statement.u = currency;
  if (fact.sourceClass === 'supplier' && hasDocument) statement.doc = true;
  return statement;
}

/** A slot of values alone, without what proves them. */
export const slotOfValues = (v: Slot['v'], u: string | undefined, doc: true | undefined): Slot =>
  slotOf({ t: 0, v, u, doc }, 0, EMPTY_SET_HASH, []);

/** Values of a statement as text, with the currency where it is not CNY. */
export const valuesText = ({ v, u }: Pick<Slot, 'v' | 'u'>): string =>
  [...v.map((value) => value ?? ''), ...(u === undefined ? [] : [u])].join(',');

/** All values that were stated but for those that stand: a set, so the order of arrival does not matter. */
const otherValues = (standing: Statement, all: readonly string[]): string[] =>
  [...new Set(all)].filter((values) => values !== valuesText(standing)).sort();

function slotValue(kind: SlotKind, field: string, { data }: Fact): number | null {
  if (kind !== 'energy' || !Array.isArray(data.carriers)) return whole(data[field]);
  return data.carriers.reduce((sum: number, carrier) => sum + (whole(carrier[field]) ?? 0), 0);
}

/** Whether the order of two statements cannot be told from the slot alone. */
export const isTie = (slot: Slot | undefined, fact: Fact): boolean => slot?.t === fact.timeMs;

/** a: a platform's measurement, or a leader's ERP about the leader itself; c: own books that name a document; d: own books. */
export function gradeOf(slotClass: SlotClass, slot: Slot): Grade {
  if (slotClass !== 'supplier') return 'a';
  return slot.doc === true ? 'c' : 'd';
}

/** In the order in which they are believed on equal grades. */
export const SLOT_CLASSES: readonly SlotClass[] = ['platform', 'chain', 'supplier'];

export interface ChosenSlot {
  readonly sourceClass: SlotClass;
  readonly grade: Grade;
  readonly slot: Slot;
}

/** Of what the source classes state of one kind, the best evidence; on equal grades platform, chain, supplier. */
export function bestSlot(
  slots: Partial<Record<SlotClass, Slot>> | undefined,
  only?: readonly SlotClass[],
): ChosenSlot | undefined {
  let best: ChosenSlot | undefined;
  for (const sourceClass of SLOT_CLASSES) {
    const slot = slots?.[sourceClass];
    if (slot === undefined || only?.includes(sourceClass) === false) continue;
    const grade = gradeOf(sourceClass, slot);
    if (best === undefined || grade < best.grade) best = { sourceClass, grade, slot };
  }
  return best;
}
