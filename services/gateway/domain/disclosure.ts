import type { FirmKpis } from '../../../schemas/api/kpi.ts';
import type { FunnelGroup } from '../../../schemas/api/onboarding.ts';
import type { OutcomeDisplacement } from '../../../schemas/events/acts.ts';
import { CONSENT_SCOPES, type ConsentScope } from '../../../schemas/events/consent.ts';
import { isUscc } from '../../../schemas/ids.ts';

/** Below this many firms a median would let one guess at a single one. */
export const FEWEST_FOR_A_MEDIAN = 5;
export const WITHHELD = 'CONSENT_REQUIRED';

/** What a figure gives away in absolute terms, by the id of the KPI; a figure that is not here needs all scopes. */
const SCOPES_OF: Readonly<Record<string, readonly ConsentScope[]>> = {
  inventoryTurns: ['stock'],
  inventoryDays: ['stock'],
  valueAddedPerHour: ['revenue'],
  revenuePerHead: ['revenue'],
  unitsPerHour: [],
  qualityCostPer100Yuan: ['cost', 'revenue'],
  qualityCostPerGoodUnit: ['cost'],
  processingCostPer100Yuan: ['cost', 'revenue'],
  processingCostPerGoodUnit: ['cost'],
  energyPer100Yuan: ['revenue'],
  oee: [],
  cashToCash: ['stock', 'revenue', 'cost'],
  escapeRateManual: [],
  escapeRateAi: [],
  falseRejectRateManual: [],
  falseRejectRateAi: [],
  approvalMedianHours: [],
  approvalP90Hours: [],
  payback: ['cost', 'revenue'],
};

export const scopesOf = (kpi: string): readonly ConsentScope[] => SCOPES_OF[kpi] ?? CONSENT_SCOPES;

const isShown = (kpi: string, granted: ReadonlySet<ConsentScope>): boolean =>
  scopesOf(kpi).every((scope) => granted.has(scope));

/** Turns are cost by stock: whoever is shown one of the two sums can work the other one out. */
const PARTS_SCOPES_OF: Readonly<Record<string, readonly ConsentScope[]>> = {
  inventoryTurns: ['stock', 'cost'],
  inventoryDays: ['stock', 'cost'],
};

/** What must be agreed to before a figure is opened to its numerator, its denominator and its events. */
export const partsScopesOf = (kpi: string): readonly ConsentScope[] => PARTS_SCOPES_OF[kpi] ?? scopesOf(kpi);

const arePartsShown = (kpi: string, granted: ReadonlySet<ConsentScope>): boolean =>
  partsScopesOf(kpi).every((scope) => granted.has(scope));

type Open = Record<string, unknown>;

/** All that stays of a figure that is withheld; a field that comes to figures later is withheld too. */
const ABOUT_A_FIGURE = new Set(['figureId', 'events', 'grade', 'sourceClass', 'months']);
const ABOUT_A_CHANGE = new Set([
  'value',
  'reason',
  'explanation',
  'figureId',
  'months',
  'seasonMatched',
  'measurementChanged',
]);

const only = (kept: ReadonlySet<string>, figure: Open): Open =>
  Object.fromEntries(Object.entries(figure).filter(([field]) => kept.has(field)));

function shownFigure(kpi: string, figure: Open, granted: ReadonlySet<ConsentScope>): Open {
  if (arePartsShown(kpi, granted)) return figure;
  const parts = { numerator: null, denominator: null };
  if (isShown(kpi, granted)) {
    const { bySource: _, ...rest } = figure;
    return { ...rest, ...parts };
  }
  return { ...only(ABOUT_A_FIGURE, figure), value: null, ...parts, reason: WITHHELD };
}

/**
 * A firm's figures as somebody else may see them: absolute ones only in the scopes that the firm has agreed to. Changes against
 * the baseline are ratios and stay.
 */
export function disclose(kpis: FirmKpis, granted: readonly ConsentScope[]): FirmKpis {
  const scopes = new Set(granted);
  const each = (record: Open, show: (kpi: string, figure: Open) => unknown): Open =>
    Object.fromEntries(
      Object.entries(record).map(([kpi, figure]) => [
        kpi,
        kpi === 'month' ? figure : show(kpi, figure as Open),
      ]),
    );
  const figures = (record: Open): Open => each(record, (kpi, figure) => shownFigure(kpi, figure, scopes));
  const improvement = each(kpis.improvement, (kpi, change) =>
    isShown(kpi, scopes) ? change : only(ABOUT_A_CHANGE, change),
  );
  const outlay = scopes.has('cost') ? {} : { ownOutlayFen: null, yearlySavingFen: null, savedFen: null };
  return {
    ...kpis,
    payback: { ...kpis.payback, ...outlay },
    baseline: kpis.baseline && {
      ...kpis.baseline,
      figures: figures(kpis.baseline.figures) as NonNullable<FirmKpis['baseline']>['figures'],
    },
    months: kpis.months.map((month) => figures(month) as FirmKpis['months'][number]),
    improvement: improvement as FirmKpis['improvement'],
  };
}

/** An outcome as somebody else may see it: whether and by how much it got better, not from what to what. */
export function discloseOutcome<
  Outcome extends {
    readonly kpi: string;
    readonly before: number | null;
    readonly after: number | null;
  },
>(outcome: Outcome, granted: readonly ConsentScope[]): Outcome {
  return isShown(outcome.kpi, new Set(granted)) ? outcome : { ...outcome, before: null, after: null };
}

/**
 * The median of the others' changes, or why it is not shown. A reader who sees some of the firms one by one could work the few
 * remaining ones out of the median: so those that remain must be five, or none.
 * @param seen firms whose own change the reader sees anyway
 */
export function medianOfOthers(
  changes: ReadonlyMap<string, number>,
  own: string,
  seen: ReadonlySet<string>,
): { median: number | null; firms: number; reason: 'FEWER_THAN_FIVE' | null } {
  const others = [...changes].filter(([firm]) => firm !== own);
  const hidden = others.filter(([firm]) => !seen.has(firm)).length;
  if (hidden > 0 && hidden < FEWEST_FOR_A_MEDIAN)
    return { median: null, firms: others.length, reason: 'FEWER_THAN_FIVE' };
  return { ...medianOf(others.map(([, change]) => change)), firms: others.length };
}

interface ChainPart {
  readonly firms: number | null;
}
interface ChainGains {
  readonly suppliers?: ChainPart;
  readonly others?: ChainPart;
}

const isFew = (firms: number | null | undefined): boolean =>
  firms !== null && firms !== undefined && firms > 0 && firms < FEWEST_FOR_A_MEDIAN;

/** Parts of a chain that its leader is not shown: it knows its own, so a sum that holds few others would tell theirs. */
function hiddenParts(suppliers: number | null | undefined, others: number | null | undefined): Set<string> {
  const few = [...(isFew(suppliers) ? ['suppliers'] : []), ...(isFew(others) ? ['others'] : [])];
  return new Set(few.length === 0 ? [] : [...few, 'chain']);
}

/** A chain's gains as its leader may see them. */
export function discloseChain<Chain extends ChainGains>(chain: Chain): Chain {
  const hidden = hiddenParts(chain.suppliers?.firms, chain.others?.firms);
  const hide = (part: object): object => ({
    ...part,
    before: null,
    after: null,
    change: null,
    reason: 'FEWER_THAN_FIVE',
  });
  return Object.fromEntries(
    Object.entries(chain).map(([name, part]) => [name, hidden.has(name) ? hide(part as object) : part]),
  ) as Chain;
}

/** What stood beside an outcome, as the leader may see it. */
export function discloseBesideOutcome(row: OutcomeDisplacement): OutcomeDisplacement {
  const hidden = hiddenParts(row.supplierFirms, row.otherFirms);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, hidden.has(name) ? null : value]),
  ) as OutcomeDisplacement;
}

/**
 * A finding as one of the suppliers concerned may see it: what it tells of the others is theirs.
 * @param known its own firms, and leaders: whom it delivers to is no secret from it
 */
export function discloseFinding<
  Finding extends {
    readonly entities: readonly string[];
    readonly evidence: readonly Readonly<Record<string, unknown>>[];
  },
>(finding: Finding, known: ReadonlySet<string>): Finding {
  const others = finding.entities.filter((entity) => isUscc(entity) && !known.has(entity));
  if (others.length === 0) return finding;
  const tellsOfOthers = (row: object): boolean => {
    const text = JSON.stringify(row);
    return others.some((code) => text.includes(code));
  };
  return {
    ...finding,
    entities: finding.entities.filter((entity) => !others.includes(entity)),
    evidence: finding.evidence.filter((row) => !tellsOfOthers(row)),
  };
}

/** The median of changes, or why it is not shown. */
export function medianOf(values: readonly number[]): {
  median: number | null;
  reason: 'FEWER_THAN_FIVE' | null;
} {
  if (values.length < FEWEST_FOR_A_MEDIAN) return { median: null, reason: 'FEWER_THAN_FIVE' };
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return { median: (low + high) / 2, reason: null };
}

interface Part {
  readonly value: number | null;
  readonly reason: string | null;
  readonly firms: number;
  readonly figureId: string | null;
}

/**
 * The parts of a chain in a month. Sums over fewer than five suppliers are withheld, and then those of the whole chain too: the leader
 * knows its own part and could subtract it.
 */
export function withholdFew<Parts extends { readonly suppliers: Part; readonly chain: Part }>(
  parts: Parts,
): Parts {
  const { firms } = parts.suppliers;
  if (firms === 0 || firms >= FEWEST_FOR_A_MEDIAN) return parts;
  const withheld = { value: null, reason: 'FEWER_THAN_FIVE', figureId: null };
  return {
    ...parts,
    suppliers: { ...withheld, firms },
    chain: { ...withheld, firms: parts.chain.firms },
  };
}

/** A group of the funnel. Of fewer than five firms its medians, reasons and shares would be those of single ones: only its size is told. */
export function withholdFewFirms(group: FunnelGroup): FunnelGroup {
  if (group.firms >= FEWEST_FOR_A_MEDIAN) return group;
  return { ...group, stages: [], failures: [], withheld: 'FEWER_THAN_FIVE' };
}
