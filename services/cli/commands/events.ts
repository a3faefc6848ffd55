import type { Command } from 'commander';
import { EventIdentity, EventRecord } from '../../../schemas/api/events.ts';
import { parseInput, showEvent } from '../../gateway/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult } from '../output.ts';

/** `events show`: one event, what became of it and where it stands. */
export function register(program: Command, io: CliIo): void {
  program
    .command('events')
    .description('Events as they were taken in.')
    .command('show')
    .description('Show an event: its content, the verdict, where it stands, and what corrected it.')
    .argument('<source>', 'source of the event, for example /chain/<uscc>/erp/sap')
    .argument('<id>', 'id of the event')
    .option('--json', 'print one JSON object')
    .action(async (source: string, id: string, options: { json?: boolean }) => {
      const identity = parseInput(EventIdentity, { source, id });
      const result = EventRecord.parse(
        await withDatabase((db) => showEvent(db, identity.source, identity.id)),
      );
      printResult(io, options.json, result, () => {
        const { event, corrections, topic, partition, offset, ...fields } = result;
        return [
          `${topic}/${partition}/${offset}`,
          ...Object.entries(fields).map(([name, value]) => `${name}: ${value ?? '–'}`),
          `corrections: ${corrections.length}`,
          ...corrections.map((correction) => `  ${correction.time} ${correction.id}`),
          event === null ? 'it cannot be read as JSON' : JSON.stringify(event, null, 2),
        ].join('\n');
      });
    });
}
