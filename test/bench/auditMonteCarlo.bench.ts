import { buildPanel } from '../../services/audit/domain/buildPanel.ts';
import { planCells } from '../../services/audit/domain/cells.ts';
import { estimateGroupTimes } from '../../services/audit/domain/groupTime.ts';
import { placeboTest } from '../../services/audit/domain/placeboTest.ts';
import { type RandomStream, randomStream, shuffle } from '../../services/audit/domain/random.ts';
import { DEFAULT_OPTIONS, type Edge, estimate, estimateSpillover } from '../../services/audit/index.ts';
import { readCommandLine, wholeNumber } from '../support/commandLine.ts';
import { type Noise, type SimulatedUnit, simulatePanel, unitsOf } from '../support/simulatedPanel.ts';

/**
 * `npm run bench -- auditMonteCarlo [draws] [--only=TEXT]` (500 draws, all studies by default): how often 95 % intervals cover the true effect, how often the
 * calibrated placebo test rejects parallel trends that hold, and how often the randomisation test rejects with six leaders and
 * no effect. The results are kept in docs/audit-method.md.
 */
export async function run(args: readonly string[]): Promise<unknown> {
  const { values, positionals } = readCommandLine(
    'npm run bench -- auditMonteCarlo',
    args,
    { only: { type: 'string' }, json: { type: 'boolean', default: false } },
    ['DRAWS'],
  );
  const draws = wholeNumber('DRAWS', positionals[0] ?? '500', 1);
  const only = values.only ?? '';
  const seeds = Array.from({ length: draws }, (_, index) => 1_000 + index);
  const results: Record<string, unknown> = {};
  const studies: Record<string, (name: string) => unknown> = {
    ...mapped(COVERAGE, 'coverage', (design, name) => coverageOf(design, seeds, name)),
    'coverage: spillover': () => spilloverCoverage(seeds),
    'six leaders': () => sixLeaders(seeds),
    ...mapped(PLACEBO, 'placebo', (design, name) => placeboSize(design, seeds, name)),
  };
  for (const [name, study] of Object.entries(studies)) {
    if (!name.includes(only)) continue;
    results[name] = study(name);
    process.stderr.write(`${name}: ${JSON.stringify(results[name])}\n`);
  }
  return { draws, results };
}

function mapped<T>(
  designs: Record<string, T>,
  prefix: string,
  study: (design: T, name: string) => unknown,
): Record<string, (name: string) => unknown> {
  return Object.fromEntries(
    Object.entries(designs).map(([name, design]) => [`${prefix}: ${name}`, () => study(design, name)]),
  );
}

const percent = (count: number, of: number) => Math.round((1000 * count) / of) / 10;

interface CoverageDesign {
  readonly periods: number;
  readonly noise: Noise;
  readonly units: (random: RandomStream) => SimulatedUnit[];
  /** Effect at `sinceStart` periods after treatment. */
  readonly effect: (sinceStart: number) => number;
}

const growing = (sinceStart: number) => 0.3 + 0.05 * sinceStart;
const withEffect = (cohort: number, effect: (sinceStart: number) => number) =>
  cohort === 0 ? undefined : (time: number) => (time >= cohort ? effect(time - cohort) : 0);

/** Leaders' chains of suppliers; suppliers of one leader start at different dates, or all at the leader's. */
function chains(
  leaders: number,
  size: number,
  cohortOf: (leader: number, member: number) => number,
  effect: (sinceStart: number) => number,
): SimulatedUnit[] {
  return Array.from({ length: leaders * size }, (_, index) => {
    const cluster = Math.floor(index / size);
    const cohort = cohortOf(cluster, index % size);
    return { cohort, cluster, effect: withEffect(cohort, effect) };
  });
}

const NOISE: Noise = { shock: 0.4, walk: 0.15, clusterWalk: 0.1 };
const COVERAGE: Record<string, CoverageDesign> = {
  'growing effect, 120 leaders, suppliers start at different dates': {
    periods: 12,
    noise: NOISE,
    units: (random) => chains(120, 4, () => [0, 0, 5, 7, 9][random.below(5)] ?? 0, growing),
    effect: growing,
  },
  'no effect, 120 leaders that start as a whole': {
    periods: 12,
    noise: NOISE,
    units: () =>
      chains(
        120,
        4,
        (leader) => [0, 0, 0, 5, 7, 9][leader % 6] ?? 0,
        () => 0,
      ),
    effect: () => 0,
  },
};

/** Mean of the effect over cohorts (by size) and their periods, as in the simple aggregate. */
function trueSimple(
  units: readonly SimulatedUnit[],
  periods: number,
  effect: (sinceStart: number) => number,
): number {
  let sum = 0;
  let count = 0;
  for (const { cohort } of units) {
    for (let time = cohort; cohort > 0 && time <= periods; time++) {
      sum += effect(time - cohort);
      count++;
    }
  }
  return sum / count;
}

const covers = ({ low, high }: { low: number | null; high: number | null }, truth: number) =>
  low !== null && high !== null && low <= truth && truth <= high;

function coverageOf(design: CoverageDesign, seeds: readonly number[], name: string) {
  let simple = 0;
  let atStart = 0;
  let band = 0;
  for (const seed of seeds) {
    const random = randomStream(seed, name);
    const units = design.units(random);
    const result = estimate(simulatePanel(units, design.periods, design.noise, random), {
      ...DEFAULT_OPTIONS,
      bootstrap: 299,
      seed,
    });
    if (covers(result.simple, trueSimple(units, design.periods, design.effect))) simple++;
    const start = result.dynamic.egt.find((row) => row.e === 0);
    if (start && covers(start, design.effect(0))) atStart++;
    const inside = result.dynamic.egt.every((row) =>
      covers({ low: row.bandLow ?? null, high: row.bandHigh ?? null }, row.e >= 0 ? design.effect(row.e) : 0),
    );
    if (inside) band++;
  }
  const shares = {
    simple: percent(simple, seeds.length),
    atEventTime0: percent(atStart, seeds.length),
    simultaneousBand: percent(band, seeds.length),
  };
  return shares;
}

/** Half of the untreated suppliers trade with a treated one; the naive direct effect takes them as controls. */
function spilloverCoverage(seeds: readonly number[]) {
  const counts = { direct: 0, spillover: 0, naiveDirect: 0 };
  for (const seed of seeds) {
    const random = randomStream(seed, 'spillover');
    const treated = unitsOf(
      [
        [5, 40],
        [7, 40],
        [9, 40],
      ],
      (cohort, time) => (time >= cohort ? 0.5 : 0),
    );
    const edges: Edge[] = [];
    const partners = shuffle([...treated.keys()], random).map((partner, index): SimulatedUnit => {
      edges.push([`u${treated.length + index}`, `u${partner}`]);
      return { cohort: 0, effect: withEffect(treated[partner]?.cohort ?? 0, () => 0.2) };
    });
    const units = [...treated, ...partners, ...unitsOf([[0, 120]])];
    const panel = simulatePanel(units, 12, { shock: 0.4, walk: 0.15 }, random);
    const result = estimateSpillover(panel, edges, { ...DEFAULT_OPTIONS, seed });
    if (covers(result.direct.simple, 0.5)) counts.direct++;
    if (covers(result.spillover.simple, 0.2)) counts.spillover++;
    if (covers(estimate(panel, { ...DEFAULT_OPTIONS, seed }).simple, 0.5)) counts.naiveDirect++;
  }
  const shares = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, percent(count, seeds.length)]),
  );
  return shares;
}

/** Six leaders, three of them treated at different dates, no effect, shocks by leader. */
function sixLeaders(seeds: readonly number[]) {
  let randomisation = 0;
  let normal = 0;
  let permutations = 0;
  let floor = 0;
  for (const seed of seeds) {
    const units = chains(
      6,
      8,
      (leader) => [0, 0, 0, 5, 7, 9][leader] ?? 0,
      () => 0,
    );
    const result = estimate(simulatePanel(units, 12, NOISE, randomStream(seed, 'six leaders')), {
      ...DEFAULT_OPTIONS,
      seed,
    });
    if ((result.randomisation?.p ?? 1) <= 0.05) randomisation++;
    if (!covers(result.simple, 0)) normal++;
    permutations = result.randomisation?.permutations ?? 0;
    floor = Math.max(floor, result.randomisation?.floor ?? 1);
  }
  const shares = {
    rejectedByRandomisation: percent(randomisation, seeds.length),
    rejectedByNormalInterval: percent(normal, seeds.length),
    permutations,
    highestFloor: floor,
  };
  return shares;
}

interface PlaceboDesign {
  readonly periods: number;
  readonly noise: Noise;
  readonly units: (random: RandomStream) => SimulatedUnit[];
}

const one = () => 1;
const plain = (
  periods: number,
  sizes: [number, number][],
  noise: Noise = { shock: 0.5, walk: 0.2 },
): PlaceboDesign => ({
  periods,
  noise,
  units: () => unitsOf(sizes, (cohort, time) => (time >= cohort ? 1 : 0)),
});
const PLACEBO: Record<string, PlaceboDesign> = {
  '60 treated in 3 cohorts, 60 never': plain(12, [
    [6, 20],
    [8, 20],
    [10, 20],
    [0, 60],
  ]),
  '120 treated in 6 cohorts, 180 never, 24 periods': plain(
    24,
    [
      [10, 20],
      [12, 20],
      [14, 20],
      [16, 20],
      [18, 20],
      [20, 20],
      [0, 180],
    ],
    { shock: 0.5, walk: 0.1 },
  ),
  '16 treated in 4 cohorts, 20 never': plain(12, [
    [6, 4],
    [7, 4],
    [8, 4],
    [9, 4],
    [0, 20],
  ]),
  '30 treated, twice as noisy, 100 never': plain(
    12,
    [
      [6, 15],
      [8, 15],
      [0, 100],
    ],
    { shock: 0.5, walk: 0.2, treatedScale: 2 },
  ),
  '6 treated, 8 never': plain(12, [
    [6, 6],
    [0, 8],
  ]),
  '6 treated in 2 cohorts, 30 never': plain(12, [
    [6, 3],
    [8, 3],
    [0, 30],
  ]),
  '80 treated, 6 never': plain(12, [
    [5, 40],
    [9, 40],
    [0, 6],
  ]),
  '40 leaders that start as a whole': {
    periods: 12,
    noise: NOISE,
    units: () => chains(40, 8, (leader) => [0, 0, 0, 6, 8, 9][leader % 6] ?? 0, one),
  },
  '12 leaders that start as a whole': {
    periods: 12,
    noise: NOISE,
    units: () => chains(12, 8, (leader) => [0, 0, 0, 6, 8, 9][leader % 6] ?? 0, one),
  },
  '6 leaders that start as a whole': {
    periods: 12,
    noise: NOISE,
    units: () => chains(6, 8, (leader) => [0, 0, 0, 6, 8, 9][leader] ?? 0, one),
  },
  '20 leaders, suppliers start at different dates': {
    periods: 12,
    noise: NOISE,
    units: (random) => chains(20, 8, () => [0, 0, 6, 8, 9][random.below(5)] ?? 0, one),
  },
  '6 leaders, suppliers start at different dates': {
    periods: 12,
    noise: NOISE,
    units: (random) => chains(6, 8, () => [0, 0, 6, 8, 9][random.below(5)] ?? 0, one),
  },
};

/** Trends are parallel: every rejection is a false one. The joint Wald test beside it, for comparison. */
function placeboSize(design: PlaceboDesign, seeds: readonly number[], name: string) {
  let rejected = 0;
  let waldRejected = 0;
  let waldExists = 0;
  let method = '';
  for (const seed of seeds) {
    const random = randomStream(seed, name);
    const long = simulatePanel(design.units(random), design.periods, design.noise, random);
    const { panel } = buildPanel(long, DEFAULT_OPTIONS);
    const calibrated = placeboTest(panel, DEFAULT_OPTIONS, seed);
    const wald = estimateGroupTimes(panel, planCells(panel, DEFAULT_OPTIONS)).placebo.test();
    method = calibrated.method;
    if ((calibrated.p ?? 1) <= 0.05) rejected++;
    if (wald !== null) {
      waldExists++;
      if (wald.p <= 0.05) waldRejected++;
    }
  }
  const size = {
    method,
    rejected: percent(rejected, seeds.length),
    waldRejected: waldExists === 0 ? null : percent(waldRejected, waldExists),
  };
  return size;
}
