import type { AuditFacts } from '../../schemas/auditFacts.ts';
import { identityOf } from '../../schemas/envelope.ts';
import { EVENT_TYPES, type EventType } from '../../schemas/events/index.ts';
import { readSource } from '../../schemas/sources.ts';
import { periodOf } from '../../schemas/time.ts';
import type { AuditRunOptions } from '../../services/audit/index.ts';
import { decode } from '../../services/ingest/domain/decode.ts';
import { auditFactsOf } from '../../services/measurement/domain/auditFacts.ts';
import { correctionOf, voidedIdentities } from '../../services/measurement/domain/corrections.ts';
import { type Fact, SET_HASH_DIGITS } from '../../services/measurement/domain/facts.ts';
import { FIRM_TYPES } from '../../services/measurement/domain/firm.ts';
import { kpiOf } from '../../services/measurement/domain/kpis.ts';
import { CORRECTION_TYPE, foldModels } from '../../services/measurement/domain/readModels.ts';
import { World } from '../../services/measurement/domain/world.ts';
import {
  buildScenario,
  type PlantedTurns,
  type Scenario,
  type ScenarioOptions,
  type ScenarioRecord,
} from '../../services/simulator/index.ts';

/** Where the scenario's clock stands at its end. */
const END = new Date('2025-06-30T16:00:00Z');

/** What an audit of inventory turns looks at. */
const TYPES: ReadonlySet<string> = new Set([
  ...FIRM_TYPES,
  'inventory.closed.v1',
  'order.placed.v1',
  CORRECTION_TYPE,
]);

/**
 * A scenario with those of its accepted records that an audit of inventory turns looks at, as measurement's facts; without
 * servers. That ingest judges records as the simulator expects is tested with the simulator.
 */
export function scenarioFacts(
  options: ScenarioOptions,
  types: ReadonlySet<string> = TYPES,
): { scenario: Scenario; facts: Fact[] } {
  const scenario = buildScenario(options);
  const facts = scenario.leaders.map(leaderFact);
  const known = new Set<string>();
  for (const { records } of scenario.months())
    for (const record of records) {
      if (record.expect !== 'accepted') continue;
      const fact = factOf(record, types);
      if (fact === null || known.has(fact.identity)) continue;
      known.add(fact.identity);
      facts.push(fact);
    }
  const corrections = facts.filter(({ type }) => type === CORRECTION_TYPE).map(correctionOf);
  const voided = voidedIdentities(corrections);
  return { scenario, facts: facts.filter(({ identity }) => !voided.has(identity)) };
}

/** The simulator's truth about inventory turns; only tests look at it. */
export const plantedIn = (scenario: Scenario): PlantedTurns => scenario.truth.auditedTurns as PlantedTurns;

/** All programmes and chains, contract view, no bands. */
export const PLAIN_AUDIT: AuditRunOptions = {
  programmes: null,
  chain: null,
  scale: 'log',
  view: 'contract',
  bootstrap: 0,
  seed: 1,
};

/** What measurement hands to an audit at the scenario's end. */
export function auditFactsFrom(facts: readonly Fact[], kpiName: string): AuditFacts {
  const kpi = kpiOf(kpiName);
  if (kpi === undefined) throw new Error(`no KPI ${kpiName}`);
  return auditFactsOf(
    new World(foldModels(facts), END),
    kpi,
    facts.filter(({ type }) => type === 'order.placed.v1'),
  );
}

function factOf(record: ScenarioRecord, types: ReadonlySet<string>): Fact | null {
  const binaryType = record.headers.ce_type;
  if (binaryType !== undefined && !types.has(binaryType)) return null;
  const decoded = decode({ ...record, partition: 0, offset: 0, value: Buffer.from(record.value) });
  if (!decoded.ok) throw new Error(decoded.refusal.explanation);
  const { source, id, type, time, data } = decoded.value as Record<
    'source' | 'id' | 'type' | 'time',
    string
  > & {
    data: Record<string, unknown>;
  };
  const definition = EVENT_TYPES.get(type as EventType);
  const reading = readSource(source);
  if (!types.has(type) || definition === undefined || !('source' in reading)) return null;
  return {
    identity: identityOf(source, id),
    type,
    sourceClass: reading.source.class,
    timeMs: Date.parse(time),
    firm: definition.about === null ? null : String(data[definition.about]),
    period: typeof data.period === 'string' ? data.period : periodOf(new Date(time)),
    correlationId: id,
    hash: '0'.repeat(SET_HASH_DIGITS),
    data,
  };
}

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
