import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { EvidenceAdded, EvidenceList } from '../../../schemas/api/evidence.ts';
import { evidenceAdded } from '../../../schemas/events/measurement.ts';
import { isUscc } from '../../../schemas/ids.ts';
import { EVIDENCE_KINDS } from '../../../schemas/measurement.ts';
import { parseInput, requireCheckDigits } from '../../gateway/index.ts';
import {
  addEvidence,
  EVIDENCE_MAX_BYTES,
  horizonOf,
  listEvidence,
  readEvidenceFile,
  tooLarge,
} from '../../measurement/index.ts';
import { type ActorOptions, actorOf, withActor, withActs } from '../acts.ts';
import { withDatabase } from '../database.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

interface AddOptions extends ActorOptions {
  readonly supplier: string;
  readonly programme: string;
  readonly kind: string;
  readonly number?: string;
  readonly date?: string;
  readonly amountFen?: string;
  readonly counterparty?: string;
  readonly json?: boolean;
}

/** What is said of a file; the rest is read from its bytes. */
const ToAdd = evidenceAdded.data.omit({ sha256: true, mediaType: true, sizeBytes: true });

/** `evidence`: contracts, invoices and payments as files, and whether they match. */
export function register(program: Command, io: CliIo): void {
  const evidence = program
    .command('evidence')
    .description('Files that prove a project: kept under their SHA-256, matched with each other.');

  withActor(evidence.command('add'))
    .description('Hand in a file. Its type is told from its content; at most 20 MiB.')
    .argument('<file>', 'PDF, picture, office document, OFD, XML or CSV')
    .requiredOption('--supplier <uscc>', 'the firm whose project it proves')
    .requiredOption('--programme <code>', 'the programme of the project')
    .requiredOption('--kind <kind>', EVIDENCE_KINDS.join(', '))
    .option('--number <number>', 'number of the document')
    .option('--date <date>', 'date of the document')
    .option('--amount-fen <fen>', 'amount on the document, whole fen')
    .option('--counterparty <uscc>', 'the other party on the document')
    .action(async (file: string, options: AddOptions) => {
      const size = (await stat(file).catch(() => null))?.size;
      if (size === undefined) throw badUsage(`${file} cannot be read`);
      if (size > EVIDENCE_MAX_BYTES) throw tooLarge(file, size);
      const fields = {
        supplierUscc: options.supplier,
        programme: options.programme,
        kind: options.kind,
        fileName: basename(file),
        actor: actorOf(options),
        ...(options.number === undefined ? {} : { documentNumber: options.number }),
        ...(options.date === undefined ? {} : { documentDate: options.date }),
        ...(options.amountFen === undefined ? {} : { amountFen: Number(options.amountFen) }),
        ...(options.counterparty === undefined ? {} : { counterpartyUscc: options.counterparty }),
      };
      const command = parseInput(ToAdd, fields);
      const bytes = await readFile(file);
      const result = EvidenceAdded.parse(
        await withActs(options.actId, async (deps) => {
          await requireCheckDigits(deps.db, ToAdd, command);
          return addEvidence(deps, command, bytes);
        }),
      );
      printResult(io, options.json, result, () =>
        [`${result.mediaType}, SHA-256 ${result.sha256}`, ...result.remarks].join('\n'),
      );
    });

  evidence
    .command('list')
    .description('List a firm’s files by project, and whether contract, invoices and payments match.')
    .requiredOption('--supplier <uscc>', 'unified social credit code')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (options: { supplier: string; asOf?: string; knownAt?: string; json?: boolean }) => {
      if (!isUscc(options.supplier))
        throw badUsage(`${options.supplier} is not a unified social credit code`);
      const horizon = horizonOf(options);
      const result = EvidenceList.parse(
        await withDatabase((db) => listEvidence(db, options.supplier, horizon)),
      );
      printResult(io, options.json, result, () =>
        result.projects
          .map(({ programme, match, files }) =>
            [
              `${programme}: ${match.state}${match.missing.length > 0 ? `, missing ${match.missing.join(', ')}` : ''}`,
              ...match.problems.map(
                ({ kind, field, expected, found }) => `  ${kind} ${field}: ${found}, expected ${expected}`,
              ),
              ...match.notCompared.map(
                ({ kind, field, event }) => `  ${kind} ${field}: not stated by ${event}, not compared`,
              ),
              table(
                ['kind', 'file', 'number', 'fen', 'SHA-256'],
                files.map((one) => [one.kind, one.fileName, one.documentNumber, one.amountFen, one.sha256]),
              ),
            ].join('\n'),
          )
          .join('\n\n'),
      );
    });

  evidence
    .command('get')
    .description('Write the bytes of a file that was handed in.')
    .argument('<sha256>', 'as `evidence list` prints it')
    .requiredOption('--out <file>', 'file to write')
    .action(async (sha256: string, options: { out: string }) => {
      const bytes = await withDatabase((db) => readEvidenceFile(db, sha256));
      await writeFile(options.out, bytes);
      io.out(`${bytes.length} bytes: ${options.out}`);
    });
}
