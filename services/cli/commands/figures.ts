import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import {
  FiguresPublished,
  PublicationCheck,
  PublicationDetail,
  PublicationList,
  Restatements,
} from '../../../schemas/api/figures.ts';
import { Period } from '../../../schemas/ids.ts';
import {
  horizonOf,
  isPublicKey,
  listPublications,
  openSigner,
  publishFigures,
  readRestatements,
  SCOPE_LEVELS,
  type ScopeLevel,
  showPublication,
  verifyPublications,
} from '../../measurement/index.ts';
import { defaultDataDir } from '../../runtime/config.ts';
import { type ActorOptions, actorOf, withActor, withActs } from '../acts.ts';
import { withDatabase } from '../database.ts';
import { type HorizonOptions, withHorizon } from '../horizon.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

interface PublishOptions extends ActorOptions {
  readonly period: string;
  readonly levels?: readonly ScopeLevel[];
  readonly key?: string;
  readonly json?: boolean;
}

/** `figures`: months that were published, signed, and what has changed since. */
export function register(program: Command, io: CliIo): void {
  const figures = program
    .command('figures')
    .description('Published figures: frozen, hashed and signed; later changes are listed as restatements.');

  withActor(figures.command('publish'))
    .description(
      'Freeze the figures of a month: every KPI of every region and chain, and each city’s target.',
    )
    .requiredOption('--period <month>', 'the month, YYYY-MM')
    .addOption(
      new Option(
        '--levels <level...>',
        'groups of these levels alone, beside the targets: where all are more than one publication holds',
      ).choices(SCOPE_LEVELS),
    )
    .option('--key <file>', 'Ed25519 key (PEM) to sign with; made in the data folder where absent')
    .action(async (options: PublishOptions) => {
      const period = monthOf(options.period);
      const { levels } = options;
      const actor = actorOf(options);
      const signer = await openSigner(options.key ?? join(defaultDataDir, 'signing-key.pem'));
      const result = FiguresPublished.parse(
        await withActs(options.actId, (deps) =>
          publishFigures({ ...deps, signer }, { period, actor, ...(levels && { levels }) }),
        ),
      );
      printResult(
        io,
        options.json,
        result,
        () => `${result.figures} figures of ${period}, SHA-256 ${result.figuresSha256}, key ${result.keyId}`,
      );
    });

  withHorizon(figures.command('list', { isDefault: true }))
    .description('List the months that were published. `figures` alone does the same.')
    .option('--json', 'print one JSON object')
    .action(async (options: HorizonOptions & { json?: boolean }) => {
      const horizon = horizonOf(options);
      const result = PublicationList.parse(await withDatabase((db) => listPublications(db, horizon)));
      printResult(io, options.json, result, () =>
        table(
          ['period', 'published', 'by', 'figures', 'SHA-256', 'key'],
          result.publications.map((one) => [
            one.period,
            one.publishedAt,
            one.by,
            one.figures,
            one.figuresSha256,
            one.keyId,
          ]),
        ),
      );
    });

  withHorizon(figures.command('show'))
    .description('Show what was published for a month.')
    .argument('<period>', 'the month, YYYY-MM')
    .option('--json', 'print one JSON object')
    .action(async (text: string, options: HorizonOptions & { json?: boolean }) => {
      const period = monthOf(text);
      const horizon = horizonOf(options);
      const result = PublicationDetail.parse(
        await withDatabase((db) => showPublication(db, period, horizon)),
      );
      printResult(io, options.json, result, () =>
        [
          `${result.period}, published ${result.publishedAt} by ${result.by}, key ${result.keyId}`,
          result.signature.publicKeyPem.trim(),
          table(
            ['figure', 'value', 'numerator', 'denominator'],
            result.values.map((one) => [one.figureId, one.value, one.numerator, one.denominator]),
          ),
        ].join('\n'),
      );
    });

  withHorizon(figures.command('verify'))
    .description('Recompute hash and signature of what was published. Exit code 1 where one does not fit.')
    .option('--period <month>', 'only this month')
    .option('--public-key <file>', 'PEM of the key that must have signed')
    .option('--json', 'print one JSON object')
    .action(async (options: HorizonOptions & { period?: string; publicKey?: string; json?: boolean }) => {
      const period = options.period === undefined ? undefined : monthOf(options.period);
      const horizon = horizonOf(options);
      const trusted = options.publicKey === undefined ? undefined : await publicKeyIn(options.publicKey);
      const result = PublicationCheck.parse(
        await withDatabase((db) => verifyPublications(db, { period, trusted }, horizon)),
      );
      if (!result.ok) io.exitCode = 1;
      printResult(io, options.json, result, () =>
        result.publications
          .map((one) => `${one.period}: ${one.ok ? 'right' : one.problems.join('; ')}`)
          .join('\n'),
      );
    });

  withHorizon(figures.command('restatements'))
    .description(
      'List published figures that are others now: old value, new value, and the events that changed them.',
    )
    .option('--period <month>', 'only this month')
    .option('--json', 'print one JSON object')
    .action(async (options: HorizonOptions & { period?: string; json?: boolean }) => {
      const period = options.period === undefined ? undefined : monthOf(options.period);
      const horizon = horizonOf(options);
      const result = Restatements.parse(await withDatabase((db) => readRestatements(db, period, horizon)));
      printResult(io, options.json, result, () => {
        const changes = table(
          ['period', 'figure', 'published', 'now', 'causes', 'first of them'],
          result.restatements.map((one) => [
            one.period,
            one.figureId,
            one.before.value,
            one.after?.value ?? null,
            one.causeCount,
            one.cause[0] ? `${one.cause[0].bears}: ${one.cause[0].type} ${one.cause[0].identity}` : null,
          ]),
        );
        return [changes, ...causesByTime(result)].join('\n');
      });
    });
}

/** A word about months that were published before their places in the chains were kept. */
function causesByTime({ restatements }: Restatements): string[] {
  const periods = restatements.flatMap(({ period, causesBy }) => (causesBy === 'time' ? period : []));
  return periods.length === 0
    ? []
    : [
        `${[...new Set(periods)].join(', ')}: published without places in the chains; what counts as a cause is what was recorded after the publication, by the time`,
      ];
}

async function publicKeyIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw badUsage(`the public key in ${file} cannot be read: ${error.code ?? error.message}`);
  });
  if (!isPublicKey(text)) throw badUsage(`${file} holds no public key in PEM`);
  return text;
}

function monthOf(text: string): string {
  if (!Period.safeParse(text).success) throw badUsage(`the month must be given as YYYY-MM, not ${text}`);
  return text;
}
