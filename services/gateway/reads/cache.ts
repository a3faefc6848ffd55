import stringify from 'safe-stable-stringify';
import { streamClockOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { readCursor } from '../../runtime/projector.ts';

const MAX_ENTRIES = 500;
/** How long a version is taken as it was, so that a busy second asks once. */
const VERSION_MS = 1_000;
/** While events stream in, an answer for the whole programme may be this old at most, */
const MAX_AGE_MS = 10_000;
/** and so many times as old as working it out took: what costs little is not kept from its readers. */
const MAX_AGE_OF_COST = 20;

interface Entry {
  readonly version: string;
  readonly madeAtMs: number;
  readonly value: Promise<unknown>;
  /** What it took to work it out; null while that goes on. */
  costMs: number | null;
}

const isFresh = ({ madeAtMs, costMs }: Entry): boolean =>
  costMs === null || performance.now() - madeAtMs - costMs < Math.min(MAX_AGE_MS, costMs * MAX_AGE_OF_COST);

/**
 * Answers that are costly to work out, kept as long as the read models have not moved. While they move, working an answer out anew takes
 * a twentieth of the time at most, and is put off by ten seconds at most; the answer before is given meanwhile.
 */
export interface ReadCache {
  get<Value>(key: readonly unknown[], make: () => Promise<Value>): Promise<Value>;
  /** Whoever has just changed something is not shown what was before. */
  forget(key: readonly unknown[]): void;
}

export function createReadCache(db: Db): ReadCache {
  const entries = new Map<string, Entry>();
  let version: { readAtMs: number; text: Promise<string> } | null = null;

  const currentVersion = (): Promise<string> => {
    const nowMs = performance.now();
    if (version === null || nowMs - version.readAtMs > VERSION_MS) {
      const text = readVersion(db);
      text.catch(() => {
        version = null;
      });
      version = { readAtMs: nowMs, text };
    }
    return version.text;
  };

  return {
    get: async <Value>(key: readonly unknown[], make: () => Promise<Value>): Promise<Value> => {
      const id = stringify(key) ?? '';
      const now = await currentVersion();
      const kept = entries.get(id);
      const isGood = kept !== undefined && (kept.version === now || isFresh(kept));
      if (isGood) return kept.value as Promise<Value>;
      if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value ?? '');
      const value = make();
      const entry: Entry = { version: now, madeAtMs: performance.now(), value, costMs: null };
      entries.set(id, entry);
      value.then(
        () => {
          entry.costMs = performance.now() - entry.madeAtMs;
        },
        () => entries.delete(id),
      );
      return value;
    },
    forget: (key) => void entries.delete(stringify(key) ?? ''),
  };
}

async function readVersion(db: Db): Promise<string> {
  const [onboarding, measurement, consent, clock] = await Promise.all([
    readCursor(db, 'onboarding'),
    readCursor(db, 'measurement'),
    readCursor(db, 'consent'),
    streamClockOf(db).findOne({ _id: 'watermark' }),
  ]);
  return stringify([onboarding, measurement, consent, clock?.at ?? null]) ?? '';
}
