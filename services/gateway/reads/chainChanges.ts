import { type ImprovementsOfKpi, readImprovements } from '../../measurement/index.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import type { ReadContext } from './context.ts';

/** What changed at a chain's suppliers. */
export interface ChainChanges {
  readonly suppliers: readonly string[];
  readonly improvements: readonly ImprovementsOfKpi[];
}

/** All suppliers of a chain, whoever asks: readers share it, so that each must say for himself which of them he shows. */
export const readChainChanges = ({ db, cache }: ReadContext, leader: string): Promise<ChainChanges> =>
  cache.get(['chain', leader], async () => {
    const suppliers: string[] = await onboardingsOf(db).distinct('supplierUscc', {
      leaderUscc: { $eq: leader },
    });
    return { suppliers, improvements: await readImprovements(db, suppliers) };
  });
