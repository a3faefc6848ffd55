import type { Db, Document } from 'mongodb';
import stableStringify from 'safe-stable-stringify';
import { consentProjector } from '../gateway/index.ts';
import { INGEST_PROJECTORS } from '../ingest/index.ts';
import { measurementProjector } from '../measurement/index.ts';
import { onboardingProjector } from '../onboarding/index.ts';
import { isSame, pairsOf } from '../runtime/compareCollections.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { type Projector, projectOnce, readCursor } from '../runtime/projector.ts';
import { inScratch } from '../runtime/scratch.ts';

/** Every read model of the product; each is a function of the events alone. */
export const PROJECTORS: readonly Projector[] = [
  ...INGEST_PROJECTORS,
  measurementProjector,
  onboardingProjector,
  consentProjector,
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
  now: () => Date = () => new Date(),
): Promise<{ equal: boolean; differences: Difference[] }> {
  return inScratch(mongo, now, async (rebuilt) => {
    const differences: Difference[] = [];
    for (const projector of PROJECTORS) {
      progress(`verify: rebuilding ${projector.name} …`);
      await projector.ensureIndexes(rebuilt.db);
      differences.push(...(await compareOne(mongo, rebuilt, projector, progress)));
    }
    return { equal: differences.length === 0, differences: differences.slice(0, MAX_DIFFERENCES) };
  });
}

async function compareOne(
  live: Mongo,
  rebuilt: Mongo,
  projector: Projector,
  progress: (line: string) => void,
): Promise<Difference[]> {
  const catchUp = catchingUp(projector, rebuilt, live.db, progress);
  let differences: Difference[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await readCursor(live.db, projector.name);
    await catchUp();
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

/** What brings a rebuild forward until nothing is left to read; called again, it goes on. */
function catchingUp(
  projector: Projector,
  rebuilt: Mongo,
  log: Db,
  progress: (line: string) => void,
): () => Promise<void> {
  const follower = projector.follow?.(rebuilt, log);
  let events = 0;
  return async () => {
    if (follower === undefined) {
      while (await projectOnce(rebuilt, projector, log)) {
        // Each call brings the rebuild forward by one batch.
      }
      return;
    }
    for (let read = await follower.step(); read > 0; read = await follower.step()) {
      events += read;
      progress(`verify: rebuilding ${projector.name}: ${events} events read`);
    }
  };
}

async function compareCollection(live: Db, rebuilt: Db, name: string): Promise<Difference[]> {
  const differences: Difference[] = [];
  for await (const { id, left, right } of pairsOf({ db: live }, { db: rebuilt }, name)) {
    const detail = detailOf(left, right);
    if (detail !== null) differences.push({ collection: name, id, detail });
    if (differences.length >= MAX_DIFFERENCES) break;
  }
  return differences;
}

function detailOf(left: Document | null, right: Document | null): string | null {
  if (right === null) return 'stands in the read model, but the events do not give it';
  if (left === null) return 'is given by the events, but missing from the read model';
  const field = firstDifference(left, right);
  return field === null ? null : `field ${field} differs from the rebuild`;
}

function firstDifference(left: Document, right: Document): string | null {
  for (const field of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
    if (!isSame(left[field], right[field])) return field;
  }
  return null;
}
