import type { ClientSession, Db, Document } from 'mongodb';
import stableStringify from 'safe-stable-stringify';

/** Documents of two collections under the same id; null where one of them has none. */
export interface Pair {
  readonly id: string;
  readonly left: Document | null;
  readonly right: Document | null;
}

/** Goes through two collections of one name side by side, by id, holding one document of each at a time. */
export async function* pairsOf(
  left: { readonly db: Db; readonly session?: ClientSession },
  right: { readonly db: Db },
  name: string,
): AsyncGenerator<Pair> {
  const ours = left.db.collection(name).find({}, { session: left.session }).sort({ _id: 1 });
  const theirs = right.db.collection(name).find().sort({ _id: 1 });
  try {
    let [one, other] = [await ours.next(), await theirs.next()];
    while (one !== null || other !== null) {
      const order = one === null ? 1 : other === null ? -1 : compareIds(one, other);
      const left = order <= 0 ? one : null;
      const right = order >= 0 ? other : null;
      yield { id: idOf(left ?? right ?? {}), left, right };
      if (left !== null) one = await ours.next();
      if (right !== null) other = await theirs.next();
    }
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
}

/** Whether two documents hold the same, whatever the order of their keys. */
export const isSame = (left: unknown, right: unknown): boolean =>
  stableStringify(left) === stableStringify(right);

const idOf = (document: Document): string =>
  typeof document._id === 'string' ? document._id : (stableStringify(document._id) ?? '');
const compareIds = (left: Document, right: Document): number =>
  idOf(left) < idOf(right) ? -1 : idOf(left) > idOf(right) ? 1 : 0;
