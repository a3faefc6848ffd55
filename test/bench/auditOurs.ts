import { DEFAULT_OPTIONS, estimate, readPanelCsv } from '../../services/audit/index.ts';

/** Runs in a process of its own, so that its peak memory is its own: auditOurs.ts <panel.csv> <draws>. */
const [file = '', draws = '999'] = process.argv.slice(2);
const seconds = (since: number) => (performance.now() - since) / 1000;

const readAt = performance.now();
const panel = readPanelCsv(file, { unit: 'unit', time: 'time', outcome: 'outcome', cohort: 'cohort' });
const readS = seconds(readAt);
const bootstrapAt = performance.now();
const result = estimate(panel, { ...DEFAULT_OPTIONS, bootstrap: Number(draws) });
const bootstrapS = seconds(bootstrapAt);
const analyticAt = performance.now();
estimate(panel, DEFAULT_OPTIONS);
const analyticS = seconds(analyticAt);
const peakRssMiB = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    readS,
    analyticS,
    bootstrapS,
    withCsvS: readS + bootstrapS,
    peakRssMiB,
    simple: result.simple,
  }),
);
