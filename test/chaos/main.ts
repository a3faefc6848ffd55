import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../services/runtime/config.ts';
import { readCommandLine, wholeNumber, withUsage } from '../support/commandLine.ts';
import { isSound, runChaos } from './run.ts';

/** `npm run chaos -- --events N --seed S [--seeds COUNT] [--json]`: see docs/chaos.md. */
const startedMs = performance.now();
const progress = (line: string): void =>
  void process.stderr.write(
    `${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`,
  );

await withUsage(async () => {
  const { values } = readCommandLine('npm run chaos --', process.argv.slice(2), {
    events: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  });
  const events = wholeNumber('--events', values.events, 200);
  const firstSeed = wholeNumber('--seed', values.seed, 0);
  const seeds = wholeNumber('--seeds', values.seeds, 1);

  const unsound: number[] = [];
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const dataDir = join(projectRoot, '.chainlight', `chaos-${process.pid}-${seed}`);
    const result = await runChaos({ events, seed, dataDir, progress });
    if (isSound(result) && !values.keep) rmSync(dataDir, { recursive: true, force: true });
    else progress(`chaos: the servers' data and all logs are kept in ${dataDir}`);
    if (!isSound(result)) unsound.push(seed);
    const { faults, ...figures } = result;
    for (const fault of faults) progress(`chaos: ${fault}`);
    const shown = Object.entries(figures).map(
      ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
    );
    process.stdout.write(`${values.json ? JSON.stringify(figures) : shown.join(', ')}\n`);
  }
  process.exit(unsound.length === 0 ? 0 : 1);
});
