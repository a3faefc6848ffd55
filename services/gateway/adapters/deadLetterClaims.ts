import type { Db } from 'mongodb';
import type { DeadLetter } from '../../runtime/deadLetterStore.ts';

/**
 * Who is about to act on a dead letter: taken before anything is sent, never deleted. Time and actor of the act are those
 * of the claim, so that whoever finishes what another began states the same event.
 */
export interface Claim {
  /** Id of the letter. */
  readonly _id: string;
  readonly kind: 'redrive' | 'discard';
  readonly actor: string;
  /** Why it is discarded. */
  readonly why: string | null;
  readonly at: Date;
  /** End of the letter's partition before it was redriven: a redriven record stands at or after it. */
  readonly endBefore: number;
  /** Who works on it, and until when nobody else may. */
  readonly holder: string;
  readonly heldUntil: Date;
  /** Whether the act has been stated: it closes the letter once it is stored, and nobody needs to go on with it. */
  readonly isDone?: boolean;
}

export const LEASE_MS = 5 * 60_000;
const DUPLICATE_KEY = 11_000;

const claimsOf = (db: Db) => db.collection<Claim>('dead_letter_claims');

export type ClaimOutcome =
  | {
      readonly kind: 'taken';
      readonly claim: Claim /** Whether another began before. */;
      readonly resumed: boolean;
    }
  | { readonly kind: 'refused'; readonly because: string };

/** Claims a letter for an act; of several who try at once one gets it. */
export async function takeClaim(
  db: Db,
  letter: Pick<DeadLetter, '_id'>,
  wanted: Omit<Claim, '_id' | 'heldUntil'>,
  now: Date,
): Promise<ClaimOutcome> {
  const heldUntil = new Date(now.getTime() + LEASE_MS);
  const claim = { _id: letter._id, ...wanted, heldUntil };
  try {
    await claimsOf(db).insertOne(claim);
    return { kind: 'taken', claim, resumed: false };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY)) throw error;
  }
  const before = await claimsOf(db).findOne({ _id: letter._id });
  if (before !== null && before.kind !== wanted.kind)
    return {
      kind: 'refused',
      because: `${before.actor} began to ${before.kind} it at ${before.at.toISOString()}`,
    };
  if (before?.isDone)
    return {
      kind: 'refused',
      because: `${before.actor} has acted on it (${before.kind}) at ${before.at.toISOString()}`,
    };
  const resumed = await claimsOf(db).findOneAndUpdate(
    { _id: letter._id, heldUntil: { $lte: now } },
    { $set: { holder: wanted.holder, heldUntil } },
    { returnDocument: 'after' },
  );
  return resumed === null
    ? {
        kind: 'refused',
        because: `somebody else is at it; if they were interrupted, try after ${before?.heldUntil.toISOString()}`,
      }
    : { kind: 'taken', claim: resumed, resumed: true };
}

/** Nobody may act on the letter any more. */
export async function finishClaim(db: Db, claim: Claim): Promise<void> {
  await claimsOf(db).updateOne({ _id: claim._id, holder: claim.holder }, { $set: { isDone: true } });
}

/** Lets others go on with what could not be finished. */
export async function releaseClaim(db: Db, claim: Claim, now: Date): Promise<void> {
  await claimsOf(db).updateOne({ _id: claim._id, holder: claim.holder }, { $set: { heldUntil: now } });
}
