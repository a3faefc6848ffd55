import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** A durable timer for one moment at a time. */
export interface Alarm {
  /** Sets it to an instant (ISO 8601), or off. A moment that has passed on the wall's clock sets no timer. */
  set(at: string | null): void;
}

/** @param ring called when the moment has come */
export function createAlarm(ring: () => Promise<void>): Alarm {
  let current: { readonly at: string; readonly scope: CancellationScope } | null = null;
  const wait = async (at: string, delayMs: number): Promise<void> => {
    try {
      await sleep(delayMs);
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (current?.at === at) current = null;
    await ring();
  };
  return {
    set: (at) => {
      if (current?.at === at) return;
      current?.scope.cancel();
      current = null;
      const delayMs = at === null ? 0 : Date.parse(at) - Date.now();
      if (at === null || delayMs <= 0) return;
      const scope = new CancellationScope({ cancellable: true });
      current = { at, scope };
      void scope.run(() => wait(at, delayMs));
    },
  };
}
