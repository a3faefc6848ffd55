import type { Db, Document } from 'mongodb';
import { periodsBetween } from '../../../schemas/time.ts';
import { type MonthsOf, monthsOf } from '../domain/figures.ts';
import { FIRM_YEAR_TYPES, type FirmYear } from '../domain/firmYear.ts';
import type { Kpi } from '../domain/kpi.ts';
import { Panel } from '../domain/panel.ts';
import { foldModels } from '../domain/readModels.ts';
import { bestSlot, SLOT_CLASSES } from '../domain/slots.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { valuesFrom, type YearOfValues } from './slotBytes.ts';
import { modelOf } from './store.ts';

const FIRMS_A_QUERY = 2_000;
const DOCUMENTS_A_BATCH = 1_000;

/** Only what these KPIs need of the months asked for: documents hold all that a firm reports. */
function projectionOf(kpis: readonly Kpi[], periods: readonly string[]): Document {
  const kinds = [...new Set(kpis.flatMap((kpi) => kpi.kinds))];
  const months = [...new Set(periods.map((period) => period.slice(5)))].sort();
  return Object.fromEntries([
    ['firm', 1],
    ['year', 1],
    ...months.flatMap((month) => [
      ...kinds.map((kind) => [`months.${month}.slots.${kind}`, 1]),
      ...(kinds.includes('inventory') ? [[`months.${month}.holdings`, 1]] : []),
    ]),
  ]);
}

const yearsOf = (periods: readonly string[]): number[] => [
  ...new Set(periods.map((period) => Number(period.slice(0, 4)))),
];

/** Months of some firms, with what the KPIs need; firms that reported nothing are absent. */
export async function loadMonths(
  db: Db,
  firms: readonly string[],
  kpis: readonly Kpi[],
  periods: readonly string[],
): Promise<Map<string, MonthsOf>> {
  const byFirm = new Map<string, FirmYear[]>();
  const chunks = Array.from({ length: Math.ceil(firms.length / FIRMS_A_QUERY) }, (_, index) =>
    firms.slice(index * FIRMS_A_QUERY, (index + 1) * FIRMS_A_QUERY),
  );
  for (const chunk of chunks) {
    const documents = await modelOf(db, 'kpi')
      .find({ firm: { $in: chunk }, year: { $in: yearsOf(periods) } })
      .project<FirmYear>(projectionOf(kpis, periods))
      .batchSize(5_000)
      .toArray();
    for (const document of documents)
      byFirm.set(document.firm, [...(byFirm.get(document.firm) ?? []), document]);
  }
  return new Map([...byFirm].map(([uscc, years]) => [uscc, monthsOf(years)]));
}

/** What values and grades are made of; hashes and counts of statements are left in the database. */
const VALUE_FIELDS = ['v', 'u', 'doc'] as const;

const valuesOnly = (kpi: Kpi, months: readonly string[]): Document =>
  Object.fromEntries([
    ['_id', 0],
    ['firm', 1],
    ['year', 1],
    ...months.flatMap((month) =>
      kpi.kinds.flatMap((kind) =>
        SLOT_CLASSES.flatMap((sourceClass) =>
          VALUE_FIELDS.map((field) => [`months.${month}.slots.${kind}.${sourceClass}.${field}`, 1]),
        ),
      ),
    ),
  ]);

/** One KPI of every firm in the months from `first` to `last`; what has no figure is left out. */
export async function readPanel(
  db: Db,
  kpi: Kpi,
  [first, last]: readonly [first: string, last: string],
  horizon: Horizon = {},
): Promise<Panel> {
  const periods = periodsBetween(first, last);
  const panel = new Panel(periods);
  if (horizon.asOf !== undefined || horizon.knownAt !== undefined) {
    const facts = await standingFacts(db, { types: FIRM_YEAR_TYPES, periods: [first, last] }, horizon);
    for (const { firm, year, months } of foldModels(facts).kpi.values())
      addYear(panel, kpi, { firm, year, months: Object.entries(months) }, monthsWithin(periods, year));
  } else await Promise.all(yearsOf(periods).map((year) => readPanelYear(db, kpi, year, { periods, panel })));
  return panel;
}

/** The months of a year that are asked for, '01' to '12', and the text of each. */
const monthsWithin = (periods: readonly string[], year: number): ReadonlyMap<string, string> =>
  new Map(
    periods.filter((period) => period.startsWith(`${year}-`)).map((period) => [period.slice(5), period]),
  );

async function readPanelYear(
  db: Db,
  kpi: Kpi,
  year: number,
  { periods, panel }: { readonly periods: readonly string[]; readonly panel: Panel },
): Promise<void> {
  const months = monthsWithin(periods, year);
  const cursor = modelOf(db, 'kpi')
    .find({ year }, { raw: true, promoteBuffers: true })
    .project(valuesOnly(kpi, [...months.keys()]))
    .batchSize(DOCUMENTS_A_BATCH);
  // Each batch is worked through while the next one is on its way.
  while (await cursor.hasNext())
    for (const bytes of cursor.readBufferedDocuments() as unknown as Uint8Array[])
      addYear(panel, kpi, valuesFrom(bytes, kpi.kinds), months);
}

/** Months that have a figure; `periods` gives each month's text once, shared by all. */
function addYear(
  panel: Panel,
  kpi: Kpi,
  { firm, months }: YearOfValues,
  periods: ReadonlyMap<string, string>,
): void {
  for (const [month, reported] of months) {
    const period = periods.get(month);
    if (period === undefined) continue;
    const result = kpi.month((kind) => bestSlot(reported.slots?.[kind])?.slot, period);
    if ('numerator' in result) panel.add(firm, period, result.numerator, result.denominator);
  }
}
