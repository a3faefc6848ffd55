import type { Command } from 'commander';
import { BaselineRefrozen } from '../../../schemas/api/kpi.ts';
import { AUDITOR, Reason } from '../../../schemas/events/acts.ts';
import { isUscc } from '../../../schemas/ids.ts';
import { refreezeBaseline } from '../../measurement/index.ts';
import { type ActorOptions, actorOf, withActor, withActs } from '../acts.ts';
import { badUsage, type CliIo, printResult } from '../output.ts';

type RefreezeOptions = ActorOptions & {
  programme?: string;
  leader?: boolean;
  reason: string;
  json?: boolean;
};

/** `baselines refreeze`: an auditor replaces a frozen baseline. */
export function register(program: Command, io: CliIo): void {
  const baselines = program
    .command('baselines')
    .description('Frozen baselines. `kpi show` shows them; only an auditor replaces one.');

  withActor(baselines.command('refreeze'), AUDITOR)
    .description('Replace a frozen baseline by the same months as they are known now, with the reason.')
    .argument('<uscc>', 'unified social credit code')
    .option('--programme <code>', 'programme of the contract')
    .option('--leader', 'the baseline that the firm has as the leader of a chain, instead')
    .requiredOption('--reason <text>', 'why')
    .action(async (uscc: string, options: RefreezeOptions) => {
      if (!isUscc(uscc)) throw badUsage(`${uscc} is not a unified social credit code`);
      if ((options.programme === undefined) === (options.leader === undefined))
        throw badUsage('name either --programme or --leader');
      const reason = Reason.safeParse(options.reason);
      if (!reason.success) throw badUsage('--reason must be a text of 4 to 1000 characters');
      const command = { uscc, programme: options.programme, actor: actorOf(options), reason: reason.data };
      const result = BaselineRefrozen.parse(
        await withActs(options.actId, (deps) => refreezeBaseline(deps, command)),
      );
      printResult(
        io,
        options.json,
        result,
        () => `figures ${result.figuresSha256} replace ${result.replacesSha256} (event ${result.id})`,
      );
    });
}
