import { compareWithRebuild } from '../../services/cli/readModels.ts';
import { readEntryLine } from '../../services/ingest/domain/chain.ts';
import { verdictsOf, verifyChains } from '../../services/ingest/index.ts';
import { onboardingsOf } from '../../services/onboarding/index.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import type { KafkaClient } from '../../services/runtime/kafka.ts';
import type { Db, Mongo } from '../../services/runtime/mongo.ts';
import { compareLetters, compareReceipts, untilTold } from './compareRefusals.ts';
import { type ExpectedMonth, expectedMonths } from './kpiOracle.ts';
import { expectedOnboardings } from './onboardingOracle.ts';
import { type GivenVerdict, judge } from './oracle.ts';
import { inOrder, type SentEvent, type WholeRecord } from './topicRecord.ts';

export interface Comparison {
  readonly accepted: number;
  readonly verdicts: Readonly<Record<GivenVerdict, number>>;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly wrongKpi: readonly string[];
  readonly wrongOnboarding: readonly string[];
  readonly wrongLetters: readonly string[];
  readonly wrongReceipts: readonly string[];
  readonly chain: string;
  readonly readModels: readonly string[];
}

/** Compares what the product made of the topics with what the oracle makes of them. */
export async function compare(
  mongo: Mongo,
  kafka: KafkaClient,
  records: readonly WholeRecord[],
  endMs: number,
  progress: (line: string) => void,
): Promise<Comparison> {
  const { db } = mongo;
  const given = await readVerdicts(db);
  // Whatever a leader says may have had to wait for its registration or for the relation.
  const judged = judge(records, given.verdicts, (event) => event.source.startsWith('/chain/'));
  const accepted = [...judged.accepted.values()];
  const stored = await compareEvents(db, judged.accepted);
  const untold = await untilTold(db);
  const { firstFault } = await verifyChains(db);
  const { differences } = await compareWithRebuild(mongo, progress);
  return {
    accepted: accepted.length,
    verdicts: judged.expected,
    lost: [...judged.lost, ...stored],
    doubled: [...judged.doubled, ...given.doubled],
    wrongKpi: await compareMonths(db, expectedMonths(accepted)),
    wrongOnboarding: await compareOnboardings(db, expectedOnboardings(accepted, endMs)),
    wrongLetters: [...untold, ...(await compareLetters(db, kafka, records, judged))],
    wrongReceipts: await compareReceipts(kafka, records, judged),
    chain: firstFault === null ? 'intact' : `${firstFault.kind}: ${firstFault.detail}`,
    readModels: differences.map(({ collection, id, detail }) => `${collection} ${id}: ${detail}`),
  };
}

/** The verdict that stands for every offset; a second one is right only where it releases a parked record. */
async function readVerdicts(db: Db): Promise<{ verdicts: Map<string, GivenVerdict>; doubled: string[] }> {
  const verdicts = new Map<string, GivenVerdict>();
  const doubled: string[] = [];
  for await (const segment of verdictsOf(db).find().sort({ topic: 1, partition: 1, firstSeq: 1 })) {
    for (const line of segment.lines.split('\n')) {
      const entry = readEntryLine(line);
      if (entry === null) continue;
      const { offset, verdict, released } = entry;
      const at = `${segment.topic}/${segment.partition}/${offset}`;
      if ((verdicts.get(at) === 'parked') !== released || (verdicts.has(at) && !released))
        doubled.push(`${at}: ${verdicts.get(at) ?? 'nothing'}, then ${verdict}`);
      verdicts.set(at, verdict);
    }
  }
  return { verdicts, doubled };
}

async function compareEvents(db: Db, accepted: ReadonlyMap<string, SentEvent>): Promise<string[]> {
  const wrong: string[] = [];
  const missing = new Set(accepted.keys());
  for await (const event of eventsOf(db).find({}, { projection: { body: 1 } })) {
    missing.delete(event._id);
    if (accepted.get(event._id)?.content !== inOrder(JSON.parse(event.body)))
      wrong.push(`${event._id}: stored with other content, or though it was not sent`);
  }
  return [...wrong, ...[...missing].map((identity) => `${identity}: not stored`)];
}

interface KpiDocument {
  readonly _id: string;
  readonly firm: string;
  readonly year: number;
  readonly months: Readonly<
    Record<
      string,
      {
        readonly slots?: Readonly<
          Record<string, Readonly<Record<string, { t: number; n: number; v: readonly (number | null)[] }>>>
        >;
        readonly approvals?: { readonly seconds: Readonly<Record<string, number>> };
      }
    >
  >;
}

/** @returns the firm-months that are not as they must be */
async function compareMonths(db: Db, expected: ReadonlyMap<string, ExpectedMonth>): Promise<string[]> {
  const wanted = new Map([...expected].map(([key, month]) => [key, textOf(month)]));
  const wrong: string[] = [];
  for await (const { firm, year, months } of db.collection<KpiDocument>('kpi').find()) {
    for (const [number, month] of Object.entries(months)) {
      const key = `${firm}/${year}-${number}`;
      const slots = new Map(
        Object.entries(month.slots ?? {}).flatMap(([kind, classes]) =>
          Object.entries(classes).map(([name, { t, n, v }]) => [`${kind}/${name}`, { t, n, v }] as const),
        ),
      );
      const approvals = new Map(Object.entries(month.approvals?.seconds ?? {}));
      if (wanted.get(key) !== textOf({ slots, approvals })) wrong.push(key);
      wanted.delete(key);
    }
  }
  return [...wrong, ...wanted.keys()];
}

const textOf = ({ slots, approvals }: ExpectedMonth): string =>
  inOrder({ slots: Object.fromEntries(slots), approvals: Object.fromEntries(approvals) });

async function compareOnboardings(
  db: Db,
  expected: ReturnType<typeof expectedOnboardings>,
): Promise<string[]> {
  const wrong: string[] = [];
  const documents = await onboardingsOf(db)
    .find({}, { projection: { supplierUscc: 1, status: 1, closedAt: 1 } })
    .toArray();
  const found = new Map(documents.map((document) => [document.supplierUscc, document]));
  for (const [firm, { status, closedAtMs }] of expected) {
    const document = found.get(firm);
    const isRight = document?.status === status && (document.closedAt?.getTime() ?? null) === closedAtMs;
    if (!isRight)
      wrong.push(
        `${firm}: ${document?.status ?? 'none'} at ${document?.closedAt?.toISOString() ?? '–'}, not ${status} at ${closedAtMs === null ? '–' : new Date(closedAtMs).toISOString()}`,
      );
  }
  for (const firm of found.keys()) if (!expected.has(firm)) wrong.push(`${firm}: nobody spoke of it`);
  return wrong;
}
