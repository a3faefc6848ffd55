export { type ScenarioPeople, scenarioPeople } from './domain/people.ts';
export type { PlantedEffect, PlantedTurns } from './domain/plantedTurns.ts';
export {
  buildScenario,
  type ExpectedOutcome,
  SCENARIOS,
  type Scenario,
  type ScenarioMonth,
  type ScenarioName,
  type ScenarioOptions,
  type ScenarioRecord,
} from './domain/scenario.ts';
