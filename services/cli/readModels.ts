import { randomBytes } from 'node:crypto';
import type { Db, Document } from 'mongodb';
import stableStringify from 'safe-stable-stringify';
import { INGEST_PROJECTORS } from '../ingest/index.ts';
import { measurementProjector } from '../measurement/index.ts';
import { onboardingProjector } from '../onboarding/index.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { type Projector, projectOnce, readCursor } from '../runtime/projector.ts';

/** Every read model of the product; each is a function of the events alone. */
export const PROJECTORS: readonly Projector[] = [
  ...INGEST_PROJECTORS,
  measurementProjector,
  onboardingProjector,
];

export interface Difference {
  readonly collection: string;
  readonly id: string;
  readonly detail: string;
}

const MAX_DIFFERENCES = 50;
const ATTEMPTS = 20;

/**
 * Rebuilds every read model from the events into an empty database of the same server and compares all documents exactly.
 * A model that moved on meanwhile is compared again.
 */
export async function compareWithRebuild(
  mongo: Mongo,
  progress: (line: string) => void,
): Promise<{ equal: boolean; differences: Difference[] }> {
  const rebuilt: Mongo = { ...mongo, db: mongo.client.db(`rebuild_${randomBytes(6).toString('hex')}`) };
  try {
    const differences: Difference[] = [];
    for (const projector of PROJECTORS) {
      progress(`verify: rebuilding ${projector.name} …`);
      await projector.ensureIndexes(rebuilt.db);
      differences.push(...(await compareOne(mongo, rebuilt, projector)));
    }
    return { equal: differences.length === 0, differences: differences.slice(0, MAX_DIFFERENCES) };
  } finally {
    await rebuilt.db.dropDatabase();
  }
}

async function compareOne(live: Mongo, rebuilt: Mongo, projector: Projector): Promise<Difference[]> {
  let differences: Difference[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await readCursor(live.db, projector.name);
    while (await projectOnce(rebuilt, projector, live.db)) {
      // Each call brings the rebuild forward by one batch.
    }
    const after = await readCursor(rebuilt.db, projector.name);
    differences = [];
    for (const collection of projector.collections) {
      differences.push(...(await compareCollection(live.db, rebuilt.db, collection)));
    }
    const still = await readCursor(live.db, projector.name);
    const isSettled = stableStringify(before) === stableStringify(still);
    // What moves with ingest itself keeps no cursor of its own.
    const isLevel =
      INGEST_PROJECTORS.includes(projector) || stableStringify(still) === stableStringify(after);
    if (differences.length === 0 || (isSettled && isLevel)) return differences;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return differences;
}

async function compareCollection(live: Db, rebuilt: Db, name: string): Promise<Difference[]> {
  const differences: Difference[] = [];
  const ours = sorted(live, name);
  const theirs = sorted(rebuilt, name);
  let [left, right] = [await ours.next(), await theirs.next()];
  while (left !== null || right !== null) {
    const order = left === null ? 1 : right === null ? -1 : compareIds(left, right);
    if (order < 0 && left !== null) {
      differences.push({
        collection: name,
        id: idOf(left),
        detail: 'stands in the read model, but the events do not give it',
      });
      left = await ours.next();
    } else if (order > 0 && right !== null) {
      differences.push({
        collection: name,
        id: idOf(right),
        detail: 'is given by the events, but missing from the read model',
      });
      right = await theirs.next();
    } else if (left !== null && right !== null) {
      const field = firstDifference(left, right);
      if (field !== null)
        differences.push({
          collection: name,
          id: idOf(left),
          detail: `field ${field} differs from the rebuild`,
        });
      [left, right] = [await ours.next(), await theirs.next()];
    }
    if (differences.length >= MAX_DIFFERENCES) break;
  }
  return differences;
}

const sorted = (db: Db, name: string) => db.collection(name).find().sort({ _id: 1 });
const idOf = (document: Document): string =>
  typeof document._id === 'string' ? document._id : (stableStringify(document._id) ?? '');
const compareIds = (left: Document, right: Document): number =>
  idOf(left) < idOf(right) ? -1 : idOf(left) > idOf(right) ? 1 : 0;

function firstDifference(left: Document, right: Document): string | null {
  for (const field of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
    if (stableStringify(left[field]) !== stableStringify(right[field])) return field;
  }
  return null;
}
