import type { Command } from 'commander';
import { Status } from '../../../schemas/api/status.ts';
import { addressesOf, readStatus } from '../../gateway/index.ts';
import { horizonOf } from '../../measurement/index.ts';
import { countOnboardings } from '../../onboarding/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { openKafka } from '../../runtime/kafka.ts';
import { createLogger } from '../../runtime/logger.ts';
import { connectMongo } from '../../runtime/mongo.ts';
import { connectTemporal } from '../../runtime/temporal.ts';
import { withDatabase } from '../database.ts';
import { type HorizonOptions, withHorizon } from '../horizon.ts';
import { type CliIo, printResult, table } from '../output.ts';

const CONNECT_TIMEOUT_MS = 4_000;

/** `status`: how everything stands. */
export function register(program: Command, io: CliIo): void {
  withHorizon(program.command('status'))
    .description(
      'Show servers, topics, verdicts and onboardings. Exit code 1 when a server does not answer. An earlier time counts for the onboardings; servers, topics and verdicts are as they are now.',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: HorizonOptions & { json?: boolean }) => {
      const horizon = horizonOf(options);
      const now = await askStack();
      const isEarlier = horizon.asOf !== undefined || horizon.knownAt !== undefined;
      const onboardings =
        isEarlier && now.servers.mongodb.ok
          ? await withDatabase((db) => countOnboardings(db, horizon))
          : now.onboardings;
      const result = Status.parse({ ...now, onboardings });
      if (Object.values(result.servers).some((server) => !server.ok)) io.exitCode = 1;
      printResult(io, options.json, result, () => describe(result));
    });
}

async function askStack(): Promise<Status> {
  const config = loadConfig();
  const kafka = openKafka(config, 'gateway', createLogger('cli', { level: 'silent' }));
  const mongo = once(() => connectMongo(config.MONGODB_URI, config.MONGODB_DB, CONNECT_TIMEOUT_MS));
  const temporal = once(() =>
    connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE, CONNECT_TIMEOUT_MS),
  );
  try {
    return await readStatus({
      kafka,
      db: async () => (await mongo()).db,
      pingTemporal: async () => (await temporal()).ping(),
      addresses: addressesOf(config),
    });
  } finally {
    const servers = [mongo(), temporal(), Promise.resolve(kafka)];
    await Promise.allSettled(servers.map(async (server) => (await server).close()));
  }
}

/** Calls `make` at the first call and gives the same afterwards. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function describe({ servers, topics, verdicts, onboardings, businessTime }: Status): string {
  const { started, ...byStatus } = onboardings;
  return [
    table(
      ['server', 'state', 'address', 'version'],
      Object.entries(servers).map(([name, { ok, address, version, problem }]) => [
        name,
        ok ? 'ok' : `DOWN: ${problem ?? ''}`,
        address,
        version ?? null,
      ]),
    ),
    '',
    table(
      ['topic', 'partitions', 'end', 'judged', 'lag'],
      topics.map(({ topic, partitions, end, committed, lag }) => [topic, partitions, end, committed, lag]),
    ),
    '',
    `verdicts: ${counts(verdicts)}`,
    `onboardings: ${started} started (${counts(byStatus)})`,
    `business time: ${businessTime.at ?? '–'}${businessTime.caughtUp ? ' (caught up)' : ''}`,
  ].join('\n');
}

const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
