import type { Db } from 'mongodb';
import type { SampleResult } from '../../../schemas/api/audit.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { auditResultRecorded, sampleDrawn } from '../../../schemas/events/audit.ts';
import type { DataOf } from '../../../schemas/events/index.ts';
import { dataOf, eventsOf } from '../../runtime/eventStore.ts';
import type { Producer } from '../../runtime/kafka.ts';
import { recordAct } from '../../runtime/recordAct.ts';
import type { AuditorResult } from '../domain/draw.ts';

const SOURCE = '/system/audit';

export interface SampleDeps {
  readonly db: Db;
  readonly producer: Producer;
  readonly now: () => Date;
}

export interface DrawToRecord {
  readonly drawId: string;
  readonly programmes: readonly string[] | null;
  readonly asOf: Date;
  readonly rules: string;
  readonly sample: SampleResult;
  readonly actor: Actor;
}

/** Records a draw; the same draw again is the same event. Returns whether ingest has stored it. */
export async function recordDraw(deps: SampleDeps, draw: DrawToRecord): Promise<boolean> {
  const known = await findDraw(deps.db, draw.drawId);
  if (known !== null) return true;
  const { drawId, programmes, asOf, rules, actor, sample } = draw;
  const { frameHash, seed, n, population, strata, drawn, mustInclude } = sample;
  const data = {
    drawId,
    programmes,
    asOf: asOf.toISOString(),
    frameHash,
    seed,
    n,
    population,
    strata,
    rules,
    drawn,
    mustInclude,
    actor,
  };
  const { confirmed } = await recordAct(deps, {
    source: SOURCE,
    id: `draw/${drawId}`,
    type: sampleDrawn.type,
    time: deps.now().toISOString(),
    partitionkey: drawId,
    data: sampleDrawn.data.parse(data),
  });
  return confirmed;
}

type Drawn = DataOf<'audit.sample-drawn.v1'>;

async function findDraw(db: Db, drawId: string): Promise<Drawn | null> {
  const stored = await eventsOf(db).findOne({ _id: `${SOURCE} draw/${drawId}` });
  return stored === null ? null : dataOf<Drawn>(stored);
}

/** @throws ChainlightError NOT_FOUND for a draw that was never recorded */
export async function readDraw(db: Db, drawId: string): Promise<Drawn> {
  const draw = await findDraw(db, drawId);
  if (draw === null)
    throw new ChainlightError(
      'NOT_FOUND',
      `There is no draw ${drawId}; \`audit draw\` prints the name of its draw.`,
    );
  return draw;
}

/** Records results, each an event of its own. @param actId tells calls apart; the same id again records nothing new */
export async function recordResults(
  deps: SampleDeps & { readonly actId: string },
  drawId: string,
  results: readonly AuditorResult[],
  actor: Actor,
): Promise<boolean> {
  const time = deps.now().toISOString();
  const sent = await Promise.all(
    results.map(({ uscc, result, comment }) =>
      recordAct(deps, {
        source: SOURCE,
        id: `result/${drawId}/${uscc}/${deps.actId}`,
        type: auditResultRecorded.type,
        time,
        partitionkey: uscc,
        data: auditResultRecorded.data.parse({
          drawId,
          supplierUscc: uscc,
          result,
          ...(comment === null ? {} : { comment }),
          actor,
        }),
      }),
    ),
  );
  return sent.every(({ confirmed }) => confirmed);
}

/** The result that stands for each firm of a draw: the latest, by business time, then by id. */
export async function readStandingResults(db: Db, drawId: string): Promise<Map<string, 'sound' | 'faulty'>> {
  const stored = await eventsOf(db)
    .find({ type: auditResultRecorded.type })
    .sort({ time: 1, _id: 1 })
    .toArray();
  const standing = new Map<string, 'sound' | 'faulty'>();
  for (const event of stored) {
    const data = dataOf<DataOf<'audit.result-recorded.v1'>>(event);
    if (data.drawId === drawId) standing.set(data.supplierUscc, data.result);
  }
  return standing;
}
