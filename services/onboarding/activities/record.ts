import type { Db } from 'mongodb';
import { ACTS } from '../../../schemas/topics.ts';
import type { OnboardingActivities, OutgoingAct } from '../../../workflows/onboarding/activities.contract.ts';
import { ACT_SOURCE, actIdentity } from '../../../workflows/onboarding/facts.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import { type OutgoingRecord, type Producer, send } from '../../runtime/kafka.ts';
import type { Logger } from '../../runtime/logger.ts';
import { completeClock } from '../adapters/clock.ts';
import { untoldAmong } from '../adapters/stuckRuns.ts';
import { readTenantData } from '../adapters/tenantData.ts';
import { correctionsBearingOn, routedCorrectionsOf } from '../readModel/corrections.ts';
import { factOfEvent } from '../readModel/factOfEvent.ts';

export type RecordActivities = Pick<
  OnboardingActivities,
  'recallFacts' | 'readClock' | 'readTenantData' | 'publishActs'
>;

/** The activities that read the events and add to them. */
export function createRecordActivities(db: Db, producer: Producer, logger: Logger): RecordActivities {
  return {
    recallFacts: async ({ workflowId, supplierUscc }) => {
      const events = await eventsOf(db)
        .find({ firm: supplierUscc, type: { $regex: /^onboarding\./ } })
        .toArray();
      const facts = events
        .flatMap((event) => factOfEvent(event) ?? [])
        .filter((read) => read.workflowId === workflowId)
        .map(({ fact }) => fact);
      // Those that the router has not read yet it will bring.
      const bearing = await correctionsBearingOn(
        routedCorrectionsOf(db),
        facts.map(({ id }) => id),
      );
      return [...facts, ...[...bearing.values()].flat()];
    },
    readClock: async (key) => {
      const isBehind = key !== undefined && (await untoldAmong(db, [key.workflowId])).size > 0;
      return isBehind ? null : ((await completeClock(db))?.toISOString() ?? null);
    },
    readTenantData: (request) => readTenantData(db, request),
    publishActs: async ({ supplierUscc, acts }) => {
      const stored = await eventsOf(db)
        .find({ _id: { $in: acts.map((act) => actIdentity(act.id)) } }, { projection: { _id: 1 } })
        .toArray();
      const known = new Set(stored.map((event) => event._id));
      const fresh = acts.filter((act) => !known.has(actIdentity(act.id)));
      await send(
        producer,
        ACTS,
        fresh.map((act) => toRecord(act, supplierUscc)),
      );
      for (const { id, type, correlationId } of fresh)
        logger.debug({ act: id, type, firm: supplierUscc, correlationId }, 'act published');
    },
  };
}

const toRecord = (act: OutgoingAct, supplierUscc: string): OutgoingRecord => ({
  key: supplierUscc,
  headers: { 'content-type': 'application/cloudevents+json' },
  value: JSON.stringify({
    specversion: '1.0',
    id: act.id,
    source: ACT_SOURCE,
    type: act.type,
    time: act.time,
    partitionkey: supplierUscc,
    datacontenttype: 'application/json',
    correlationid: act.correlationId,
    data: act.data,
  }),
});
