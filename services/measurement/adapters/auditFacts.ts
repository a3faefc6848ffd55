import type { Db } from 'mongodb';
import type { AuditFacts } from '../../../schemas/auditFacts.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { auditFactsOf } from '../domain/auditFacts.ts';
import { KPIS, kpiOf } from '../domain/kpis.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { loadWorld } from './worldStore.ts';

/**
 * What an audit of one KPI is made from.
 * @param name id or slug of the KPI
 * @throws ChainlightError BAD_USAGE for a KPI that there is not
 */
export async function readAuditFacts(db: Db, name: string, horizon: Horizon = {}): Promise<AuditFacts> {
  const kpi = kpiOf(name);
  if (kpi === undefined)
    throw new ChainlightError(
      'BAD_USAGE',
      `There is no KPI "${name}"; there are ${KPIS.map(({ slug }) => slug).join(', ')}.`,
    );
  const world = await loadWorld(db, horizon);
  const orders = await standingFacts(db, { types: ['order.placed.v1'] }, { ...horizon, asOf: world.asOf });
  return auditFactsOf(world, kpi, orders);
}
