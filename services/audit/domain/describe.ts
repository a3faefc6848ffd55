import type { EstimateResult, SpilloverResult } from '../../../schemas/api/audit.ts';

const PRECISION = 4;
const shown = (value: number): string => String(Number(value.toPrecision(PRECISION)));

/** What the reader calls the treatment. */
interface Words {
  readonly treated: string;
  readonly treatment: string;
}

const TREATMENT: Words = { treated: 'treated', treatment: 'Treatment' };
const EXPOSURE: Words = { treated: 'exposed', treatment: 'Exposure to treated partners' };

/** The result in plain sentences. Under a refusal they give no verdict. */
export function describeEstimate(result: EstimateResult, words: Words = TREATMENT): string[] {
  const { sample, pretrend, twfe } = result;
  const lines = [
    `Sample: ${sample.units} units over ${sample.periods} periods; ${sample.treated} ${words.treated}, ${sample.never} never ${words.treated}.`,
  ];
  const { calibrated, wald } = pretrend;
  if (calibrated.p !== null) {
    const power =
      calibrated.detectableSlope === null
        ? ''
        : ` It would have found a divergence of ${shown(calibrated.detectableSlope)} per period with 80 % power.`;
    const finding = calibrated.p <= 0.05 ? 'rejected' : 'not rejected';
    lines.push(
      `Parallel trends before treatment: ${finding} (${calibrated.method}, ${calibrated.leads} distances, p = ${shown(calibrated.p)}).${power}`,
    );
  } else {
    lines.push(`Parallel trends before treatment: not tested (${calibrated.reason ?? 'no placebo'}).`);
  }
  if (wald !== null)
    lines.push(
      `Joint Wald test over all ${wald.df} placebo cells, shown but not used: p = ${shown(wald.p)}.`,
    );
  const { randomisation, sensitivity } = result;
  if (randomisation !== null) {
    lines.push(
      `Randomisation test (few clusters): p = ${shown(randomisation.p)} over ${randomisation.permutations} ${randomisation.exhaustive ? 'reassignments, all there are' : 'random reassignments'}; the smallest possible p is ${shown(randomisation.floor)}.`,
    );
  }
  if (sensitivity !== null && result.refusal === null) {
    lines.push(
      `The sign holds if trends diverge after treatment by at most ${shown(sensitivity.breakdown)} times the largest step seen before it (conservative).`,
    );
  }
  if (twfe.att !== null) lines.push(`Two-way fixed effects, for comparison only: ${shown(twfe.att)}.`);
  for (const warning of result.warnings) lines.push(`Warning: ${warning}`);
  lines.push(
    result.refusal === null
      ? verdict(result, words)
      : `Refused (${result.refusal.code}): ${result.refusal.reason} ${result.refusal.remedy}`,
  );
  for (const refusal of result.alsoRefused)
    lines.push(`Refused as well (${refusal.code}): ${refusal.reason} ${refusal.remedy}`);
  return lines;
}

function verdict({ simple, randomisation }: EstimateResult, { treatment }: Words): string {
  if (simple.att === null || simple.low === null || simple.high === null) return 'No estimate.';
  const interval = `${shown(simple.att)} (95 % interval ${shown(simple.low)} to ${shown(simple.high)})`;
  if (randomisation !== null && randomisation.p > 0.05)
    return `No effect can be told from zero by the randomisation test: ${interval}.`;
  if (simple.low > 0)
    return `${treatment} raised the outcome by ${interval}, if the paths would have stayed parallel.`;
  if (simple.high < 0)
    return `${treatment} lowered the outcome: ${interval}, if the paths would have stayed parallel.`;
  return `No effect can be told from zero: ${interval}.`;
}

/** Both effects in plain sentences; a refused one has no verdict. */
export function describeSpillover(result: SpilloverResult): string[] {
  const { dropped } = result;
  return [
    `${result.nExposed} never-treated units are exposed; ${result.nCleanControl} clean controls are neither treated nor exposed.`,
    `Left out: ${dropped.alwaysTreated} units treated and ${dropped.alwaysExposed} exposed from the start, ${result.ignoredEdges} edges to units not in the panel or to themselves.`,
    '',
    'Direct effect',
    ...describeEstimate(result.direct),
    '',
    'Spillover',
    ...describeEstimate(result.spillover, EXPOSURE),
    ...result.spillover.byNeighbours.map(
      (bin) =>
        `Treated partners ${bin.label} (${bin.units} units): ${bin.att === null ? (bin.reason ?? 'no estimate') : shown(bin.att)}.`,
    ),
    ...(result.spillover.byVolumeShare ?? []).map(
      (bin) =>
        `Volume with treated partners ${bin.label} (${bin.units} units): ${bin.att === null ? (bin.reason ?? 'no estimate') : shown(bin.att)}.`,
    ),
  ];
}
