import { createHash } from 'node:crypto';
import type { Db } from 'mongodb';
import stringify from 'safe-stable-stringify';
import { identityOf } from '../../../schemas/envelope.ts';
import { baselineFrozen, leaderBaselineFrozen } from '../../../schemas/events/acts.ts';
import { eventsOf, type StreamClock, streamClockOf } from '../../runtime/eventStore.ts';
import { hasReached } from '../../runtime/eventTail.ts';
import type { Logger } from '../../runtime/logger.ts';
import { readCursor } from '../../runtime/projector.ts';
import { type BaselineContent, freezeBaseline } from '../domain/baseline.ts';
import { monthsOf } from '../domain/figures.ts';
import { FIRM_YEAR_TYPES } from '../domain/firmYear.ts';
import { foldModels } from '../domain/readModels.ts';
import { type Baseline, leaderBaselineId } from '../domain/records.ts';
import { standingFacts } from './eventLog.ts';
import { measurementProjector } from './projector.ts';
import { modelOf } from './store.ts';

const SOURCE = '/system/measurement';
const BATCH = 200;

/** SHA-256 of a baseline's figures as canonical JSON. */
export const figuresHash = (figures: BaselineContent['figures']): string =>
  createHash('sha256')
    .update(stringify(figures) ?? '')
    .digest('hex');

/** What is frozen with a contract: the supplier's own figures or, with the first contract in a leader's chain, the leader's. */
interface Due {
  readonly contracted: Baseline;
  readonly leader?: string;
}
const firmOf = ({ contracted, leader }: Due): string => leader ?? contracted.firm;
const actIdOf = ({ contracted, leader }: Due): string =>
  leader === undefined
    ? `baseline/${contracted._id}`
    : `baseline/${leaderBaselineId(leader)}/${contracted._id}`;

/** The watermark, once this service has read everything that it covers. */
async function reachedClock(db: Db): Promise<StreamClock | null> {
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  if (clock === null) return null;
  return hasReached(await readCursor(db, measurementProjector.name), clock.positions) ? clock : null;
}

const isContracted = (clock: StreamClock) => ({ 'contract.timeMs': { $lte: clock.at.getTime() } });
const isDue = (clock: StreamClock) => ({ ...isContracted(clock), frozen: { $exists: false } });

/** Leaders without a frozen baseline in whose chain a contract was signed, each with the first one. */
async function dueLeaders(db: Db, clock: StreamClock): Promise<Due[]> {
  const firms = modelOf(db, 'firms');
  const baselines = modelOf(db, 'baselines');
  const leaders = await firms.distinct('_id', { 'leader.name': { $exists: true } });
  const frozen = new Set(await baselines.distinct('firm', { _id: { $in: leaders.map(leaderBaselineId) } }));
  const due: Due[] = [];
  for (const leader of leaders.filter((one) => !frozen.has(one))) {
    const suppliers = await firms.distinct('_id', { chains: leader, _id: { $ne: leader } });
    const [contracted] = await baselines
      .find({ firm: { $in: suppliers }, ...isContracted(clock) })
      .sort({ 'contract.timeMs': 1, _id: 1 })
      .limit(1)
      .toArray();
    if (contracted !== undefined) due.push({ contracted, leader });
  }
  return due;
}

/** Whether a baseline is due at the current watermark and not stored yet, or this cannot be told yet. */
export async function isBaselinePending(db: Db): Promise<boolean> {
  if ((await streamClockOf(db).findOne({ _id: 'watermark' })) === null) return false;
  const clock = await reachedClock(db);
  if (clock === null) return true;
  const isOpen = (await modelOf(db, 'baselines').findOne(isDue(clock), { projection: { _id: 1 } })) !== null;
  return isOpen || (await dueLeaders(db, clock)).length > 0;
}

export interface FreezeDeps {
  readonly db: Db;
  readonly logger: Logger;
  /** Sends events to the topic of acts. */
  publish(events: readonly { key: string; event: Record<string, unknown> }[]): Promise<void>;
  /** Identities this process has sent already. */
  readonly sent: Set<string>;
}

/**
 * Freezes the baselines whose contracts the watermark has passed: each as an event, computed from what had been stated by
 * the time of the contract. It shows in the read models once that event is stored.
 * @returns whether there may be more to do
 */
export async function freezeDueBaselines(deps: FreezeDeps): Promise<boolean> {
  const { db, logger, sent } = deps;
  const clock = await reachedClock(db);
  if (clock === null) return false;
  const suppliers = await modelOf(db, 'baselines').find(isDue(clock)).sort({ _id: 1 }).toArray();
  const due: Due[] = [
    ...(await dueLeaders(db, clock)),
    ...suppliers.map((contracted): Due => ({ contracted })),
  ];
  const fresh = due.filter((one) => !sent.has(actIdOf(one))).slice(0, BATCH);
  if (fresh.length === 0) return false;
  const stored = new Set(
    (
      await eventsOf(db)
        .find({ _id: { $in: fresh.map((one) => identityOf(SOURCE, actIdOf(one))) } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray()
    ).map((event) => event._id),
  );
  const events = [];
  for (const one of fresh) {
    if (!stored.has(identityOf(SOURCE, actIdOf(one)))) {
      const event = await frozenEvent(db, one);
      logger.info(
        { correlationId: event.correlationid, baseline: actIdOf(one) },
        'baseline frozen at the time of the contract',
      );
      events.push({ key: firmOf(one), event });
    }
  }
  await deps.publish(events);
  for (const one of fresh) sent.add(actIdOf(one));
  return due.length > fresh.length;
}

/** The event that freezes a baseline; the same events up to the contract give the same bytes. */
async function frozenEvent(db: Db, due: Due): Promise<Record<string, unknown>> {
  const { contracted, leader } = due;
  const { contract, firm: supplier, programme } = contracted;
  if (contract === undefined) throw new Error(`baseline ${contracted._id} has no contract`);
  const at = new Date(contract.timeMs);
  const firm = firmOf(due);
  const facts = await standingFacts(db, { types: FIRM_YEAR_TYPES, firm }, { asOf: at });
  const content = freezeBaseline(monthsOf([...foldModels(facts).kpi.values()]), contract.month);
  const figures = {
    programme,
    contractMonth: contract.month,
    ...content,
    figuresSha256: figuresHash(content.figures),
  };
  return {
    specversion: '1.0',
    id: actIdOf(due),
    source: SOURCE,
    type: leader === undefined ? baselineFrozen.type : leaderBaselineFrozen.type,
    time: at.toISOString(),
    partitionkey: firm,
    subject: firm,
    datacontenttype: 'application/json',
    correlationid: contract.correlationId,
    data:
      leader === undefined
        ? baselineFrozen.data.parse({ supplierUscc: supplier, ...figures })
        : leaderBaselineFrozen.data.parse({ leaderUscc: leader, firstSupplierUscc: supplier, ...figures }),
  };
}
