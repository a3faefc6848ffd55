import stringify from 'safe-stable-stringify';
import { streamClockOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { readCursor } from '../../runtime/projector.ts';

const MAX_ENTRIES = 500;
/** How long a version is taken as it was, so that a busy second asks once. */
const VERSION_MS = 1_000;
/** While events stream in, an answer for the whole programme may be this old. */
const MAX_AGE_MS = 10_000;

interface Entry {
  readonly version: string;
  readonly madeAtMs: number;
  readonly value: Promise<unknown>;
}

/**
 * Answers that are costly to work out, kept as long as the read models have not moved. While they move an answer is worked out anew at
 * most every ten seconds; the one before is given meanwhile.
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
      const isGood =
        kept !== undefined && (kept.version === now || performance.now() - kept.madeAtMs < MAX_AGE_MS);
      if (isGood) return kept.value as Promise<Value>;
      if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value ?? '');
      const value = make();
      entries.set(id, { version: now, madeAtMs: performance.now(), value });
      value.catch(() => entries.delete(id));
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
