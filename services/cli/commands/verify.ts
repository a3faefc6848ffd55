import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Anchors } from '../../../schemas/api/verify.ts';
import { verifyChains } from '../../ingest/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { connectMongo } from '../../runtime/mongo.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';
import { compareWithRebuild } from '../readModels.ts';

/** `verify`: chains and read models against the events; `anchors export`: heads to keep outside. */
export function register(program: Command, io: CliIo): void {
  program
    .command('verify')
    .description(
      'Recompute every hash chain, and rebuild every read model from the events into an empty database and compare.',
    )
    .option(
      '--anchors <file>',
      'heads kept earlier with `anchors export`: the chains must still pass through them',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { anchors?: string; json?: boolean }) => {
      const anchors = options.anchors === undefined ? [] : await readAnchors(options.anchors);
      const config = loadConfig();
      const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
      try {
        const chains = await verifyChains(mongo.db, anchors);
        const readModels = await compareWithRebuild(mongo, io.err);
        const result = { ok: chains.firstFault === null && readModels.equal, ...chains, readModels };
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

  program
    .command('anchors')
    .description('Heads of the hash chains, for somebody outside to keep.')
    .command('export')
    .argument('<file>', 'where to write them')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: { json?: boolean }) => {
      const config = loadConfig();
      const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
      try {
        const { partitions, firstFault, events } = await verifyChains(mongo.db);
        if (firstFault !== null) {
          io.exitCode = 1;
          io.err(
            `the chains are not sound (${firstFault.kind}: ${firstFault.detail}); anchors of them would prove nothing. See \`verify\`.`,
          );
          return;
        }
        await writeFile(file, `${JSON.stringify({ anchors: partitions }, null, 2)}\n`);
        printResult(
          io,
          options.json,
          { file, partitions, events },
          () => `${partitions.length} heads over ${events} events written to ${file}`,
        );
      } finally {
        await mongo.close();
      }
    });
}

async function readAnchors(file: string): Promise<Anchors['anchors']> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw badUsage(`${file} cannot be read`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badUsage(`${file} is not JSON; it must be a file written by \`anchors export\``);
  }
  const parsed = Anchors.safeParse(value);
  if (!parsed.success) throw badUsage(`${file} is not a file written by \`anchors export\``);
  return parsed.data.anchors;
}
