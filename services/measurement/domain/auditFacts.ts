import type {
  AuditFacts,
  AuditFirm,
  AuditMonth,
  AuditStock,
  AuditTrade,
} from '../../../schemas/auditFacts.ts';
import { periodsBetween } from '../../../schemas/time.ts';
import { nominationOf } from './enrolment.ts';
import { type Fact, text, whole } from './facts.ts';
import { figuresBySource, type MonthFigure } from './figures.ts';
import type { Firm } from './firm.ts';
import type { Kpi } from './kpi.ts';
import { bestSlot } from './slots.ts';
import type { World } from './world.ts';

/**
 * One KPI of all firms by month, with contracts, go-lives and the trade among them, up to the world's as-of time.
 * @param orders standing `order.placed.v1` facts
 */
export function auditFactsOf(world: World, kpi: Kpi, orders: readonly Fact[]): AuditFacts {
  const { id, slug, version, definition, formula, unit, direction } = kpi;
  const usccs = new Set([...world.models.firms.keys(), ...world.years.firms()]);
  return {
    asOf: world.asOf.toISOString(),
    lastPeriod: world.lastPeriod,
    kpi: { id, slug, version, definition, formula, unit, direction },
    firms: [...usccs].sort().map((uscc) => auditFirm(world, kpi, uscc)),
    trades: tradesOf(world, orders),
  };
}

function auditFirm(world: World, kpi: Kpi, uscc: string): AuditFirm {
  const firm = world.models.firms.get(uscc);
  const periods = reportedPeriods(world, uscc);
  return {
    uscc,
    name: world.nameOf(uscc),
    isLeader: firm?.leader !== undefined,
    enrolments: enrolmentsOf(firm),
    months: periods.map((period) => monthOf(world, kpi, uscc, period)),
    stocks: periods.flatMap((period) => stockOf(world, uscc, period) ?? []),
  };
}

function enrolmentsOf(firm: Firm | undefined): AuditFirm['enrolments'] {
  const byProgramme = new Map<string, AuditFirm['enrolments'][number]>();
  const earlier = (a: string | null, b: string | null) => (a === null || (b !== null && b < a) ? b : a);
  for (const [key, enrolment] of Object.entries(firm?.enrolments ?? {})) {
    const [programme = ''] = key.split('|');
    const known = byProgramme.get(programme);
    byProgramme.set(programme, {
      programme,
      contractMonth: earlier(known?.contractMonth ?? null, enrolment.contracted?.month ?? null),
      liveMonth: earlier(known?.liveMonth ?? null, enrolment.live?.liveOn.slice(0, 7) ?? null),
      leader: known?.leader || nominationOf(enrolment.nominations)?.leader || null,
    });
  }
  return [...byProgramme.values()].sort((a, b) => (a.programme < b.programme ? -1 : 1));
}

/** Months from the first to the last one that anything was reported for, none after the world's last month. */
function reportedPeriods(world: World, uscc: string): string[] {
  const stated = world.statedPeriods(uscc).filter((period) => period <= world.lastPeriod);
  const [first, last] = [stated[0], stated.at(-1)];
  return first === undefined || last === undefined ? [] : periodsBetween(first, last);
}

const labelOf = ({ sourceClass, grade }: MonthFigure): string =>
  sourceClass === null ? 'none' : `${sourceClass.replaceAll('+', '&')}/${grade ?? '-'}`;

function monthOf(world: World, kpi: Kpi, uscc: string, period: string): AuditMonth {
  const figure = world.monthFigure(kpi, uscc, period);
  const ways = figuresBySource(kpi, world.months(uscc)(period), period);
  const labels = new Set([labelOf(figure), ...ways.map(labelOf)]);
  return {
    period,
    numerator: figure.numerator,
    denominator: figure.denominator,
    reason: figure.reason,
    measurement: figure.numerator === null ? 'none' : [...labels].sort().join('+'),
  };
}

function stockOf(world: World, uscc: string, period: string): AuditStock | null {
  const best = bestSlot(world.months(uscc)(period)?.slots?.inventory);
  const [openingFen, closingFen, costFen] = best?.slot.v ?? [];
  if (best?.slot.u !== undefined || typeof openingFen !== 'number' || typeof closingFen !== 'number')
    return null;
  return { period, openingFen, closingFen, costFen: costFen ?? null };
}

function tradesOf(world: World, orders: readonly Fact[]): AuditTrade[] {
  const volumes = new Map<string, { orders: number; amountFen: number; months: Map<string, number> }>();
  for (const { data, period } of orders) {
    const currency = text(data.currency);
    const key = `${text(data.buyerUscc)}/${text(data.supplierUscc)}`;
    const known = volumes.get(key) ?? { orders: 0, amountFen: 0, months: new Map<string, number>() };
    const amountFen = currency === '' || currency === 'CNY' ? (whole(data.amountFen) ?? 0) : 0;
    known.months.set(period, (known.months.get(period) ?? 0) + amountFen);
    volumes.set(key, { ...known, orders: known.orders + 1, amountFen: known.amountFen + amountFen });
  }
  return [...world.models.firms.values()]
    .flatMap((firm) =>
      Object.entries(firm.buyers).flatMap(([buyer, { declared, ended }]): AuditTrade[] => {
        const from = declared.find((day) => day <= world.today);
        if (from === undefined) return [];
        const lastDeclared = declared.filter((day) => day <= world.today).at(-1) ?? from;
        const volume = volumes.get(`${buyer}/${firm._id}`);
        return [
          {
            buyer,
            supplier: firm._id,
            from,
            until: ended.find((day) => day > lastDeclared) ?? null,
            orders: volume?.orders ?? 0,
            amountFen: volume?.amountFen ?? 0,
            monthly: [...(volume?.months ?? [])]
              .map(([period, amountFen]) => ({ period, amountFen }))
              .sort((a, b) => compare(a.period, b.period)),
          },
        ];
      }),
    )
    .sort((a, b) => compare(a.buyer, b.buyer) || compare(a.supplier, b.supplier));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
