import type { Command } from 'commander';
import { LiveRuns, Reconciliation, StuckRuns } from '../../schemas/api/liveRuns.ts';
import { isUscc, ProgrammeCode } from '../../schemas/ids.ts';
import { OnboardingStatus, STAGES } from '../../schemas/onboarding.ts';
import { STALL_RISKS } from '../../schemas/searchAttributes.ts';
import {
  type LiveFilter,
  listLiveRuns,
  listStuck,
  reconcileRuns,
  restartStuck,
} from '../onboarding/index.ts';
import { loadConfig } from '../runtime/config.ts';
import { connectTemporal, type Temporal } from '../runtime/temporal.ts';
import { withDatabase } from './database.ts';
import { badUsage, type CliIo, printResult, table } from './output.ts';

type Options = LiveFilter & { readonly json?: boolean };

/** `onboarding live` and `onboarding reconcile`: what Temporal carries, and whether that is what the record needs. */
export function registerLive(onboarding: Command, io: CliIo): void {
  onboarding
    .command('live')
    .description('List the runs that Temporal carries now, by where they stand.')
    .option('--supplier <uscc>', 'only this supplier’s')
    .option('--leader <uscc>', 'only those that this leader nominated')
    .option('--programme <code>', 'only those of this programme')
    .option('--status <status>', OnboardingStatus.options.join(', '))
    .option('--stage <stage>', 'the open frontier, for example IMPLEMENTING')
    .option('--stall-risk <risk>', STALL_RISKS.join(', '))
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...filter }: Options) => {
      judgeFilter(filter);
      const runs = await withTemporal(({ client }) => listLiveRuns(client, filter));
      printResult(io, json, LiveRuns.parse({ runs }), () =>
        table(
          ['workflow', 'leader', 'status', 'stage', 'stall risk', 'since'],
          runs.map((run) => [
            run.workflowId,
            run.leader,
            run.status,
            run.stage,
            run.stallRisk,
            run.startedAt.slice(0, 10),
          ]),
        ),
      );
    });

  onboarding
    .command('reconcile')
    .description(
      'Compare the record with the runs that Temporal carries. Exit code 1 when an open onboarding has none.',
    )
    .option('--revive', 'begin the lost ones anew at once; they recall from the events what is on record')
    .option('--json', 'print one JSON object')
    .action(async (options: { revive?: boolean; json?: boolean }) => {
      const result = Reconciliation.parse(
        await withTemporal(({ client }) =>
          withDatabase((db) => reconcileRuns(db, client, options.revive ?? false)),
        ),
      );
      if (result.lost.length > result.revived.length) io.exitCode = 1;
      printResult(io, options.json, result, () => asText(result));
    });

  onboarding
    .command('stuck')
    .description(
      'List the runs that Temporal refuses to signal, with what they have not been told; they are tried again by themselves. Exit code 1 when there are any.',
    )
    .option('--restart <workflow>', 'end this one in Temporal and begin it anew from what is on record')
    .option('--why <reason>', 'the reason for a restart; it is kept in Temporal')
    .option('--json', 'print one JSON object')
    .action(async ({ restart, why, json }: { restart?: string; why?: string; json?: boolean }) => {
      if (restart !== undefined && !why?.trim()) throw badUsage('--restart needs a reason: --why');
      const result = await withDatabase(async (db) => {
        if (restart === undefined) return StuckRuns.parse(await listStuck(db));
        const became = await withTemporal(({ client }) => restartStuck(db, client, restart, why ?? ''));
        if (became === 'not-stuck') throw badUsage(`${restart} is not stuck`);
        const told = became === 'begun' ? { restarted: restart } : { over: restart };
        return StuckRuns.parse({ ...(await listStuck(db)), ...told });
      });
      if (result.stuck.length > 0) io.exitCode = 1;
      printResult(io, json, result, () => stuckText(result));
    });
}

const stuckText = ({ stuck, restarted, over }: StuckRuns): string =>
  [
    ...(restarted === null ? [] : [`begun anew: ${restarted}`]),
    ...(over === null ? [] : [`over, and not begun anew: ${over}`]),
    stuck.length === 0
      ? 'no run is stuck'
      : table(
          ['workflow', 'why', 'since', 'untold', 'tried again'],
          stuck.map((run) => [run.workflowId, run.why, run.since, run.untold.length, run.nextTryAt]),
        ),
  ].join('\n');

async function withTemporal<Result>(work: (temporal: Temporal) => Promise<Result>): Promise<Result> {
  const config = loadConfig();
  const temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  try {
    return await work(temporal);
  } finally {
    await temporal.close();
  }
}

function judgeFilter({ supplier, leader, programme, status, stage, stallRisk }: LiveFilter): void {
  for (const uscc of [supplier, leader])
    if (uscc !== undefined && !isUscc(uscc)) throw badUsage(`${uscc} is not a unified social credit code`);
  if (programme !== undefined && !ProgrammeCode.safeParse(programme).success)
    throw badUsage(`${programme} is not the code of a programme`);
  const oneOf = (name: string, value: string | undefined, known: readonly string[]): void => {
    if (value !== undefined && !known.includes(value))
      throw badUsage(`--${name} must be one of ${known.join(', ')}`);
  };
  oneOf('status', status, OnboardingStatus.options);
  oneOf('stage', stage, STAGES);
  oneOf('stall-risk', stallRisk, STALL_RISKS);
}

const asText = ({ open, live, lost, unrecorded, revived }: Reconciliation): string =>
  [
    `${open} open on record, ${live} live in Temporal, ${lost.length} lost, ${unrecorded.length} without an open record`,
    ...lost.map((id) => `lost: ${id}${revived.includes(id) ? ' (begun anew)' : ''}`),
    ...unrecorded.map((id) => `without an open record: ${id}`),
  ].join('\n');
