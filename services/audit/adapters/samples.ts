import type { Db } from 'mongodb';
import type { SampleResult } from '../../../schemas/api/audit.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { type Jurisdiction, sampleDrawn } from '../../../schemas/events/audit.ts';
import type { DataOf } from '../../../schemas/events/index.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { dataOf, eventsOf } from '../../runtime/eventStore.ts';
import type { Producer } from '../../runtime/kafka.ts';
import { recordAct } from '../../runtime/recordAct.ts';
import type { Frame } from '../domain/frame.ts';
import { keepFrame } from './frames.ts';

export const AUDIT_SOURCE = '/system/audit';

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
  readonly frame: Frame;
  readonly sample: SampleResult;
  /** The whole country where none is named. */
  readonly jurisdiction?: Jurisdiction | undefined;
  readonly actor: Actor;
}

/** Records a draw and keeps its frame; the same draw again is the same event. Returns whether ingest has stored it. */
export async function recordDraw(deps: SampleDeps, draw: DrawToRecord): Promise<boolean> {
  const known = await findDraw(deps.db, draw.drawId);
  if (known !== null) return true;
  const { drawId, programmes, asOf, rules, actor, sample, jurisdiction } = draw;
  await keepFrame(deps.db, draw.frame);
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
    ...(jurisdiction === undefined ? {} : { jurisdiction }),
    actor,
  };
  const { confirmed } = await recordAct(deps, {
    source: AUDIT_SOURCE,
    id: `draw/${drawId}`,
    type: sampleDrawn.type,
    time: deps.now().toISOString(),
    partitionkey: drawId,
    data: sampleDrawn.data.parse(data),
  });
  return confirmed;
}

/** A recorded draw, when it was made, and where its event stands. */
export type Drawn = DataOf<'audit.sample-drawn.v1'> & {
  readonly drawnAt: Date;
  readonly event: Pick<StoredEvent, 'topic' | 'partition' | 'offset'> & {
    readonly source: string;
    readonly id: string;
    readonly hash: string;
  };
};

function drawnOf(stored: StoredEvent): Drawn {
  const { topic, partition, offset, contentHash, time } = stored;
  const event = { ...splitIdentity(stored._id), topic, partition, offset, hash: contentHash };
  return { ...dataOf<DataOf<'audit.sample-drawn.v1'>>(stored), drawnAt: time, event };
}

async function findDraw(db: Db, drawId: string): Promise<Drawn | null> {
  const stored = await eventsOf(db).findOne({ _id: `${AUDIT_SOURCE} draw/${drawId}` });
  return stored === null ? null : drawnOf(stored);
}

/** Every draw, newest first. */
export async function listDraws(db: Db): Promise<Drawn[]> {
  const stored = await eventsOf(db).find({ type: sampleDrawn.type }).sort({ time: -1, _id: 1 }).toArray();
  return stored.map(drawnOf);
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
