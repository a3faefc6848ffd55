import type { AuditVerdict } from '../../schemas/api/auditRun.ts';
import { runAudit } from '../../services/audit/index.ts';
import { readCommandLine, wholeNumber } from '../support/commandLine.ts';
import { auditFactsFrom, PLAIN_AUDIT, plantedIn, scenarioFacts } from '../support/scenarioFacts.ts';

interface Tally {
  readonly of: number;
  /** The planted effect lies inside the 95 % interval, whether refused or not. */
  readonly inside: number;
  readonly refused: number;
  /** Verdicts of an effect, raised or lowered, where none was refused. */
  readonly found: number;
}

const NOTHING: Tally = { of: 0, inside: 0, refused: 0, found: 0 };
const NOWHERE = { knownAt: null, simulated: true, anchors: [] };

/**
 * `npm run bench -- auditScenario [SEEDS] [SCALES]` (20 seeds, scales 20 and 40 by default): audits the scenario and its twin
 * without effect over seeds 1 to SEEDS, and counts how often the planted effect lies inside the 95 % interval, how often an
 * effect is found, and how often the audit refuses. In the twin every effect found is a false one.
 */
export async function run(args: readonly string[]): Promise<unknown> {
  const { positionals } = readCommandLine(
    'npm run bench -- auditScenario',
    args,
    { json: { type: 'boolean', default: false } },
    ['SEEDS', 'SCALES'],
  );
  const seeds = wholeNumber('SEEDS', positionals[0] ?? '20', 1);
  const scales = (positionals[1] ?? '20,40').split(',').map((scale) => wholeNumber('SCALES', scale, 1));
  const tallies: Record<string, Tally> = {};
  const refusals: Record<string, number> = {};
  const misses: string[] = [];
  for (const name of ['sichuan', 'sichuan-null'] as const)
    for (const scale of scales)
      for (let seed = 1; seed <= seeds; seed++) {
        const { scenario, facts } = scenarioFacts({ scenario: name, seed, scale });
        const auditFacts = auditFactsFrom(facts, 'inventory-turns');
        const { views } = runAudit(auditFacts, { ...PLAIN_AUDIT, seed }, NOWHERE).result;
        for (const view of ['contract', 'golive'] as const)
          for (const part of ['direct', 'spillover'] as const) {
            const verdict = views[view].verdicts[part];
            const isInside = covers(verdict, plantedIn(scenario)[view][part].effect ?? 0);
            const key = `${name} 1:${scale} ${view} ${part}`;
            tallies[key] = added(tallies[key] ?? NOTHING, verdict, isInside);
            if (!isInside) misses.push(`${key} seed ${seed}`);
            for (const { code } of verdict.refusals)
              refusals[`${key} ${code}`] = (refusals[`${key} ${code}`] ?? 0) + 1;
          }
        process.stderr.write(`${name} 1:${scale}, seed ${seed}\n`);
      }
  return { seeds, scales: scales.join(','), tallies, refusals, misses };
}

const covers = ({ low, high }: AuditVerdict, truth: number): boolean =>
  low !== null && high !== null && low <= truth && truth <= high;

const added = (tally: Tally, { finding }: AuditVerdict, isInside: boolean): Tally => ({
  of: tally.of + 1,
  inside: tally.inside + Number(isInside),
  refused: tally.refused + Number(finding === 'refused'),
  found: tally.found + Number(finding === 'raised' || finding === 'lowered'),
});
