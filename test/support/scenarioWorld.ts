import { withEarlier } from '../../schemas/events/versions.ts';
import { freezeBaseline } from '../../services/measurement/domain/baseline.ts';
import type { Fact } from '../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../services/measurement/domain/figures.ts';
import { FIRM_YEAR_TYPES } from '../../services/measurement/domain/firmYear.ts';
import { CORRECTION_TYPE, foldModels, MEASURED_TYPES } from '../../services/measurement/domain/readModels.ts';
import { World } from '../../services/measurement/domain/world.ts';
import type { Scenario, ScenarioOptions } from '../../services/simulator/index.ts';
import { scenarioFacts } from './scenarioFacts.ts';

const ALL: ReadonlySet<string> = new Set([...withEarlier(MEASURED_TYPES), CORRECTION_TYPE]);

/**
 * All that measurement would know of a scenario, without servers: its accepted records, the baselines frozen at each first
 * contract, and the endings that the simulator expects of the workflows (without their reasons: nothing can be said of those).
 * @param types event types to look at; all where absent
 */
export function scenarioKnowledge(
  options: ScenarioOptions,
  types: readonly string[] = [...ALL],
): (asOf: Date) => World {
  const { scenario, facts } = scenarioFacts(options, new Set(types));
  const known = [...facts, ...frozenBaselines(facts), ...endings(scenario, facts)];
  return (asOf) => new World(foldModels(known.filter(({ timeMs }) => timeMs <= asOf.getTime())), asOf);
}

const act = (fields: Pick<Fact, 'type' | 'timeMs' | 'firm' | 'data'> & { id: string }): Fact => {
  const { id, ...rest } = fields;
  return {
    identity: `/system/test ${id}`,
    sourceClass: 'system',
    period: '',
    correlationId: id,
    hash: '0'.repeat(32),
    ...rest,
  };
};

function frozenBaselines(facts: readonly Fact[]): Fact[] {
  const books = new Map<string | null, Fact[]>();
  for (const fact of facts)
    if (FIRM_YEAR_TYPES.includes(fact.type)) books.set(fact.firm, [...(books.get(fact.firm) ?? []), fact]);
  return [...foldModels(facts).baselines.values()].flatMap(({ firm, programme, contract }) => {
    if (contract === undefined) return [];
    const stated = (books.get(firm) ?? []).filter(({ timeMs }) => timeMs <= contract.timeMs);
    const figures = freezeBaseline(monthsOf([...foldModels(stated).kpi.values()]), contract.month);
    const data = {
      supplierUscc: firm,
      programme,
      contractMonth: contract.month,
      figuresSha256: '',
      ...figures,
    };
    const id = `baseline/${programme}/${firm}`;
    return [act({ id, type: 'baseline.frozen.v1', timeMs: contract.timeMs, firm, data })];
  });
}

function endings(scenario: Scenario, facts: readonly Fact[]): Fact[] {
  const platforms = new Map(
    facts
      .filter(({ type }) => type === 'onboarding.supplier-nominated.v1')
      .map(({ firm, data }) => [`${data.programme}/${firm}`, data.platform]),
  );
  return scenario.expected.onboardings.flatMap(({ supplierUscc, programme, status, endedAt }) => {
    if (endedAt === null) return [];
    const platform = platforms.get(`${programme}/${supplierUscc}`);
    const data = { supplierUscc, programme, platform, status, stage: status, failureReason: null };
    const id = `closed/${programme}/${supplierUscc}`;
    return [act({ id, type: 'onboarding.closed.v1', timeMs: Date.parse(endedAt), firm: supplierUscc, data })];
  });
}
