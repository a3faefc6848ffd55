import type { AuditFacts, AuditFirm, AuditTrade } from '../../../../schemas/auditFacts.ts';
import { ChainlightError } from '../../../../schemas/errors.ts';
import { addMonths } from '../../../../schemas/time.ts';
import { edgesAmong, orderedBefore, type Place, placesOf } from './network.ts';
import { type AuditView, implementationMonths, type Treatment, treatmentOf } from './treatment.ts';

export interface LiveSelection {
  /** Programme codes, or null for all of them. */
  readonly programmes: readonly string[] | null;
  /** USCC of a leader, or null for all chains. */
  readonly chain: string | null;
  /** log: the natural logarithm of the figure, so that effects are percentages. */
  readonly scale: 'log' | 'level';
}

/** One firm and month of a frozen panel. */
export interface FrozenRow {
  readonly unit: string;
  readonly month: string;
  /** 1 in the panel's first month. */
  readonly time: number;
  readonly outcome: number | null;
  /** First treated period, 0 = never; at most 1 where the firm was treated before the panel begins. */
  readonly cohort: number;
  readonly chain: string;
  readonly tier: number;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly definition: string;
  readonly measurement: string;
  /** Why there is no outcome. */
  readonly reason: string | null;
}

/** One relation of a frozen network. */
export interface FrozenEdge extends AuditTrade {
  /** Ordered before any firm of the panel was treated: what came later may be an effect. Null where nothing was ordered between the two sides at all. */
  readonly volumeFen: number | null;
}

/** One view of the firms audited, as it is frozen and estimated. */
export interface LivePanel {
  readonly view: AuditView;
  readonly rows: readonly FrozenRow[];
  readonly edges: readonly FrozenEdge[];
  readonly months: { readonly first: string; readonly last: string };
  /** Months before the treatment in which an effect may already show: none from the contract on, the time of implementation before going live. */
  readonly anticipation: number;
  readonly leftOut: {
    /** Contracted in another programme, or in a chain that is not audited. */
    readonly treatedElsewhere: number;
    /** Never treated, but partners of such firms. */
    readonly exposedElsewhere: number;
    /** Contracted and not live: neither treated nor controls where going live is the treatment. */
    readonly notLive: number;
    /** Firms without a single figure. */
    readonly withoutFigures: number;
  };
  /** Treated firms, and those without four complete months before their contract. */
  readonly baselines: { readonly treated: number; readonly missing: number };
}

const BASELINE_MIN_MONTHS = 4;
/** A last month in which fewer firms than this share of the usual number have a figure is not over yet. */
const COMPLETE_SHARE = 0.5;

/** Lays the facts out as one panel. Throws BAD_INPUT where no firm of the selection has a figure. */
export function livePanel(facts: AuditFacts, view: AuditView, selection: LiveSelection): LivePanel {
  const places = placesOf(facts);
  const suppliers = facts.firms.filter((firm) => !firm.isLeader);
  const isAudited = (programme: string) => selection.programmes?.includes(programme) ?? true;
  const treatments = new Map(
    suppliers.map((firm): [string, Treatment] => {
      const own = treatmentOf(firm, view, isAudited);
      const isOutside = selection.chain !== null && !places.get(firm.uscc)?.chains.includes(selection.chain);
      return [
        firm.uscc,
        isOutside && own.status === 'treated' ? { status: 'elsewhere', month: own.month } : own,
      ];
    }),
  );
  const monthOf = (uscc: string) => {
    const treatment = treatments.get(uscc);
    return treatment !== undefined && 'month' in treatment ? treatment.month : undefined;
  };
  const allEdges = edgesAmong(facts.trades, new Map(suppliers.map((firm) => [firm.uscc, firm])), monthOf);
  const touched = partnersOf(allEdges, (uscc) => treatments.get(uscc)?.status === 'elsewhere');
  const leftOut = { treatedElsewhere: 0, exposedElsewhere: 0, notLive: 0, withoutFigures: 0 };
  const kept = suppliers.filter((firm) => {
    const status = treatments.get(firm.uscc)?.status;
    if (status === 'elsewhere') leftOut.treatedElsewhere++;
    else if (selection.chain !== null && !places.get(firm.uscc)?.chains.includes(selection.chain))
      return false;
    else if (status === 'not-live') leftOut.notLive++;
    else if (status === 'never' && touched.has(firm.uscc)) leftOut.exposedElsewhere++;
    else if (firm.months.every(({ numerator }) => numerator === null)) leftOut.withoutFigures++;
    else return true;
    return false;
  });
  const months = spanOf(kept, facts.lastPeriod);
  const firstTreated = kept.flatMap(({ uscc }) => monthOf(uscc) ?? []).sort()[0];
  const nodes = new Map(kept.map((firm) => [firm.uscc, firm]));
  return {
    view,
    rows: kept.flatMap((firm) =>
      rowsOf(firm, facts, { months, selection, place: places.get(firm.uscc), month: monthOf(firm.uscc) }),
    ),
    edges: allEdges
      .filter(({ buyer, supplier }) => nodes.has(buyer) && nodes.has(supplier))
      .map((trade) => ({ ...trade, volumeFen: orderedBefore(trade, firstTreated) })),
    months,
    anticipation: view === 'golive' ? implementationMonths(kept.flatMap(lagOf)) : 0,
    leftOut,
    baselines: baselinesOf(kept, treatments),
  };
}

/** Firms that trade with one of those that `isMeant`. */
function partnersOf(edges: readonly AuditTrade[], isMeant: (uscc: string) => boolean): Set<string> {
  return new Set(
    edges.flatMap(({ buyer, supplier }) => [
      ...(isMeant(buyer) ? [supplier] : []),
      ...(isMeant(supplier) ? [buyer] : []),
    ]),
  );
}

const index = (period: string): number => Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7));

const lagOf = (firm: AuditFirm): number[] =>
  firm.enrolments.flatMap(({ contractMonth, liveMonth }) =>
    contractMonth === null || liveMonth === null ? [] : [index(liveMonth) - index(contractMonth)],
  );

function spanOf(firms: readonly AuditFirm[], lastPeriod: string): { first: string; last: string } {
  const counts = new Map<string, number>();
  for (const { months } of firms)
    for (const { period, numerator } of months)
      if (numerator !== null && period <= lastPeriod) counts.set(period, (counts.get(period) ?? 0) + 1);
  const periods = [...counts.keys()].sort();
  const usual = Math.max(0, ...counts.values());
  const last = periods.findLast((period) => (counts.get(period) ?? 0) >= COMPLETE_SHARE * usual);
  const [first] = periods;
  if (first === undefined || last === undefined)
    throw new ChainlightError('BAD_INPUT', 'No firm of this selection has a figure by this time.');
  return { first, last };
}

interface RowContext {
  readonly months: { readonly first: string; readonly last: string };
  readonly selection: LiveSelection;
  readonly place: Place | undefined;
  readonly month: string | undefined;
}

function rowsOf(
  firm: AuditFirm,
  facts: AuditFacts,
  { months, selection, place, month }: RowContext,
): FrozenRow[] {
  const timeOf = (period: string) => index(period) - index(months.first) + 1;
  const cohort = month === undefined ? 0 : Math.max(1, timeOf(month));
  return firm.months
    .filter(({ period }) => period >= months.first && period <= months.last)
    .map(({ period, numerator, denominator, reason, measurement }) => {
      const value = numerator === null || !denominator ? null : numerator / denominator;
      const isOutside = selection.scale === 'log' && value !== null && value <= 0;
      const outcome =
        value === null || isOutside ? null : selection.scale === 'log' ? Math.log(value) : value;
      return {
        unit: firm.uscc,
        month: period,
        time: timeOf(period),
        outcome,
        cohort,
        chain: place?.chain ?? 'none',
        tier: place?.tier ?? 1,
        numerator,
        denominator,
        definition: `${facts.kpi.slug}/v${facts.kpi.version}`,
        measurement,
        reason: isOutside ? 'not positive: it has no logarithm' : reason,
      };
    });
}

/** A baseline asks for four complete months in the two years before the contract. */
function baselinesOf(firms: readonly AuditFirm[], treatments: ReadonlyMap<string, Treatment>) {
  let treated = 0;
  let missing = 0;
  for (const { uscc, months, enrolments } of firms) {
    if (treatments.get(uscc)?.status !== 'treated') continue;
    const contract = enrolments.flatMap(({ contractMonth }) => contractMonth ?? []).sort()[0];
    if (contract === undefined) continue;
    treated++;
    const from = addMonths(contract, -24);
    const before = months.filter(
      ({ period, numerator }) => numerator !== null && period >= from && period < contract,
    );
    if (before.length < BASELINE_MIN_MONTHS) missing++;
  }
  return { treated, missing };
}
