import type { Db } from 'mongodb';
import type { Funnel, SupplierOnboardings } from '../../../schemas/api/onboarding.ts';
import { eventsOf, streamClockOf } from '../../runtime/eventStore.ts';
import { funnelOf } from '../domain/funnel.ts';
import { documentOf, type OnboardingDocument } from '../readModel/document.ts';
import { factOfEvent, type OnboardingFact } from '../readModel/factOfEvent.ts';
import { onboardingsOf } from '../readModel/projector.ts';

/** What a question may look at: business time and recording time, both included; everything where they are absent. */
export interface OnboardingHorizon {
  readonly asOf?: Date;
  readonly knownAt?: Date;
}

/** Onboardings, of one supplier or of all: the read model, or for an earlier moment the events of then. */
export async function readOnboardings(
  db: Db,
  horizon: OnboardingHorizon,
  supplierUscc?: string,
): Promise<OnboardingDocument[]> {
  const { asOf, knownAt } = horizon;
  if (asOf === undefined && knownAt === undefined) {
    const filter = supplierUscc === undefined ? {} : { supplierUscc: { $eq: supplierUscc } };
    return onboardingsOf(db).find(filter).sort({ _id: 1 }).toArray();
  }
  const events = await eventsOf(db)
    .find({
      type: { $regex: /^onboarding\./ },
      ...(supplierUscc === undefined ? {} : { firm: supplierUscc }),
      ...(asOf === undefined ? {} : { time: { $lte: asOf } }),
      ...(knownAt === undefined ? {} : { recordedAt: { $lte: knownAt } }),
    })
    .toArray();
  const byWorkflow = new Map<string, OnboardingFact[]>();
  for (const read of events.flatMap((event) => factOfEvent(event) ?? []))
    byWorkflow.set(read.workflowId, [...(byWorkflow.get(read.workflowId) ?? []), read]);
  return [...byWorkflow]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, reads]) => {
      const [first] = reads;
      if (first === undefined) return [];
      return [
        documentOf(
          id,
          first.key,
          reads.map((read) => read.fact),
          [],
        ),
      ];
    });
}

/** One supplier's onboardings as `cli onboarding show` prints them. */
export async function showOnboardings(
  db: Db,
  uscc: string,
  horizon: OnboardingHorizon,
): Promise<SupplierOnboardings> {
  const documents = await readOnboardings(db, horizon, uscc);
  return {
    uscc,
    onboardings: documents.map((document) => ({
      workflowId: document._id,
      programme: document.programme,
      programmeVersion: document.programmeVersion,
      platform: document.platform,
      status: document.status,
      followUp: document.followUp,
      stage: document.stage,
      failureReason: document.failureReason,
      nominatedAt: document.nominatedAt?.toISOString() ?? null,
      closedAt: document.closedAt?.toISOString() ?? null,
      nextDueAt: document.nextDueAt?.toISOString() ?? null,
      steps: document.steps.map((step) => ({
        ...step,
        attempts: [...step.attempts],
        evidence: [...step.evidence],
      })),
      outcomes: [...document.outcomes],
      history: [...document.history],
      findings: [...document.findings],
    })),
  };
}

/** The funnel of all onboardings; what is open is watched until `asOf`, or else until where the stream stands. */
export async function readFunnel(db: Db, horizon: OnboardingHorizon): Promise<Funnel> {
  const documents = await readOnboardings(db, horizon);
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  const latest = documents
    .flatMap((document) => document.facts.at(-1)?.time ?? [])
    .sort()
    .at(-1);
  const asOf = horizon.asOf ?? clock?.at ?? (latest === undefined ? null : new Date(latest));
  if (asOf === null) return { asOf: null, stages: [], failures: [], countedBy: 'onboarding' };
  return funnelOf(documents, asOf);
}
