import type { ChainKpi, ChainKpiQuery, ReceiptList, ReceiptQuery } from '../../../schemas/api/overview.ts';
import { ChainlightError, isChainlightError } from '../../../schemas/errors.ts';
import { addMonths, periodOf } from '../../../schemas/time.ts';
import { receiptsTopic } from '../../../schemas/topics.ts';
import { readReceipts } from '../../ingest/index.ts';
import { type GroupQuestion, kpiRegistry, readGroup } from '../../measurement/index.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import { withholdFew } from '../domain/disclosure.ts';
import { onboardingsOf as visibleTo } from '../domain/visibility.ts';
import { readChainChanges } from './chainChanges.ts';
import { shownDisplacement } from './chainGains.ts';
import { businessTime, type ReadContext } from './context.ts';
import { requireLeader } from './events.ts';

type Part = ChainKpi['months'][number]['leader'];
type Level = 'leader' | 'suppliers' | 'chain';
const NOBODY: Part = { value: null, reason: 'NO_DATA', firms: 0, figureId: null };

/** A leader's newest receipts. */
export async function readReceiptsOf(
  { db, principal }: ReadContext,
  { leader, limit }: ReceiptQuery,
): Promise<ReceiptList> {
  requireLeader(principal, leader);
  return { topic: receiptsTopic(leader), items: await readReceipts(db, leader, limit) };
}

/**
 * One KPI of a chain by month. Sums over fewer than five suppliers are withheld, and then those of the whole chain too: the leader
 * knows its own part and could subtract it.
 * @throws ChainlightError NOT_FOUND for a chain that the reader may not see, or a KPI that there is not
 */
export async function readChainKpi(
  context: ReadContext,
  { leader, kpi: id, months }: ChainKpiQuery,
): Promise<ChainKpi> {
  const { db, principal, cache } = context;
  requireLeader(principal, leader);
  // How long approvals take is told by the buyer, and a payback is one firm's: neither has a month of a chain.
  const kpis = kpiRegistry().filter(({ levels }) => levels.includes('chain'));
  const kpi = kpis.find((one) => one.id === id);
  if (kpi === undefined) throw new ChainlightError('NOT_FOUND', `there is no KPI ${id}`);
  const visible = { $and: [{ leaderUscc: { $eq: leader } }, visibleTo(principal.tenancy)] } as object;
  const firms = await onboardingsOf(db)
    .find(visible, { projection: { supplierUscc: 1, supplierName: 1 } })
    .toArray();
  if (firms.length === 0 && principal.tenancy.role === 'bureau')
    throw new ChainlightError('NOT_FOUND', `there is no chain of ${leader} among those that you may see`);
  const names = new Map(firms.map(({ supplierUscc, supplierName }) => [supplierUscc, supplierName]));
  const [parts, { improvements }] = await Promise.all([
    cache.get(['chain-kpi', leader, id, months], () => readParts(context, leader, id, months)),
    readChainChanges(context, leader),
  ]);
  const changes = improvements.find((one) => one.kpi === id)?.changes;
  const suppliers = [...names].map(([uscc, name]) => ({ uscc, name, change: changes?.get(uscc) ?? null }));
  const gain = (change: number | null): number =>
    change === null ? Number.POSITIVE_INFINITY : kpi.direction === 'up' ? change : -change;
  suppliers.sort((a, b) => gain(a.change) - gain(b.change) || (a.uscc < b.uscc ? -1 : 1));
  return {
    ...{ leader, kpi: id, unit: kpi.unit, direction: kpi.direction },
    kpis: kpis.map((one) => one.id),
    months: parts.map(({ month, ...figures }) => ({
      month,
      ...withholdFew(figures),
    })),
    suppliers,
    displacement: await shownDisplacement(context, [leader]),
  };
}

async function readParts({ db }: ReadContext, leader: string, kpi: string, months: number) {
  const to = addMonths(periodOf((await businessTime(db)) ?? new Date(0)), -1);
  const from = addMonths(to, 1 - months);
  const read = (level: Level) => readPart(db, { scope: { level, code: leader }, kpi, from, to });
  const [own, suppliers, chain] = await Promise.all([read('leader'), read('suppliers'), read('chain')]);
  const all = [...new Set([...own.keys(), ...suppliers.keys(), ...chain.keys()])].sort();
  return all.map((month) => ({
    month,
    leader: own.get(month) ?? NOBODY,
    suppliers: { ...(suppliers.get(month) ?? NOBODY), figureId: null },
    chain: { ...(chain.get(month) ?? NOBODY), figureId: null },
  }));
}

async function readPart(
  db: ReadContext['db'],
  question: GroupQuestion & { kpi: string },
): Promise<Map<string, Part>> {
  const group = await readGroup(db, question).catch((error: unknown) => {
    // Nobody of this part has reported anything yet.
    if (isChainlightError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  return new Map(
    group?.months.map((row) => {
      const figure = (row as unknown as Record<string, Omit<Part, 'reason'> & { reason?: string }>)[
        question.kpi
      ];
      if (figure === undefined) return [row.month, NOBODY] as const;
      const { value, reason = null, firms, figureId } = figure;
      // One firm alone is opened by its own figure.
      return [
        row.month,
        { value, reason, firms, figureId: figureId?.replace('/leader:', '/') ?? null },
      ] as const;
    }),
  );
}
