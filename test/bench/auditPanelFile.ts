import { closeSync, openSync, writeSync } from 'node:fs';
import { randomStream, standardNormal } from '../../services/audit/domain/random.ts';

export interface PanelShape {
  readonly units: number;
  readonly periods: number;
  readonly cohorts: number;
}

/** Writes a seeded CSV panel: half the units never treated, the rest in equal cohorts over the middle of the panel. */
export function writePanelFile(file: string, { units, periods, cohorts }: PanelShape, seed: number): void {
  const random = randomStream(seed, 'bench');
  const descriptor = openSync(file, 'w');
  let text = 'unit,time,outcome,cohort\n';
  const first = Math.floor(periods / 4);
  const spacing = Math.max(1, Math.floor((periods - first) / (cohorts + 1)));
  for (let unit = 0; unit < units; unit++) {
    const cohort = unit % 2 === 0 ? 0 : first + spacing * (((unit - 1) / 2) % cohorts);
    const level = 5 + standardNormal(random);
    for (let time = 1; time <= periods; time++) {
      const effect = cohort > 0 && time >= cohort ? 0.3 + 0.02 * (time - cohort) : 0;
      text += `${unit},${time},${(level + 0.03 * time + effect + 0.5 * standardNormal(random)).toFixed(4)},${cohort}\n`;
    }
    if (text.length > 1 << 20) {
      writeSync(descriptor, text);
      text = '';
    }
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
}
