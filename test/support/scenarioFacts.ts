import type { AuditFacts } from '../../schemas/auditFacts.ts';
import type { ValidEvent } from '../../services/ingest/domain/validate.ts';
import { auditFactsOf } from '../../services/measurement/domain/auditFacts.ts';
import { correctionOf, voidedIdentities } from '../../services/measurement/domain/corrections.ts';
import { type Fact, SET_HASH_DIGITS } from '../../services/measurement/domain/facts.ts';
import { kpiOf } from '../../services/measurement/domain/kpis.ts';
import { CORRECTION_TYPE, foldModels } from '../../services/measurement/domain/readModels.ts';
import { World } from '../../services/measurement/domain/world.ts';
import { buildScenario, type Scenario, type ScenarioOptions } from '../../services/simulator/index.ts';
import { Judge } from '../unit/simulator/judge.ts';

/** Where the scenario's clock stands at its end. */
const END = new Date('2025-06-30T16:00:00Z');

/** A scenario with what ingest accepts of it, as measurement's facts; without servers. */
export function scenarioFacts(options: ScenarioOptions): { scenario: Scenario; facts: Fact[] } {
  const scenario = buildScenario(options);
  const facts: Fact[] = scenario.leaders.map(leaderFact);
  const judge = new Judge(scenario, (event) => void facts.push(factOf(event)));
  for (const month of scenario.months()) {
    for (const record of month.records) judge.judge(record);
    judge.release();
  }
  const corrections = facts.filter(({ type }) => type === CORRECTION_TYPE).map(correctionOf);
  const voided = voidedIdentities(corrections);
  return { scenario, facts: facts.filter(({ identity }) => !voided.has(identity)) };
}

export function auditFactsFrom(facts: readonly Fact[], kpiName: string, asOf = END): AuditFacts {
  const kpi = kpiOf(kpiName);
  if (kpi === undefined) throw new Error(`no KPI ${kpiName}`);
  const standing = facts.filter(({ timeMs }) => timeMs <= asOf.getTime() + 60 * 86_400_000);
  return auditFactsOf(
    new World(foldModels(standing), asOf),
    kpi,
    standing.filter(({ type }) => type === 'order.placed.v1'),
  );
}

const factOf = (event: ValidEvent): Fact => ({
  identity: event.identity,
  type: event.type,
  sourceClass: event.source.class,
  timeMs: event.time.getTime(),
  firm: event.firm,
  period: event.period,
  correlationId: event.correlationId,
  hash: event.contentHash.slice(0, SET_HASH_DIGITS),
  data: event.data,
});

const leaderFact = ({ uscc, name, sources }: Scenario['leaders'][number]): Fact => ({
  identity: `/system/registry leader/${uscc}`,
  type: 'leader.registered.v1',
  sourceClass: 'system',
  timeMs: 0,
  firm: uscc,
  period: '1970-01',
  correlationId: uscc,
  hash: '0'.repeat(SET_HASH_DIGITS),
  data: { leaderUscc: uscc, name, sources },
});
