import type { Command } from 'commander';
import { VerifyResult } from '../../../schemas/api/verify.ts';
import { openAnchors, verifyChains } from '../../ingest/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { connectMongo } from '../../runtime/mongo.ts';
import { type CliIo, printResult, table } from '../output.ts';
import { compareWithRebuild } from '../readModels.ts';

/** `verify`: chains and read models against the events, and the chains against what was kept outside. */
export function register(program: Command, io: CliIo): void {
  program
    .command('verify')
    .description(
      'Recompute every hash chain, and rebuild every read model from the events into an empty database and compare.',
    )
    .option(
      '--anchors <file>',
      'a file kept from `anchors export`: names the first event that was altered, removed or slipped in since',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { anchors?: string; json?: boolean }) => {
      const anchors = options.anchors === undefined ? undefined : await openAnchors(options.anchors);
      const config = loadConfig();
      const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
      try {
        const chains = await verifyChains(mongo.db, {
          anchors,
          onProgress: (verdicts) => io.err(`${verdicts} verdicts checked …`),
        });
        const readModels = await compareWithRebuild(mongo, io.err).catch((error: unknown) => {
          // What was tampered with need not be readable any more.
          if (chains.firstFault === null) throw error;
          return { equal: false, differences: [{ collection: 'events', id: '', detail: stopped(error) }] };
        });
        const result = VerifyResult.parse({
          ...chains,
          ok: chains.firstFault === null && readModels.equal,
          readModels,
        });
        if (!result.ok) io.exitCode = 1;
        printResult(io, options.json, result, () => {
          const rows = result.partitions.map((chain) => [
            chain.topic,
            chain.partition,
            chain.length,
            chain.head.slice(0, 16),
          ]);
          const fault = result.firstFault;
          return [
            table(['topic', 'partition', 'verdicts', 'head'], rows),
            `${result.events} events checked`,
            fault === null
              ? 'chains: sound'
              : `chains: ${fault.kind.toUpperCase()} at ${fault.topic}/${fault.partition}/${fault.offset ?? '?'} ${fault.source ?? ''} ${fault.id ?? ''}: ${fault.detail}`,
            readModels.equal
              ? 'read models: equal to a rebuild from the events'
              : `read models: DIFFERENT\n${readModels.differences.map((difference) => `  ${difference.collection} ${difference.id}: ${difference.detail}`).join('\n')}`,
          ].join('\n');
        });
      } finally {
        await mongo.close();
      }
    });
}

const stopped = (error: unknown): string =>
  `the rebuild stopped at an event that cannot be read: ${error instanceof Error ? error.message : String(error)}`;
