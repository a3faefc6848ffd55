import { createHash } from 'node:crypto';
import type { Db } from 'mongodb';
import stringify from 'safe-stable-stringify';
import { identityOf } from '../../../schemas/envelope.ts';
import { baselineFrozen } from '../../../schemas/events/acts.ts';
import { eventsOf, type StreamClock, streamClockOf } from '../../runtime/eventStore.ts';
import { hasReached } from '../../runtime/eventTail.ts';
import type { Logger } from '../../runtime/logger.ts';
import { readCursor } from '../../runtime/projector.ts';
import { type BaselineContent, freezeBaseline } from '../domain/baseline.ts';
import { monthsOf } from '../domain/figures.ts';
import { FIRM_YEAR_TYPES } from '../domain/firmYear.ts';
import { foldModels } from '../domain/readModels.ts';
import type { Baseline } from '../domain/records.ts';
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

const actIdOf = (baseline: Baseline): string => `baseline/${baseline._id}`;

/** The watermark, once this service has read everything that it covers. */
async function reachedClock(db: Db): Promise<StreamClock | null> {
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  if (clock === null) return null;
  return hasReached(await readCursor(db, measurementProjector.name), clock.positions) ? clock : null;
}

const isDue = (clock: StreamClock) => ({
  'contract.timeMs': { $lte: clock.at.getTime() },
  frozen: { $exists: false },
});

/** Whether a baseline is due at the current watermark and not stored yet, or this cannot be told yet. */
export async function isBaselinePending(db: Db): Promise<boolean> {
  if ((await streamClockOf(db).findOne({ _id: 'watermark' })) === null) return false;
  const clock = await reachedClock(db);
  if (clock === null) return true;
  return (await modelOf(db, 'baselines').findOne(isDue(clock), { projection: { _id: 1 } })) !== null;
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
  const due = await modelOf(db, 'baselines').find(isDue(clock)).sort({ _id: 1 }).toArray();
  const fresh = due.filter((baseline) => !sent.has(actIdOf(baseline))).slice(0, BATCH);
  if (fresh.length === 0) return false;
  const stored = new Set(
    (
      await eventsOf(db)
        .find({ _id: { $in: fresh.map((baseline) => identityOf(SOURCE, actIdOf(baseline))) } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray()
    ).map((event) => event._id),
  );
  const events = [];
  for (const baseline of fresh) {
    if (!stored.has(identityOf(SOURCE, actIdOf(baseline)))) {
      const event = await frozenEvent(db, baseline);
      logger.info(
        { correlationId: event.correlationid, baseline: baseline._id },
        'baseline frozen at the time of the contract',
      );
      events.push({ key: baseline.firm, event });
    }
  }
  await deps.publish(events);
  for (const baseline of fresh) sent.add(actIdOf(baseline));
  return due.length > fresh.length;
}

/** The event that freezes a baseline; the same events up to the contract give the same bytes. */
export async function frozenEvent(db: Db, baseline: Baseline): Promise<Record<string, unknown>> {
  const { contract, firm, programme } = baseline;
  if (contract === undefined) throw new Error(`baseline ${baseline._id} has no contract`);
  const at = new Date(contract.timeMs);
  const facts = await standingFacts(db, { types: FIRM_YEAR_TYPES, firm }, { asOf: at });
  const years = [...foldModels(facts).kpi.values()];
  const content = freezeBaseline(monthsOf(years), contract.month);
  const data = baselineFrozen.data.parse({
    supplierUscc: firm,
    programme,
    contractMonth: contract.month,
    months: content.months,
    figures: content.figures,
    eventCount: content.eventCount,
    figuresSha256: figuresHash(content.figures),
  });
  return {
    specversion: '1.0',
    id: actIdOf(baseline),
    source: SOURCE,
    type: baselineFrozen.type,
    time: at.toISOString(),
    partitionkey: firm,
    subject: firm,
    datacontenttype: 'application/json',
    correlationid: contract.correlationId,
    data,
  };
}
