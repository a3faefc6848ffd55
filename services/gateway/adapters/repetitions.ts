import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Db } from '../../runtime/mongo.ts';

const KEPT_MS = 24 * 3_600_000;
/** A process that died in the middle frees its key after this. */
const ABANDONED_MS = 60_000;
const POLL_MS = 200;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
interface KeptAnswer {
  readonly _id: string;
  readonly fingerprint: string;
  readonly begunAt: Date;
  readonly expiresAt: Date;
  readonly answer: Answer | null;
}
export interface RepetitionKey {
  readonly subject: string;
  readonly operation: string;
  readonly key: string;
  /** Hash of address and body: other content under the same key is a mistake. */
  readonly fingerprint: string;
}

/** Remembers the answers to requests with an Idempotency-Key for a day, so that a repetition has no second effect. */
export interface Repetitions {
  ensureIndexes(): Promise<void>;
  /** @throws ChainlightError CONFLICT for other content under a known key */
  run(key: RepetitionKey, work: () => Promise<Answer>): Promise<Answer & { repeated: boolean }>;
}

export function createRepetitions(db: Db, now: () => Date): Repetitions {
  const kept = db.collection<KeptAnswer>('idempotency_keys');
  return {
    ensureIndexes: async () => {
      await kept.createIndexes([{ key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 }]);
    },

    run: async ({ subject, operation, key, fingerprint }, work) => {
      const _id = createHash('sha256')
        .update(JSON.stringify([subject, operation, key]))
        .digest('hex');
      for (;;) {
        const at = now();
        const mine = { fingerprint, begunAt: at, expiresAt: new Date(at.getTime() + KEPT_MS), answer: null };
        const isFirst = await kept.insertOne({ _id, ...mine }).then(
          () => true,
          (error: { code?: number }) => {
            if (error.code === 11_000) return false;
            throw error;
          },
        );
        if (isFirst) {
          try {
            const answer = await work();
            if (answer.status < 400) await kept.updateOne({ _id }, { $set: { answer } });
            // A refused request may be mended and sent again under the same key.
            else await kept.deleteOne({ _id });
            return { ...answer, repeated: false };
          } catch (error) {
            await kept.deleteOne({ _id });
            throw error;
          }
        }
        const earlier = await kept.findOne({ _id });
        if (earlier === null) continue;
        if (earlier.fingerprint !== fingerprint)
          throw new ChainlightError('CONFLICT', 'this Idempotency-Key was used for other content');
        if (earlier.answer !== null) return { ...earlier.answer, repeated: true };
        if (at.getTime() - earlier.begunAt.getTime() > ABANDONED_MS)
          await kept.deleteOne({ _id, answer: null, begunAt: earlier.begunAt });
        else await sleep(POLL_MS);
      }
    },
  };
}
