import { withEarlier } from '../../schemas/events/versions.ts';
import { freezeBaseline } from '../../services/measurement/domain/baseline.ts';
import type { Contracted } from '../../services/measurement/domain/enrolment.ts';
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
  const frozen = (firm: string, programme: string, { timeMs, month }: Contracted, who: object): Fact => {
    const stated = (books.get(firm) ?? []).filter((fact) => fact.timeMs <= timeMs);
    const figures = freezeBaseline(monthsOf([...foldModels(stated).kpi.values()]), month);
    const data = { ...who, programme, contractMonth: month, figuresSha256: '', ...figures };
    const isLeader = 'leaderUscc' in who;
    const id = `baseline/${isLeader ? 'LEADER' : programme}/${firm}`;
    const type = isLeader ? 'leader-baseline.frozen.v1' : 'baseline.frozen.v1';
    return act({ id, type, timeMs, firm, data });
  };
  const models = foldModels(facts);
  const contracts = [...models.baselines.values()]
    .flatMap(({ contract, ...rest }) => (contract === undefined ? [] : [{ ...rest, contract }]))
    .sort((a, b) => a.contract.timeMs - b.contract.timeMs || (a._id < b._id ? -1 : 1));
  const leaders = [...models.firms.values()].flatMap(({ _id: leader, leader: registered }) => {
    if (registered === undefined) return [];
    const isIn = (firm: string): boolean =>
      firm !== leader && models.firms.get(firm)?.chains.includes(leader) === true;
    const first = contracts.find(({ firm }) => isIn(firm));
    return first === undefined
      ? []
      : [
          frozen(leader, first.programme, first.contract, {
            leaderUscc: leader,
            firstSupplierUscc: first.firm,
          }),
        ];
  });
  const suppliers = contracts.map(({ firm, programme, contract }) =>
    frozen(firm, programme, contract, { supplierUscc: firm }),
  );
  return [...suppliers, ...leaders];
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
