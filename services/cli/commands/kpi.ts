import type { Command } from 'commander';
import { FirmKpisInChains } from '../../../schemas/api/kpi.ts';
import { isUscc } from '../../../schemas/ids.ts';
import { horizonOf, readDisplacement, readKpis, rebuildMeasurement } from '../../measurement/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { connectMongo } from '../../runtime/mongo.ts';
import { withDatabase } from '../database.ts';
import { chainInWords } from '../displacementText.ts';
import { registerGroups } from '../kpiGroups.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';
import { paybackInWords } from '../paybackText.ts';

const SHOWN = ['inventoryTurns', 'inventoryDays', 'unitsPerHour', 'qualityCostPer100Yuan'] as const;
const rounded = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value.toPrecision(4));

/** `kpi show`: a firm’s figures; `kpi rebuild`: all of them anew from the events. */
export function register(program: Command, io: CliIo): void {
  const kpi = program
    .command('kpi')
    .description('Figures of firms, chains and regions, measured from the events.');
  registerGroups(kpi, io);

  kpi
    .command('show')
    .description('Show a firm’s months, its frozen baseline, and what changed against it.')
    .argument('<uscc>', 'unified social credit code')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (uscc: string, options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      if (!isUscc(uscc)) throw badUsage(`${uscc} is not a unified social credit code`);
      const horizon = horizonOf(options);
      const result = await withDatabase(async (db) => {
        const kpis = await readKpis(db, uscc, horizon);
        return FirmKpisInChains.parse({ ...kpis, displacement: await readDisplacement(db, uscc, horizon) });
      });
      printResult(io, options.json, result, () =>
        [
          `${result.name} (${uscc}), as of ${result.asOf}`,
          result.baseline === null
            ? 'no baseline is frozen'
            : `baseline: ${result.baseline.months.length} months before ${result.baseline.contractMonth}`,
          table(
            ['month', ...SHOWN],
            result.months.map((month) => [month.month, ...SHOWN.map((id) => rounded(month[id]?.value))]),
          ),
          ...SHOWN.map((id) => {
            const change = result.improvement[id];
            return change?.value === null || change === undefined
              ? `${id}: no change known (${change?.reason ?? 'NO_DATA'})`
              : `${id}: ${(100 * change.value).toFixed(1)} % against the baseline`;
          }),
          ...(result.baseline === null ? [] : [paybackInWords(result.payback)]),
          ...result.displacement.map(chainInWords),
        ].join('\n'),
      );
    });

  kpi
    .command('rebuild')
    .description('Work out all figures anew from the events, then put right in one step whatever differs.')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const config = loadConfig();
      const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
      try {
        const result = await rebuildMeasurement(mongo, { now: () => new Date(), progress: io.err });
        printResult(
          io,
          options.json,
          result,
          () => `${result.events} events read, ${result.documents} documents, ${result.replaced} put right`,
        );
      } finally {
        await mongo.close();
      }
    });
}
