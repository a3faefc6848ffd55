import { createHash } from 'node:crypto';

/** How often, of a thousand requests, the platform misbehaves, and how. */
export interface FaultPlan {
  readonly seed: number;
  readonly errorPerMille: number;
  readonly busyPerMille: number;
  /** The effect happens, the reply does not come. */
  readonly lostReplyPerMille: number;
  /** A proxy in between sends the request twice. */
  readonly duplicatePerMille?: number;
  readonly slowPerMille: number;
  readonly slowMs: number;
}

export const NO_FAULTS: FaultPlan = {
  seed: 1,
  errorPerMille: 0,
  busyPerMille: 0,
  lostReplyPerMille: 0,
  duplicatePerMille: 0,
  slowPerMille: 0,
  slowMs: 0,
};

export type Fault = 'none' | 'error' | 'busy' | 'lost-reply' | 'duplicate' | 'slow';

/** The fault of the n-th try of a request: the same for the same seed, whatever else the platform is asked. */
export function faultOf(plan: FaultPlan, idempotencyKey: string, attempt: number): Fault {
  const digest = createHash('sha256').update(`${plan.seed} ${idempotencyKey} ${attempt}`).digest();
  let draw = digest.readUInt32BE(0) % 1_000;
  const rates: [Fault, number][] = [
    ['error', plan.errorPerMille],
    ['busy', plan.busyPerMille],
    ['lost-reply', plan.lostReplyPerMille],
    ['duplicate', plan.duplicatePerMille ?? 0],
    ['slow', plan.slowPerMille],
  ];
  for (const [fault, perMille] of rates) {
    if (draw < perMille) return fault;
    draw -= perMille;
  }
  return 'none';
}
