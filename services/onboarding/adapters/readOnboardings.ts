import type { Db, Filter } from 'mongodb';
import type {
  Funnel,
  FunnelDimension,
  FunnelGroup,
  SupplierOnboardings,
} from '../../../schemas/api/onboarding.ts';
import type { Remedy } from '../../../schemas/remedy.ts';
import { waitingOf } from '../../../schemas/waiting.ts';
import { partsOf } from '../../../workflows/onboarding/engaged.ts';
import { eventsOf, streamClockOf } from '../../runtime/eventStore.ts';
import { funnelOf } from '../domain/funnel.ts';
import {
  type Candidate,
  type Helpers,
  lighthousesToVisit,
  otherProviders,
  type PastHelp,
} from '../domain/helpers.ts';
import { offeredRemedies, REMEDY_TAKEN, remedyRecord, takenRemedies } from '../domain/remedies.ts';
import { type StallForecast, stallPrediction } from '../domain/stall.ts';
import { correctionsBearingOn, projectedCorrectionsOf } from '../readModel/corrections.ts';
import { documentOf, type OnboardingDocument, withoutTakenBack } from '../readModel/document.ts';
import { factOfEvent, type OnboardingFact } from '../readModel/factOfEvent.ts';
import { onboardingsOf } from '../readModel/projector.ts';
import { loadRemedies } from './remedyCatalogue.ts';
import { correctionsWithin, type OnboardingHorizon, standingEvents } from './standingEvents.ts';

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
  const corrections = await correctionsBearingOn(
    projectedCorrectionsOf(db),
    events.map((event) => event._id),
    { until: correctionsWithin(horizon) },
  );
  return [...byWorkflow]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, reads]) => {
      const [first] = reads;
      if (first === undefined) return [];
      return [
        documentOf(
          id,
          first.key,
          reads.flatMap(({ fact }) => [fact, ...(corrections.get(fact.id) ?? [])]),
          [],
        ),
      ];
    });
}

/** What all onboardings have shown so far: how long stages take, and how often a remedy worked. */
export interface Experience {
  readonly stallOf: StallForecast;
  readonly record: ReturnType<typeof remedyRecord>;
  readonly helpers: Helpers;
}

/** So few that whoever else waits for this process waits for milliseconds while all onboardings are gone through. */
const DOCUMENTS_A_BATCH = 250;

/** The experience of the onboardings as they stand; reads of each no more than that needs. */
export async function readExperience(db: Db): Promise<Experience> {
  const [all, helped, lighthouses] = await Promise.all([
    onboardingsOf(db)
      .find({}, { projection: { ...HELP_FIELDS, leaderUscc: 1, stages: 1 } })
      .batchSize(DOCUMENTS_A_BATCH)
      .toArray(),
    onboardingsOf(db)
      .find({ 'history.event': REMEDY_TAKEN }, { projection: { status: 1, steps: 1, history: 1 } })
      .batchSize(DOCUMENTS_A_BATCH)
      .toArray(),
    lighthousesOf(db, {}),
  ]);
  return {
    stallOf: stallPrediction(all),
    record: remedyRecord(helped),
    helpers: { past: all.map(pastHelpOf), lighthouses },
  };
}

const HELP_FIELDS = {
  _id: 0,
  supplierUscc: 1,
  supplierName: 1,
  industryCode: 1,
  baselineLevel: 1,
  providerUscc: 1,
  liveAt: 1,
  'facts.id': 1,
  'facts.data.providerUscc': 1,
  'facts.data.solution': 1,
  'history.id': 1,
  'history.isTakenBack': 1,
} as const;

const pastHelpOf = (document: OnboardingDocument): PastHelp => {
  const { supplierUscc, supplierName, industryCode, baselineLevel, providerUscc, liveAt } = document;
  const plan = withoutTakenBack(document).findLast(
    ({ data }) => data?.solution !== undefined && data.providerUscc === providerUscc,
  );
  const solution = plan?.data.solution ?? null;
  return {
    ...{ supplierUscc, supplierName, industryCode, baselineLevel, providerUscc, solution },
    isLive: liveAt !== null,
  };
};

/** Firms with a site that was designated a Lighthouse Factory, and whose designation stands. */
async function lighthousesOf(db: Db, horizon: OnboardingHorizon): Promise<ReadonlySet<string>> {
  const designations = await standingEvents(db, 'lighthouse.designated.v1', horizon);
  return new Set(designations.flatMap(({ firm }) => firm ?? []));
}

/**
 * One supplier's onboardings as `cli onboarding show` prints them.
 * @param experience what is known of the others, where it is at hand; only for a question about now
 */
export async function showOnboardings(
  db: Db,
  uscc: string,
  horizon: OnboardingHorizon,
  experience?: Experience,
): Promise<SupplierOnboardings> {
  const isNow = horizon.asOf === undefined && horizon.knownAt === undefined;
  const all = await readOnboardings(db, horizon, isNow ? uscc : undefined);
  const documents = all.filter((document) => document.supplierUscc === uscc);
  const asOf = await momentOf(db, horizon, all);
  const { stallOf, record, helpers } = isNow
    ? (experience ?? (await readExperience(db)))
    : {
        stallOf: stallPrediction(all),
        record: remedyRecord(all),
        helpers: { past: all.map(pastHelpOf), lighthouses: await lighthousesOf(db, horizon) },
      };
  const { remedies } = await loadRemedies();
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
        reviewer: waitingOf([step])[0]?.reviewer ?? null,
        attempts: [...step.attempts],
        evidence: [...step.evidence],
      })),
      outcomes: [...document.outcomes],
      stall: asOf === null ? [] : stallOf(document, asOf),
      remedies: offeredRemedies(document, remedies, record, candidatesAmong(helpers, document)),
      taken: takenRemedies(document),
      history: [...document.history],
      findings: [...document.findings],
    })),
  };
}

const candidatesAmong =
  (helpers: Helpers, document: OnboardingDocument) =>
  (kind: Remedy['kind']): Candidate[] => {
    const { supplierUscc, industryCode, baselineLevel } = document;
    const providers = [...partsOf(withoutTakenBack(document)).keys()];
    const helped = { supplierUscc, industryCode, baselineLevel, providers };
    if (kind === 'other-provider') return otherProviders(helped, helpers);
    return kind === 'lighthouse-visit' ? lighthousesToVisit(helped, helpers) : [];
  };

/** Until when what is open is watched: `asOf`, or else where the stream stands; null before anything is known. */
export async function momentOf(
  db: Db,
  { asOf }: OnboardingHorizon,
  documents: readonly OnboardingDocument[],
): Promise<Date | null> {
  if (asOf !== undefined) return asOf;
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  const latest = documents
    .flatMap((document) => document.facts.at(-1)?.time ?? [])
    .sort()
    .at(-1);
  return clock?.at ?? (latest === undefined ? null : new Date(latest));
}

const KEY_OF: Readonly<Record<FunnelDimension, (document: OnboardingDocument) => string | null>> = {
  city: ({ cityCode }) => cityCode,
  chain: ({ leaderUscc }) => leaderUscc,
  industry: ({ industryCode }) => industryCode,
  provider: ({ providerUscc }) => providerUscc,
};

const NO_FUNNEL: Funnel = { asOf: null, stages: [], failures: [], countedBy: 'onboarding' };

/** How funnels at an instant are counted; @param all those by whose course a stall is foreseen */
function funnelsAt(
  asOf: Date,
  all: readonly OnboardingDocument[],
): (some: readonly OnboardingDocument[]) => Funnel {
  const stallOf = stallPrediction(all);
  const predicted = new Map(
    all.map((document) => [document._id, new Set(stallOf(document, asOf).map((reason) => reason.stage))]),
  );
  return (some) => funnelOf(some, asOf, ({ _id }, stage) => predicted.get(_id)?.has(stage) ?? false);
}

/** The funnel of all onboardings, and with `by` of each city, chain, industry or provider beside it. */
export async function readFunnel(db: Db, horizon: OnboardingHorizon, by?: FunnelDimension): Promise<Funnel> {
  const documents = await readOnboardings(db, horizon);
  const asOf = await momentOf(db, horizon, documents);
  if (asOf === null) return NO_FUNNEL;
  const of = funnelsAt(asOf, documents);
  if (by === undefined) return of(documents);
  return { ...of(documents), groups: groupsOf(documents, by, of) };
}

function groupsOf(
  documents: readonly OnboardingDocument[],
  by: FunnelDimension,
  of: (some: readonly OnboardingDocument[]) => Funnel,
): FunnelGroup[] {
  const keys = [...new Set(documents.map((document) => KEY_OF[by](document) ?? ''))].sort();
  return keys.map((key) => {
    const own = documents.filter((document) => (KEY_OF[by](document) ?? '') === key);
    const { stages, failures } = of(own);
    const firms = new Set(own.map(({ supplierUscc }) => supplierUscc)).size;
    return { key, onboardings: own.length, firms, stages, failures };
  });
}

/** The funnel of those onboardings that pass a filter, and of each group of them, at the watermark; leaves out of each what no funnel needs. */
export async function readFunnelOf(
  db: Db,
  filter: Filter<OnboardingDocument>,
  by?: FunnelDimension,
): Promise<Funnel> {
  const documents = await onboardingsOf(db)
    .find(filter, { projection: { facts: 0 } })
    .sort({ _id: 1 })
    .toArray();
  const asOf = (await streamClockOf(db).findOne({ _id: 'watermark' }))?.at ?? null;
  if (asOf === null) return NO_FUNNEL;
  const of = funnelsAt(asOf, documents);
  return { ...of(documents), ...(by === undefined ? {} : { groups: groupsOf(documents, by, of) }) };
}
