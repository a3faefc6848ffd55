import type { Filter } from 'mongodb';
import { FirmKpis } from '../../../schemas/api/kpi.ts';
import type {
  Comparison,
  DataConnection,
  SupplierDetail,
  SupplierFigures,
} from '../../../schemas/api/supplier.ts';
import { identityOf } from '../../../schemas/envelope.ts';
import { ChainlightError, ERRORS, type ErrorCode } from '../../../schemas/errors.ts';
import { CONSENT_SCOPES, type ConsentScope } from '../../../schemas/events/consent.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { readImprovements, readKpis } from '../../measurement/index.ts';
import { onboardingsOf, readExperience, showOnboardings } from '../../onboarding/index.ts';
import { type DeadLetter, deadLettersOf } from '../../runtime/deadLetterStore.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { consentsOf } from '../adapters/consentProjector.ts';
import { grantedScopes, isDelegated } from '../domain/consents.ts';
import { disclose, discloseOutcome, medianOfOthers } from '../domain/disclosure.ts';
import { mayActFor } from '../domain/principal.ts';
import { isOwnFirm, onboardingsOf as visibleTo } from '../domain/visibility.ts';
import { readChainChanges } from './chainChanges.ts';
import { besideOutcome, shownDisplacement } from './chainGains.ts';
import type { ReadContext } from './context.ts';
import { readProgrammeLevels } from './levels.ts';

const SHOWN_REFUSALS = 20;

type Outcome = SupplierDetail['onboardings'][number]['outcomes'][number];

/**
 * Whether the reader may see anything of a firm: one of its onboardings, or the firm is its own or lets it act for it.
 * @throws ChainlightError NOT_FOUND: a firm of somebody else is not told apart from none
 */
export async function requireFirm({ db, principal }: ReadContext, uscc: string): Promise<void> {
  if (isOwnFirm(principal.tenancy, uscc) || mayActFor(principal, uscc)) return;
  const filter = { $and: [{ supplierUscc: { $eq: uscc } }, visibleTo(principal.tenancy)] };
  const found = await onboardingsOf(db).findOne(filter as object, { projection: { _id: 1 } });
  if (found !== null) return;
  if (
    principal.tenancy.role === 'operator' &&
    (await eventsOf(db).findOne({ firm: uscc }, { projection: { _id: 1 } }))
  )
    return;
  throw new ChainlightError('NOT_FOUND', `there is no firm ${uscc} among those that you may see`, { uscc });
}

/** One firm with those of its onboardings that the reader may see. */
export async function readSupplier(context: ReadContext, uscc: string): Promise<SupplierDetail> {
  const { db, cache, principal, today } = context;
  await requireFirm(context, uscc);
  const visible = await onboardingsOf(db)
    .find({ $and: [{ supplierUscc: { $eq: uscc } }, visibleTo(principal.tenancy)] } as object)
    .project<{ _id: string; supplierName: string | null; leaderUscc: string | null }>({
      supplierName: 1,
      leaderUscc: 1,
    })
    .toArray();
  const ids = new Set(visible.map(({ _id }) => _id));
  const leaderCodes = [...new Set(visible.flatMap(({ leaderUscc }) => leaderUscc ?? []))];
  const [scopes, shown, leaders, consents] = await Promise.all([
    scopesFor(context, uscc),
    cache
      .get(['experience'], () => readExperience(db))
      .then((experience) => showOnboardings(db, uscc, {}, experience)),
    db
      .collection<{ _id: string; name: string }>('leaders')
      .find({ _id: { $in: leaderCodes } })
      .toArray(),
    consentsOf(db)
      .find({ supplierUscc: { $eq: uscc }, kind: 'delegation' })
      .toArray(),
  ]);
  const outcomeShown = async ({ displacement, ...outcome }: Outcome): Promise<Outcome> => ({
    ...discloseOutcome(outcome, scopes),
    ...(displacement === undefined ? {} : { displacement: await besideOutcome(context, displacement) }),
  });
  const onboardings = shown.onboardings.filter(({ workflowId }) => ids.has(workflowId));
  return {
    ...shown,
    onboardings: await Promise.all(
      onboardings.map(async (onboarding) => ({
        ...onboarding,
        outcomes: await Promise.all(onboarding.outcomes.map(outcomeShown)),
      })),
    ),
    levels: await readProgrammeLevels(context, uscc, onboardings),
    name: visible.find(({ supplierName }) => supplierName !== null)?.supplierName ?? null,
    leaders: leaderCodes.map((code) => ({
      uscc: code,
      name: leaders.find(({ _id }) => _id === code)?.name ?? null,
    })),
    delegates: consents.filter((one) => isDelegated(one, today)).map(({ granteeUscc }) => granteeUscc),
    displacement: await shownDisplacement(context, leaderCodes),
  };
}

/** The scopes of absolute figures that the reader may see of a firm. */
export async function scopesFor(
  { db, principal }: ReadContext,
  uscc: string,
): Promise<readonly ConsentScope[]> {
  const { tenancy } = principal;
  switch (tenancy.role) {
    case 'operator':
    case 'bureau':
    case 'financial-auditor':
      return CONSENT_SCOPES;
    case 'supplier':
      return isOwnFirm(tenancy, uscc) ? CONSENT_SCOPES : [];
    case 'leader': {
      if (isOwnFirm(tenancy, uscc)) return CONSENT_SCOPES;
      const ids = tenancy.firms.map((leader) => `consent/${uscc}/${leader}`);
      const consents = await consentsOf(db)
        .find({ _id: { $in: ids } })
        .toArray();
      return CONSENT_SCOPES.filter((scope) => consents.some((one) => grantedScopes(one).includes(scope)));
    }
    case 'provider':
    case 'rater':
    case 'platform':
    case 'replayer':
      return [];
    default: {
      const unknown: never = tenancy;
      return unknown;
    }
  }
}

async function displacementOfFirm(context: ReadContext, uscc: string) {
  const leaders = await onboardingsOf(context.db).distinct('leaderUscc', { supplierUscc: { $eq: uscc } });
  return shownDisplacement(
    context,
    leaders.flatMap((leader) => leader ?? []),
  );
}

export async function readFigures(context: ReadContext, uscc: string): Promise<SupplierFigures> {
  await requireFirm(context, uscc);
  const [kpis, scopes] = await Promise.all([
    context.cache.get(['figures', uscc], async () => FirmKpis.parse(await readKpis(context.db, uscc))),
    scopesFor(context, uscc),
  ]);
  const displacement = await displacementOfFirm(context, uscc);
  return { ...disclose(kpis, scopes), displacement, scopes: [...scopes] };
}

/**
 * The firm's change beside the median of its chain, of the chains that the reader may know of the newest; the other firms are never named,
 * and never fewer than five.
 */
export async function compareWithChain(context: ReadContext, uscc: string): Promise<Comparison> {
  const { db, cache, principal } = context;
  await requireFirm(context, uscc);
  const visible = visibleTo(principal.tenancy);
  const own = await onboardingsOf(db).findOne(
    { $and: [{ supplierUscc: { $eq: uscc }, leaderUscc: { $ne: null } }, visible] } as object,
    { projection: { leaderUscc: 1 }, sort: { nominatedAt: -1 } },
  );
  const leader = own?.leaderUscc ?? null;
  const { suppliers, improvements } =
    leader === null
      ? {
          suppliers: [uscc],
          improvements: await cache.get(['alone', uscc], () => readImprovements(db, [uscc])),
        }
      : await readChainChanges(context, leader);
  const seen: string[] = await onboardingsOf(db).distinct('supplierUscc', {
    $and: [{ supplierUscc: { $in: suppliers } }, visible],
  } as object);
  const known = new Set(seen);
  return {
    uscc,
    leaderUscc: leader,
    figures: improvements.map(({ kpi, unit, direction, changes }) => {
      const compared =
        leader === null
          ? { median: null, firms: 0, reason: 'NO_CHAIN' as const }
          : medianOfOthers(changes, uscc, known);
      return { kpi, unit, direction, own: changes.get(uscc) ?? null, ...compared };
    }),
    displacement: await shownDisplacement(context, leader === null ? [] : [leader]),
  };
}

/** What arrives about a firm from its own systems and its platform, and what of it was refused. */
export async function readDataConnection(context: ReadContext, uscc: string): Promise<DataConnection> {
  const { db } = context;
  await requireFirm(context, uscc);
  const [received, refused] = await Promise.all([readReceived(db, uscc), readRefusals(context, uscc)]);
  return { uscc, received, refused };
}

/** Types that a firm's own systems or its platform may state. */
const REPORTED_TYPES = [...EVENT_TYPES.values()]
  .filter(({ statedBy }) => statedBy.includes('supplier') || statedBy.includes('platform'))
  .map(({ type }) => type);

/** What has come from a firm's own systems and its platform, by source and type. @param asOf business time, included */
export async function readReceived(db: Db, uscc: string, asOf?: Date): Promise<DataConnection['received']> {
  const received = await eventsOf(db)
    .aggregate<{
      _id: { source: string; type: string };
      lastTime: Date;
      lastRecordedAt: Date;
      events: number;
    }>([
      {
        $match: {
          // With the types the index leads to the firm; without them every event would be looked at.
          type: { $in: REPORTED_TYPES },
          firm: uscc,
          sourceClass: { $in: ['supplier', 'platform'] },
          ...(asOf === undefined ? {} : { time: { $lte: asOf } }),
        },
      },
      {
        $group: {
          _id: { source: { $first: { $split: ['$_id', ' '] } }, type: '$type' },
          lastTime: { $max: '$time' },
          lastRecordedAt: { $max: '$recordedAt' },
          events: { $sum: 1 },
        },
      },
      { $sort: { lastRecordedAt: -1, '_id.source': 1, '_id.type': 1 } },
      { $limit: 200 },
    ])
    .toArray();
  return received.map(({ _id, lastTime, lastRecordedAt, events }) => ({
    ..._id,
    lastTime: lastTime.toISOString(),
    lastRecordedAt: lastRecordedAt.toISOString(),
    events,
  }));
}

/** Refused records, over all that match, whose identity no event was taken under; one that could not be read has none. */
async function countUnmended(db: Db, letters: Filter<DeadLetter>): Promise<number> {
  const [counted] = await deadLettersOf(db)
    .aggregate<{ open: number }>([
      { $match: letters },
      { $group: { _id: { $concat: ['$source', ' ', '$eventId'] }, letters: { $sum: 1 } } },
      {
        $lookup: {
          from: eventsOf(db).collectionName,
          localField: '_id',
          foreignField: '_id',
          pipeline: [{ $project: { _id: 1 } }],
          as: 'taken',
        },
      },
      { $match: { taken: [] } },
      { $group: { _id: null, open: { $sum: '$letters' } } },
    ])
    .toArray();
  return counted?.open ?? 0;
}

async function readRefusals({ db }: ReadContext, uscc: string): Promise<DataConnection['refused']> {
  // Two anchored patterns: the firm's own systems, and its tenant on any platform.
  const ofFirm = {
    $or: [
      { source: { $regex: `^/supplier/${uscc}/` } },
      { source: { $regex: `^/platform/[^/]+/tenant/${uscc}$` } },
    ],
  };
  const [groups, open, newest] = await Promise.all([
    deadLettersOf(db)
      .aggregate<{ _id: string; count: number }>([
        { $match: ofFirm },
        { $group: { _id: '$reason', count: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ])
      .toArray(),
    countUnmended(db, ofFirm),
    deadLettersOf(db)
      .find(ofFirm, { projection: { original: 0, frame: 0 } })
      .sort({ receivedAt: -1, _id: 1 })
      .limit(SHOWN_REFUSALS)
      .toArray(),
  ]);
  const identities = newest.flatMap(({ source, eventId }) =>
    source === null || eventId === null ? [] : [identityOf(source, eventId)],
  );
  const taken = await eventsOf(db)
    .find({ _id: { $in: identities } }, { projection: { _id: 1 } })
    .toArray();
  const mended = new Set(taken.map(({ _id }) => _id));
  const isMended = ({ source, eventId }: { source: string | null; eventId: string | null }): boolean =>
    source !== null && eventId !== null && mended.has(identityOf(source, eventId));
  return {
    open,
    total: groups.reduce((sum, { count }) => sum + count, 0),
    byReason: Object.fromEntries(groups.map(({ _id, count }) => [_id, count])),
    items: newest.map(({ _id, source, eventId, type, reason, explanation, explanationZh, receivedAt }) => ({
      ...{ id: _id, source, eventId, type, reason, explanation },
      ...(explanationZh === undefined ? {} : { explanationZh }),
      remedy: ERRORS[reason as ErrorCode]?.remedy ?? '',
      receivedAt: receivedAt.toISOString(),
      mended: isMended({ source, eventId }),
    })),
  };
}
