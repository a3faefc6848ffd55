import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { periodsBetween } from '../../schemas/time.ts';
import type { FirmYear } from '../../services/measurement/domain/firmYear.ts';
import { kpiOf } from '../../services/measurement/domain/kpis.ts';
import {
  explainFigure,
  measurementProjector,
  readPanel,
  rebuildMeasurement,
} from '../../services/measurement/index.ts';
import { projectRoot } from '../../services/runtime/config.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { startServers } from '../../services/stack/index.ts';
import { readCommandLine, wholeNumber } from '../support/commandLine.ts';
import { takeIn } from './intake.ts';
import { fullYears } from './measurementData.ts';

/** Reading, rebuilding and explaining figures, on a MongoDB of its own or the one that MONGODB_URI names. */
const CITY = '510100';
const CITY_FIRMS = 3_000;
const FIGURE = `inventory-turns/v1/region:${CITY}/2024-03`;
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

export async function run(args: readonly string[]) {
  const { values } = readCommandLine('npm run bench -- measurement', args, {
    events: { type: 'string', default: '300000' },
    firms: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
  });
  const stockCloses = wholeNumber('--events', values.events, 1);
  const firms = wholeNumber('--firms', values.firms, 1);
  const dataDir = join(projectRoot, '.chainlight', `bench-${process.pid}`);
  const servers = await startServers({ dataDir, durable: false, progress });
  const database = `bench_measurement_${process.pid}`;
  const env = {
    ...process.env,
    ...servers.env,
    LOG_LEVEL: 'warn',
    CHAINLIGHT_CLOCK: 'stream',
    MONGODB_DB: database,
  };
  const mongo = await connectMongo(servers.env.MONGODB_URI, database);
  const panel: Mongo = { ...mongo, db: mongo.client.db(`bench_panel_${process.pid}`) };
  try {
    const intake = await takeIn(mongo, {
      brokers: servers.env.KAFKA_BROKERS.split(','),
      env,
      stockCloses,
      city: CITY,
      cityFirms: CITY_FIRMS,
    });
    progress(`intake: ${intake.eventsPerS} events/s`);
    const rebuildEventsPerS = await rebuildAll(mongo);
    progress(`rebuild: ${rebuildEventsPerS} events/s`);
    const explainMs = await explainCity(mongo);
    const explainCommandMs = await explainByCommand(env);
    progress(`explain: ${explainMs} ms, as a command ${explainCommandMs} ms`);
    const panelRead = await readWholePanel(panel, firms);
    progress(`panel: ${panelRead.seconds} s for ${panelRead.cells} cells`);
    return {
      panelReadS: panelRead.seconds,
      panelCells: panelRead.cells,
      events: intake.events,
      intakeEventsPerS: intake.eventsPerS,
      rebuildEventsPerS,
      ratioRebuildToIntake: round(rebuildEventsPerS / intake.eventsPerS, 3),
      explainMs,
      explainCommandMs,
    };
  } finally {
    await panel.db.dropDatabase();
    await mongo.db.dropDatabase();
    await mongo.close();
    await servers.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** From nothing, of what the intake stored; nothing may have to be put right. */
async function rebuildAll(mongo: Mongo): Promise<number> {
  const startMs = performance.now();
  const { events, replaced } = await rebuildMeasurement(mongo, { now: () => new Date(), progress });
  if (replaced > 0) throw new Error(`the rebuild differs from the intake in ${replaced} documents`);
  return Math.round(events / ((performance.now() - startMs) / 1_000));
}

/** Median of five: one month of a city with 3,000 suppliers. */
async function explainCity(mongo: Mongo): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const startMs = performance.now();
    const opened = await explainFigure(mongo.db, FIGURE);
    times.push(performance.now() - startMs);
    if (opened.value === null || opened.events.length === 0 || opened.entities.length !== CITY_FIRMS)
      throw new Error('the figure could not be opened');
  }
  return round(median(times), 1);
}

/** The same as a person asks it, with everything that starting a command takes; median of three. */
async function explainByCommand(env: NodeJS.ProcessEnv): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const startMs = performance.now();
    await promisify(execFile)(
      process.execPath,
      ['bin/run.mjs', 'services/cli/main.ts', 'explain', FIGURE, '--json'],
      { cwd: projectRoot, env, maxBuffer: 64 * 1_024 * 1_024 },
    );
    times.push(performance.now() - startMs);
  }
  return round(median(times), 0);
}

async function readWholePanel(mongo: Mongo, firms: number): Promise<{ cells: number; seconds: number }> {
  await measurementProjector.ensureIndexes(mongo.db);
  const kpi = mongo.db.collection<FirmYear>('kpi');
  for (const year of [2022, 2023, 2024]) {
    let batch: FirmYear[] = [];
    for (const document of fullYears(templateOf(year), firms)) {
      batch.push(document);
      if (batch.length < 1_000) continue;
      await kpi.insertMany(batch, { ordered: false });
      batch = [];
    }
    if (batch.length > 0) await kpi.insertMany(batch, { ordered: false });
  }
  progress(`${firms} firms × 36 months are stored`);
  const turns = kpiOf('inventoryTurns');
  if (turns === undefined) throw new Error('no such KPI');
  const startMs = performance.now();
  const panel = await readPanel(mongo.db, turns, ['2022-01', '2024-12']);
  return { cells: panel.size, seconds: round((performance.now() - startMs) / 1_000, 3) };
}

/** A year in which every kind of report came every month. */
function templateOf(year: number): FirmYear {
  const slot = (v: readonly number[]) => ({ supplier: { t: 1_700_000_000_000, n: 1, x: '0'.repeat(32), v } });
  const month = {
    slots: {
      inventory: slot([80_000_000, 60_000_000, 31_000_000]),
      production: slot([1, 2, 3, 4, 5, 6]),
      qualityManual: slot([1, 2, 3, 4]),
      cost: slot([1, 2, 3, 4, 5]),
      energy: slot([1]),
      revenue: slot([1, 2]),
      headcount: slot([1, 2]),
      receivables: slot([1, 2]),
    },
  };
  const months = periodsBetween(`${year}-01`, `${year}-12`).map((period) => [period.slice(5), month]);
  return { _id: '', firm: '', year, months: Object.fromEntries(months) };
}
