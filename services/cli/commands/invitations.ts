import type { Command } from 'commander';
import {
  Invitation,
  InvitationList,
  InvitationMade,
  IssueInvitation,
} from '../../../schemas/api/invitations.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { parseInput, requireCheckDigits } from '../../gateway/index.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';
import { atCommandLine, type StatementWork, withStatements } from '../statements.ts';

/** `invitations`: an operator invites people to act for firms. A person accepts at the console, signed in. */
export function register(program: Command, io: CliIo): void {
  const invitations = program.command('invitations').description('Who is invited to act for which firm.');
  const linked = (made: { code: string }, publicUrl: string | null) => ({
    ...made,
    link: publicUrl === null ? null : `${new URL(publicUrl).origin}/invitation#${made.code}`,
  });
  const print = (json: boolean | undefined, result: InvitationMade): void =>
    printResult(
      io,
      json,
      result,
      () =>
        `invitation ${result.invitationId}, until ${result.expiresAt}\ncode ${result.code} (shown this once)` +
        (result.link === null ? '' : `\n${result.link}`),
    );
  const known = async ({ invitations: all }: StatementWork, id: string) => {
    const found = await all.find(id);
    if (found === null) throw new ChainlightError('NOT_FOUND', `there is no invitation ${id}`);
    return found;
  };

  invitations
    .command('issue')
    .description('Invite a person to act for a firm; the code is printed once and stored nowhere.')
    .requiredOption('--supplier <code>', 'unified social credit code of the firm')
    .requiredOption('--by <name>', 'who invites')
    .option('--programme <code>', 'programme that the firm is invited to')
    .option('--platform <id>', 'platform that the firm is invited to')
    .option('--email <address>', 'where the firm is written to, kept where no address of it is known yet')
    .option('--days <number>', 'how long the code holds, 1 to 90', '14')
    .option('--json', 'print one JSON object')
    .action(async (options: Readonly<Record<string, string>> & { json?: never }) => {
      const { supplier, by = '', programme, platform, email, days = '' } = options;
      if (!/^\d+$/.test(days)) throw badUsage(`--days: ${days} is no whole number of days`);
      const command = parseInput(IssueInvitation, {
        supplierUscc: supplier,
        programme,
        platform,
        ...(email === undefined ? {} : { contact: { email } }),
        expiresInDays: Number(days),
      });
      const result = await withStatements(async ({ db, invitations: all, publicUrl }) => {
        await requireCheckDigits(db, IssueInvitation, command);
        return linked(await all.issue(command, 'operator', atCommandLine(by)), publicUrl);
      });
      print(options.json, InvitationMade.parse(result));
    });

  invitations
    .command('resend')
    .description('Give an invitation a new code and a new end; the code before no longer holds.')
    .argument('<id>', 'invitation')
    .requiredOption('--by <name>', 'who does it')
    .option('--json', 'print one JSON object')
    .action(async (id: string, { by, json }: { by: string; json?: boolean }) => {
      const result = await withStatements(async (work) =>
        linked(await work.invitations.resend(await known(work, id), atCommandLine(by)), work.publicUrl),
      );
      print(json, InvitationMade.parse(result));
    });

  invitations
    .command('withdraw')
    .description('Take an invitation back; what was accepted by it ends.')
    .argument('<id>', 'invitation')
    .requiredOption('--by <name>', 'who does it')
    .option('--json', 'print one JSON object')
    .action(async (id: string, { by, json }: { by: string; json?: boolean }) => {
      const result = await withStatements(async (work) =>
        work.invitations.withdraw(await known(work, id), atCommandLine(by)),
      );
      printResult(io, json, Invitation.parse(result), () => `invitation ${id} is ${result.state}`);
    });

  invitations
    .command('list')
    .description('List invitations, newest first.')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const items = await withStatements(({ invitations: all }) => all.list('all', []));
      printResult(io, json, InvitationList.parse({ items }), () =>
        items.length === 0
          ? 'nobody was invited yet'
          : table(
              ['invitation', 'firm', 'state', 'by', 'codes', 'until', 'accepted by'],
              items.map((one) => [
                one.invitationId,
                one.supplierUscc,
                one.state,
                one.issuer,
                one.codes,
                one.expiresAt,
                one.acceptedBy,
              ]),
            ),
      );
    });
}
