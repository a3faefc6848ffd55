import type { Db } from 'mongodb';
import type { AuditFacts } from '../../../schemas/auditFacts.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { auditFactsOf, TradeVolumes } from '../domain/auditFacts.ts';
import { KPIS, kpiOf } from '../domain/kpis.ts';
import { eachStandingFact, type Horizon } from './eventLog.ts';
import { loadWorldOfValues } from './worldStore.ts';

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
  const world = await loadWorldOfValues(db, horizon);
  const volumes = new TradeVolumes();
  const until = { ...horizon, asOf: world.asOf };
  for await (const order of eachStandingFact(db, { types: ['order.placed.v1'] }, until)) volumes.add(order);
  return auditFactsOf(world, kpi, volumes);
}
