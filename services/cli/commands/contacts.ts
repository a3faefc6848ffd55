import type { Command } from 'commander';
import { ContactSet, LettersRequeued, Outbox, Party } from '../../../schemas/api/notifications.ts';
import { contactsOf, outboxOf, requeueFailed } from '../../onboarding/index.ts';
import { withDatabase } from '../database.ts';
import { badUsage, type CliIo, printResult } from '../output.ts';

const PARTY_FORMS = 'supplier/<USCC>, leader/<USCC>, provider/<USCC>, bureau/<region code> or platform/<id>';
const FAILED_SHOWN = 100;

/** `contacts`: where parties are reached, and what became of what was to be written to them. */
export function register(program: Command, io: CliIo): void {
  const contacts = program
    .command('contacts')
    .description('Where suppliers, leaders and bureaus are written to.');
  contacts
    .command('set')
    .description('Set the address of a party; what waits for one is queued again.')
    .argument('<party>', PARTY_FORMS)
    .argument('<email>', 'address')
    .option('--phone <number>', 'for SMS; without it a number set before is forgotten')
    .option('--locale <locale>', 'zh or en', 'zh')
    .option('--json', 'print one JSON object')
    .action(
      async (party: string, email: string, options: { phone?: string; locale: string; json?: boolean }) => {
        const parsed = ContactSet.safeParse({
          party,
          email,
          ...(options.phone && { phone: options.phone }),
          locale: options.locale,
        });
        if (!parsed.success) throw badUsage(parsed.error.issues.map((issue) => issue.message).join('; '));
        const { party: _id, ...contact } = parsed.data;
        await withDatabase(async (db) => {
          await contactsOf(db).replaceOne({ _id }, contact, { upsert: true });
          await outboxOf(db).updateMany({ party, state: 'no-address' }, { $set: { state: 'queued' } });
        });
        printResult(io, options.json, parsed.data, () => `${party} is written to at ${email}`);
      },
    );
  contacts
    .command('outbox')
    .description(
      'Count what was to be written to people; name the parties without an address and what was refused for good.',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const result = Outbox.parse(
        await withDatabase(async (db) => {
          const states = await outboxOf(db)
            .aggregate<{ _id: string; count: number }>([{ $group: { _id: '$state', count: { $sum: 1 } } }])
            .toArray();
          return {
            byState: Object.fromEntries(states.map(({ _id, count }) => [_id, count])),
            withoutAddress: (await outboxOf(db).distinct('party', { state: 'no-address' })).sort(),
            failed: (
              await outboxOf(db).find({ state: 'failed' }).sort({ _id: 1 }).limit(FAILED_SHOWN).toArray()
            ).map(({ party, channel, template, lastError = '' }) => ({
              party,
              channel,
              template,
              lastError,
            })),
          };
        }),
      );
      printResult(io, options.json, result, () =>
        [
          ...Object.entries(result.byState).map(([state, count]) => `${state}: ${count}`),
          ...result.withoutAddress.map((party) => `no address: ${party}`),
          ...result.failed.map(
            ({ party, channel, template, lastError }) =>
              `refused: ${template} to ${party} by ${channel}: ${lastError}`,
          ),
        ].join('\n'),
      );
    });
  contacts
    .command('resend')
    .description('Send again what was refused for good; without a party, all of it.')
    .argument('[party]', 'only what goes to this party')
    .option('--json', 'print one JSON object')
    .action(async (party: string | undefined, options: { json?: boolean }) => {
      if (party !== undefined && !Party.safeParse(party).success)
        throw badUsage(`${party} is no party: ${PARTY_FORMS}`);
      const requeued = await withDatabase((db) => requeueFailed(db, party));
      const result = LettersRequeued.parse({ requeued });
      printResult(io, options.json, result, () => `${requeued} to be sent again`);
    });
}
