import { correctedIdentity, type Correction as Declared } from '../../../schemas/corrections.ts';
import type { Fact } from './facts.ts';

export { MAX_CORRECTION_LEVELS, voidedIdentities } from '../../../schemas/corrections.ts';

/** A correction as the read models keep it. */
export interface Correction extends Declared {
  readonly action: string;
}

export function correctionOf(fact: Fact): Correction {
  return {
    _id: fact.identity,
    target: correctedIdentity(fact.identity, fact.data),
    timeMs: fact.timeMs,
    action: String(fact.data.action),
  };
}
