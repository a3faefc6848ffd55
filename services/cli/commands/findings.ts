import type { Command } from 'commander';
import { ActRecorded, Findings } from '../../../schemas/api/findings.ts';
import { FINDING_OUTCOMES } from '../../../schemas/measurement.ts';
import { lateAfterClose, parseInput, readAllFindings } from '../../gateway/index.ts';
import { actOnFinding, CASE_ACTS, type CaseCommand, horizonOf } from '../../measurement/index.ts';
import { type ActorOptions, actorOf, withActor, withActs } from '../acts.ts';
import { withDatabase } from '../database.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

type ActOptions = ActorOptions & { readonly json?: boolean };

/** `findings`: what does not add up, and what people did about it. */
export function register(program: Command, io: CliIo): void {
  const findings = program
    .command('findings')
    .description('Double counting, mismatched evidence and broken ledgers, and what was done about them.');

  findings
    .command('list', { isDefault: true })
    .description('List every finding over the whole data set. `findings` alone does the same.')
    .option('--code <code>', 'only findings of this code')
    .option('--entity <id>', 'only findings about this firm or region')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(
      async (options: {
        code?: string;
        entity?: string;
        asOf?: string;
        knownAt?: string;
        json?: boolean;
      }) => {
        const horizon = horizonOf(options);
        const found = await withDatabase((db) => readAllFindings(db, horizon));
        const result = Findings.parse({
          ...found,
          findings: found.findings.filter(
            ({ code, entities }) =>
              (options.code === undefined || code === options.code) &&
              (options.entity === undefined || entities.includes(options.entity)),
          ),
        });
        printResult(io, options.json, result, () =>
          table(
            ['id', 'severity', 'state', 'owner', 'due', 'entities'],
            result.findings.map((finding) => [
              finding.id,
              finding.severity,
              finding.state,
              finding.owner,
              `${finding.dueOn}${finding.isOverdue ? ' (overdue)' : ''}`,
              finding.entities.join(' '),
            ]),
          ),
        );
      },
    );

  withActor(findings.command('assign'))
    .description('Give a finding an owner and a day by which it is to be answered.')
    .argument('<finding-id>', 'as `findings` prints it')
    .requiredOption('--owner <name>', 'who has to answer')
    .requiredOption('--due <date>', 'by when, YYYY-MM-DD')
    .action((id: string, options: ActOptions & { owner: string; due: string }) =>
      act(io, options, {
        act: 'assigned',
        findingId: id,
        actor: actorOf(options),
        owner: options.owner,
        dueOn: options.due,
      }),
    );
  withActor(findings.command('reply'))
    .description('Answer a finding.')
    .argument('<finding-id>', 'as `findings` prints it')
    .requiredOption('--text <text>', 'the answer')
    .action((id: string, options: ActOptions & { text: string }) =>
      act(io, options, { act: 'replied', findingId: id, actor: actorOf(options), text: options.text }),
    );
  withActor(findings.command('close'))
    .description('Decide a finding and close it.')
    .argument('<finding-id>', 'as `findings` prints it')
    .requiredOption('--outcome <outcome>', FINDING_OUTCOMES.join(', '))
    .requiredOption('--text <text>', 'why')
    .action((id: string, options: ActOptions & { outcome: string; text: string }) => {
      const outcome = FINDING_OUTCOMES.find((candidate) => candidate === options.outcome);
      if (outcome === undefined) throw badUsage(`--outcome must be one of ${FINDING_OUTCOMES.join(', ')}`);
      const actor = actorOf(options);
      return act(io, options, { act: 'closed', findingId: id, actor, outcome, text: options.text });
    });
  withActor(findings.command('appeal'))
    .description('Appeal against the closure of a finding.')
    .argument('<finding-id>', 'as `findings` prints it')
    .requiredOption('--text <text>', 'why')
    .action((id: string, options: ActOptions & { text: string }) =>
      act(io, options, { act: 'appealed', findingId: id, actor: actorOf(options), text: options.text }),
    );
}

async function act(io: CliIo, options: ActOptions, command: CaseCommand): Promise<void> {
  const { act: name, ...fields } = command;
  parseInput(CASE_ACTS[name].data, fields);
  const result = ActRecorded.parse(
    await withActs(options.actId, async (deps) => actOnFinding(deps, command, await lateAfterClose(deps.db))),
  );
  printResult(io, options.json, result, () =>
    result.confirmed
      ? `recorded as event ${result.id}`
      : `sent as event ${result.id}, but not taken in yet: is the stack running? See \`status\`.`,
  );
}
