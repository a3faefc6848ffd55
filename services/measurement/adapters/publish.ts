import type { ClientSession, Db } from 'mongodb';
import type { z } from 'zod';
import { identityOf, MAX_PAYLOAD_BYTES } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import {
  type ChainPositions,
  figuresPublished,
  MAX_PUBLISHED_FIGURES,
} from '../../../schemas/events/measurement.ts';
import { eventsOf, partitionKeyOf, partitionsOf } from '../../runtime/eventStore.ts';
import { hasReached } from '../../runtime/eventTail.ts';
import { readCursor } from '../../runtime/projector.ts';
import { type ActRecord, recordAct } from '../../runtime/recordAct.ts';
import { SCOPE_LEVELS, type ScopeLevel } from '../domain/groups.ts';
import type { Publication } from '../domain/publication.ts';
import { endOfPeriod, figuresOfLevels, figuresSha256, signedText } from '../domain/publications.ts';
import { foldModels, READ_MODELS } from '../domain/readModels.ts';
import { type ActDeps, MEASUREMENT_SOURCE } from './caseActs.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { figuresOfMonth, loadWorldOfMonths } from './monthFigures.ts';
import { measurementProjector } from './projector.ts';
import { isSignedBy, keyIdOf, type Signer } from './signing.ts';
import { modelOf } from './store.ts';
import { businessNow } from './worldStore.ts';

/**
 * Freezes the figures of a month: computes, hashes, signs, and records them as an event.
 * @param command.levels of the groups whose figures are published; all where absent
 * @throws ChainlightError BAD_INPUT for a month that is not over, that was published before, or while events are being read;
 *   PUBLICATION_TOO_LARGE
 */
export async function publishFigures(
  deps: ActDeps & { readonly signer: Signer },
  command: { readonly period: string; readonly actor: Actor; readonly levels?: readonly ScopeLevel[] },
): Promise<ActRecord & { figures: number; figuresSha256: string; keyId: string }> {
  const { db, signer } = deps;
  const { period, actor, levels = SCOPE_LEVELS } = command;
  const id = `figures/${period}`;
  if ((await eventsOf(db).findOne({ _id: identityOf(MEASUREMENT_SOURCE, id) })) !== null)
    throw new ChainlightError(
      'BAD_INPUT',
      `${period} has been published; what changed since is listed by \`figures restatements\``,
    );
  if ((await businessNow(db)) < endOfPeriod(period))
    throw new ChainlightError('BAD_INPUT', `${period} is not over yet in the time of the events`);
  const knownAt = deps.now().toISOString();
  const { figures: all, positions } = await figuresAndPositions(db, period);
  const figures = figuresOfLevels(all, levels);
  const data = signedPublication(signer, { period, knownAt, positions, figures, actor });
  const act = { source: MEASUREMENT_SOURCE, id, type: figuresPublished.type, time: knownAt };
  const record = await recordAct(deps, { ...act, partitionkey: period, data });
  return { ...record, figures: figures.length, figuresSha256: data.figuresSha256, keyId: signer.keyId };
}

type PublicationData = z.infer<typeof figuresPublished.data>;
/** What the envelope of an event takes of a record, generously. */
const ENVELOPE_BYTES = 1024;

/**
 * The figures with their hash and its signature, as one event states them.
 * @throws ChainlightError PUBLICATION_TOO_LARGE where the event would be refused
 */
export function signedPublication(
  signer: Signer,
  content: Pick<PublicationData, 'period' | 'knownAt' | 'positions' | 'figures' | 'actor'>,
): PublicationData {
  const { period, figures } = content;
  const sha256 = figuresSha256(figures);
  const data = {
    ...content,
    figuresSha256: sha256,
    signature: {
      algorithm: 'Ed25519' as const,
      keyId: signer.keyId,
      publicKeyPem: signer.publicKeyPem,
      value: signer.sign(signedText(period, sha256)),
    },
  };
  const bytes = Buffer.byteLength(JSON.stringify(data)) + ENVELOPE_BYTES;
  if (figures.length > MAX_PUBLISHED_FIGURES || bytes > MAX_PAYLOAD_BYTES)
    throw new ChainlightError(
      'PUBLICATION_TOO_LARGE',
      `${period} has ${figures.length} figures in ${bytes} bytes; one publication holds ${MAX_PUBLISHED_FIGURES} in ${MAX_PAYLOAD_BYTES}. Nothing was published; name the levels to publish with --levels`,
    );
  return figuresPublished.data.parse(data);
}

/** Read in one snapshot: what the figures are made of is what stands in the chains up to the positions, whatever is stored meanwhile. */
const figuresAndPositions = (db: Db, period: string) =>
  db.client.withSession({ snapshot: true }, async (session) => {
    const positions = await positionsRead(db, session);
    const world = await loadWorldOfMonths(db, {}, session);
    return { positions, figures: await figuresOfMonth(db, world, period, {}, session) };
  });

/** @throws ChainlightError BAD_INPUT where the figures are not made of all that is stored yet */
async function positionsRead(db: Db, session: ClientSession): Promise<ChainPositions> {
  const heads = await partitionsOf(db).find({}, { session }).toArray();
  const ends = heads.map(
    ({ topic, partition, seq, head }) =>
      [partitionKeyOf(topic, partition), { seq, chainHash: head }] as const,
  );
  const goal = Object.fromEntries(ends.map(([key, { seq }]) => [key, seq]));
  if (!hasReached(await readCursor(db, measurementProjector.name, session), goal))
    throw new ChainlightError('BAD_INPUT', 'events are still being measured; publish when that is done');
  return Object.fromEntries(ends);
}

const shown = ({ _id, timeMs, figures, signature, figuresSha256: sha256, knownAt, by }: Publication) => ({
  period: _id,
  publishedAt: new Date(timeMs).toISOString(),
  knownAt,
  by,
  figures: figures.length,
  figuresSha256: sha256,
  keyId: signature.keyId,
});

/** What had been published by then, all months or one; in the order of the months. */
export async function publicationsBy(db: Db, horizon: Horizon, period?: string): Promise<Publication[]> {
  if (horizon.asOf === undefined && horizon.knownAt === undefined) {
    const filter = period === undefined ? {} : { _id: period };
    return modelOf(db, 'publications').find(filter).sort({ _id: 1 }).toArray();
  }
  const facts = await standingFacts(db, { types: READ_MODELS.publications.types }, horizon);
  return [...foldModels(facts).publications.values()]
    .filter(({ _id }) => period === undefined || _id === period)
    .sort((a, b) => (a._id < b._id ? -1 : 1));
}

export async function listPublications(db: Db, horizon: Horizon = {}) {
  return { publications: (await publicationsBy(db, horizon)).map(shown) };
}

/** @throws ChainlightError NOT_FOUND for a month that had not been published by then */
export async function showPublication(db: Db, period: string, horizon: Horizon = {}) {
  const [found] = await publicationsBy(db, horizon, period);
  if (found === undefined) throw notPublished(period, horizon);
  const { signature, positions, figures } = found;
  return { ...shown(found), signature, ...(positions === undefined ? {} : { positions }), values: figures };
}

export const notPublished = (period: string, { asOf, knownAt }: Horizon): ChainlightError =>
  new ChainlightError(
    'NOT_FOUND',
    asOf === undefined && knownAt === undefined
      ? `${period} was never published`
      : `${period} had not been published by then`,
  );

/**
 * Recomputes hash and signature of what was published.
 * @throws ChainlightError NOT_FOUND for one month that had not been published by then
 */
export async function verifyPublications(
  db: Db,
  /** `trusted`: public key that must have signed; any where absent */
  { period, trusted }: { readonly period?: string | undefined; readonly trusted?: string | undefined } = {},
  horizon: Horizon = {},
) {
  const all = await publicationsBy(db, horizon, period);
  if (period !== undefined && all.length === 0) throw notPublished(period, horizon);
  const results = all.map((publication) => {
    const { _id, figures, figuresSha256: sha256, signature } = publication;
    const problems = [
      ...(figuresSha256(figures) === sha256 ? [] : ['the figures do not have the hash that was signed']),
      ...(isSignedBy(signature.publicKeyPem, signedText(_id, sha256), signature.value)
        ? []
        : ['the signature does not fit']),
      ...(keyIdOf(signature.publicKeyPem) === signature.keyId ? [] : ['the key’s id does not fit the key']),
      ...(trusted === undefined || keyIdOf(trusted) === signature.keyId ? [] : ['signed by another key']),
    ];
    return { period: _id, ok: problems.length === 0, keyId: signature.keyId, problems };
  });
  return { ok: results.every(({ ok }) => ok), publications: results };
}
