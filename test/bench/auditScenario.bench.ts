import { runAudit } from '../../services/audit/index.ts';
import { auditFactsFrom, PLAIN_AUDIT, plantedIn, scenarioFacts } from '../support/scenarioFacts.ts';

interface Tally {
  readonly inside: number;
  readonly refused: number;
  readonly raised: number;
  readonly of: number;
}

/**
 * `npm run bench -- auditScenario [SEEDS] [SCALE]`: audits the scenario and its twin without effect over seeds 1 to SEEDS, and
 * counts how often the planted effect lies inside the 95 % interval, and how often an effect is found.
 */
export async function run([seeds = '20', scale = '10']: readonly string[]): Promise<unknown> {
  const tallies: Record<string, Tally> = {};
  const misses: string[] = [];
  for (const name of ['sichuan', 'sichuan-null'] as const) {
    for (let seed = 1; seed <= Number(seeds); seed++) {
      const { scenario, facts } = scenarioFacts({ scenario: name, seed, scale: Number(scale) });
      const { result } = runAudit(
        auditFactsFrom(facts, 'inventory-turns'),
        { ...PLAIN_AUDIT, seed },
        NOWHERE,
      );
      for (const view of ['contract', 'golive'] as const)
        for (const part of ['direct', 'spillover'] as const) {
          const verdict = result.views[view].verdicts[part];
          const planted = plantedIn(scenario)[view][part].effect ?? 0;
          const isInside =
            verdict.low !== null &&
            verdict.high !== null &&
            verdict.low <= planted &&
            planted <= verdict.high;
          if (!isInside) misses.push(`${name} ${seed} ${view} ${part}`);
          const key = `${name} ${view} ${part}`;
          const before = tallies[key] ?? { inside: 0, refused: 0, raised: 0, of: 0 };
          tallies[key] = {
            inside: before.inside + (isInside ? 1 : 0),
            refused: before.refused + (verdict.finding === 'refused' ? 1 : 0),
            raised: before.raised + (verdict.finding === 'raised' ? 1 : 0),
            of: before.of + 1,
          };
        }
      process.stderr.write(`${name}, seed ${seed}\n`);
    }
  }
  return { seeds: Number(seeds), scale: Number(scale), tallies, misses };
}

const NOWHERE = { knownAt: null, simulated: true, anchors: [] };
