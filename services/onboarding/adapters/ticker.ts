import type { Client } from '@temporalio/client';
import type { Db } from 'mongodb';
import { clockAdvancedSignal } from '../../../workflows/onboarding/messages.ts';
import type { Logger } from '../../runtime/logger.ts';
import { onboardingsOf } from '../readModel/projector.ts';
import { completeClock } from './clock.ts';
import { inParallel, signalOnboarding } from './signals.ts';
import { keepStuck, lastingRefusalIn, untoldAmong } from './stuckRuns.ts';

const PARALLEL_SIGNALS = 20;
const FIRST_REPEAT_MS = 30_000;
/**
 * While a platform is down its onboardings are told again and again: at last so seldom that a run takes months to reach the number of
 * signals (10,000) after which Temporal refuses more.
 */
const LAST_REPEAT_MS = 30 * 60_000;

interface Told {
  readonly dueAtMs: number;
  readonly toldAtMs: number;
  readonly repeatAfterMs: number;
}

/**
 * Tells workflows how far time has come, once something of theirs is due: one signal per onboarding and due moment, repeated
 * where the record shows no outcome for long, each time after twice as long.
 */
export function createTicker(
  db: Db,
  client: Client,
  logger: Logger,
  nowMs: () => number,
): { step(): Promise<boolean> } {
  const told = new Map<string, Told>();
  return {
    step: async () => {
      const clock = await completeClock(db);
      if (clock === null) return false;
      const due = await onboardingsOf(db)
        .find(
          { nextDueAt: { $lte: clock } },
          { projection: { supplierUscc: 1, platform: 1, programme: 1, nextDueAt: 1 } },
        )
        .toArray();
      const dueIds = new Set(due.map((document) => document._id));
      for (const id of told.keys()) if (!dueIds.has(id)) told.delete(id);
      const isBehind = await untoldAmong(db, [...dueIds]);
      const untold = due.filter((document) => {
        if (isBehind.has(document._id)) return false;
        const last = told.get(document._id);
        return (
          last === undefined ||
          last.dueAtMs !== document.nextDueAt?.getTime() ||
          nowMs() - last.toldAtMs >= last.repeatAfterMs
        );
      });
      await inParallel(untold, PARALLEL_SIGNALS, async (document) => {
        const { _id: workflowId, nextDueAt } = document;
        const args: [string] = [clock.toISOString()];
        const isTaken = await signalOnboarding(client, workflowId, document, clockAdvancedSignal, args).catch(
          async (error: unknown) => {
            const why = lastingRefusalIn(error);
            if (why === null) throw error;
            await keepStuck(db, workflowId, document, why, [], new Date(nowMs()));
            return false;
          },
        );
        const dueAtMs = nextDueAt?.getTime() ?? 0;
        const last = told.get(workflowId);
        const repeatAfterMs =
          last?.dueAtMs === dueAtMs ? Math.min(2 * last.repeatAfterMs, LAST_REPEAT_MS) : FIRST_REPEAT_MS;
        told.set(workflowId, { dueAtMs, toldAtMs: nowMs(), repeatAfterMs });
        logger.debug({ workflowId, clock, isTaken }, 'time told');
      });
      return false;
    },
  };
}
