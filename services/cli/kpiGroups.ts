import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ChainKpis, GroupKpis, KpiList, KpiPanel } from '../../schemas/api/kpi.ts';
import { isUscc, Period, RegionCode } from '../../schemas/ids.ts';
import {
  horizonOf,
  kpiOf,
  kpiRegistry,
  readGroup,
  readPanel,
  type Scope,
  scopeOf,
} from '../measurement/index.ts';
import { withDatabase } from './database.ts';
import { badUsage, type CliIo, printResult, table } from './output.ts';

interface GroupOptions {
  readonly kpi?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly json?: boolean;
}

interface PanelOptions extends GroupOptions {
  readonly from: string;
  readonly to: string;
  readonly out: string;
}

/** `kpi list`, `kpi region`, `kpi chain`, `kpi panel`: the registry, and figures of more than one firm. */
export function registerGroups(kpi: Command, io: CliIo): void {
  kpi
    .command('list')
    .description('List every KPI: definition, formula, unit, what it needs and what makes it null.')
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) => {
      const result = KpiList.parse({ kpis: kpiRegistry() });
      printResult(io, options.json, result, () =>
        table(
          ['id', 'version', 'unit', 'better', 'formula', 'needs'],
          result.kpis.map((entry) => [
            entry.id,
            entry.version,
            entry.unit,
            entry.direction,
            entry.formula,
            entry.events.join(' '),
          ]),
        ),
      );
    });

  groupOptions(kpi.command('region'))
    .description(
      'Figures of a province, city, district or zone by month, from sums over its nominated firms.',
    )
    .argument('<code>', 'GB/T 2260 code with six digits, or the name of a zone')
    .action(async (code: string, options: GroupOptions) => {
      const scope = scopeOf(RegionCode.safeParse(code).success ? `region:${code}` : `zone:${code}`);
      if (scope === null) throw badUsage(`${code} is neither a region code nor a zone`);
      const result = GroupKpis.parse(await read(scope, options));
      printResult(io, options.json, result, () => asText(result));
    });

  groupOptions(kpi.command('chain'))
    .description('Figures of a chain by month: its leader, its suppliers, and both together.')
    .argument('<leader>', 'unified social credit code of the leader')
    .action(async (leader: string, options: GroupOptions) => {
      if (!isUscc(leader)) throw badUsage(`${leader} is not a unified social credit code`);
      const [own, suppliers, chain] = await Promise.all(
        (['leader', 'suppliers', 'chain'] as const).map((level) => read({ level, code: leader }, options)),
      );
      const result = ChainKpis.parse({ leader: own, suppliers, chain });
      printResult(io, options.json, result, () =>
        [result.leader, result.suppliers, result.chain].map(asText).join('\n\n'),
      );
    });

  kpi
    .command('panel')
    .description('Write one KPI of every firm and month to a CSV file, for `audit estimate` and others.')
    .argument('<kpi>', 'KPI id, see `kpi list`')
    .requiredOption('--from <month>', 'first month')
    .requiredOption('--to <month>', 'last month')
    .requiredOption('--out <file>', 'CSV file to write')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: PanelOptions) => {
      const found = kpiOf(id);
      if (found === undefined) throw badUsage(`${id} is no KPI; see \`kpi list\``);
      const [from, to] = [monthOf('--from', options.from), monthOf('--to', options.to)];
      if (to < from) throw badUsage(`--to ${to} is before --from ${from}`);
      const horizon = horizonOf(options);
      const panel = await withDatabase((db) => readPanel(db, found, [from, to], horizon));
      const lines = Array.from(
        panel.cells(),
        ({ uscc, period, numerator, denominator }) =>
          `${uscc},${period},${numerator / denominator},${numerator},${denominator}`,
      );
      await writeFile(options.out, ['uscc,month,value,numerator,denominator', ...lines, ''].join('\n'));
      const result = KpiPanel.parse({
        kpi: found.id,
        from,
        to,
        firms: panel.firms,
        cells: panel.size,
        file: options.out,
      });
      printResult(
        io,
        options.json,
        result,
        () => `${panel.size} cells of ${panel.firms} firms: ${options.out}`,
      );
    });
}

const groupOptions = (command: Command): Command =>
  command
    .option('--kpi <id>', 'only this KPI, see `kpi list`')
    .option('--from <month>', 'first month; eleven before the last where absent')
    .option('--to <month>', 'last month; the last complete one where absent')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object');

function monthOf(option: string, text: string): string {
  if (!Period.safeParse(text).success) throw badUsage(`${option} must be a month as YYYY-MM, not ${text}`);
  return text;
}

function read(scope: Scope, options: GroupOptions) {
  const horizon = horizonOf(options);
  if (options.kpi !== undefined && kpiOf(options.kpi) === undefined)
    throw badUsage(`${options.kpi} is no KPI; see \`kpi list\``);
  const question = {
    scope,
    ...(options.kpi === undefined ? {} : { kpi: kpiOf(options.kpi)?.id ?? options.kpi }),
    ...(options.from === undefined ? {} : { from: monthOf('--from', options.from) }),
    ...(options.to === undefined ? {} : { to: monthOf('--to', options.to) }),
  };
  const { from, to } = question;
  if (from !== undefined && to !== undefined && to < from)
    throw badUsage(`--to ${to} is before --from ${from}`);
  return withDatabase((db) => readGroup(db, question, horizon));
}

function asText(result: GroupKpis): string {
  const ids = Object.keys(result.months[0] ?? {}).filter((key) => key !== 'month');
  return [
    `${result.scope} (${result.level}), ${result.members} firms, as of ${result.asOf}`,
    table(
      ['month', ...ids],
      result.months.map((month) => [
        month.month,
        ...ids.map((id) => {
          const value = month[id]?.value;
          return value === null || value === undefined ? null : Number(value.toPrecision(4));
        }),
      ]),
    ),
  ].join('\n');
}
