import type { Command } from 'commander';
import { EventProof } from '../../../schemas/api/anchors.ts';
import { EventIdentity, EventRecord } from '../../../schemas/api/events.ts';
import { parseInput, showEvent } from '../../gateway/index.ts';
import { proveEvent } from '../../ingest/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult } from '../output.ts';

/** `events show`: one event, what became of it and where it stands; `events prove`: that it is part of its day's root. */
export function register(program: Command, io: CliIo): void {
  const events = program.command('events').description('Events as they were taken in.');

  events
    .command('prove')
    .description(
      'Give what leads from an accepted event to the Merkle root of its day; docs/operations.md says how to check it.',
    )
    .argument('<source>', 'source of the event')
    .argument('<id>', 'id of the event')
    .option('--json', 'print one JSON object')
    .action(async (source: string, id: string, options: { json?: boolean }) => {
      const identity = parseInput(EventIdentity, { source, id });
      const proof = EventProof.parse(
        await withDatabase((db) => proveEvent(db, identity.source, identity.id)),
      );
      printResult(io, options.json, proof, () =>
        [
          `${proof.topic}/${proof.partition}/${proof.offset}, recorded ${proof.recordedAt}`,
          `content    ${proof.contentHash}`,
          `leaf       ${proof.leaf}`,
          ...proof.path.map(({ side, hash }) => `  ${side.padEnd(5)}  ${hash}`),
          `partition  ${proof.partitionDay.root}`,
          ...proof.dayPath.map(({ side, hash }) => `  ${side.padEnd(5)}  ${hash}`),
          `${proof.day} ${proof.root}${proof.sealed ? '' : ' (the day is not over: this root still moves)'}`,
        ].join('\n'),
      );
    });

  events
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
