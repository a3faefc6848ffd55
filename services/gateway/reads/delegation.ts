import { ChainlightError } from '../../../schemas/errors.ts';
import { bilingual } from '../../../schemas/wording.ts';
import type { Db } from '../../runtime/mongo.ts';
import { consentsOf } from '../adapters/consentProjector.ts';
import { isDelegated } from '../domain/consents.ts';
import { mayActFor, type Principal } from '../domain/principal.ts';

/**
 * The suppliers that let one of these providers act for them on a day: the one place where delegations are asked about. One has ended
 * when its last day is over or the supplier withdrew it, by one rule (`isDelegated`).
 */
export async function delegatorsOf(db: Db, providers: readonly string[], day: string): Promise<string[]> {
  const delegations = await consentsOf(db)
    .find({ granteeUscc: { $in: [...providers] }, kind: 'delegation' })
    .toArray();
  const standing = delegations.filter((one) => isDelegated(one, day));
  return [...new Set(standing.map(({ supplierUscc }) => supplierUscc))].sort();
}

/**
 * Whether a supplier lets the one who asks act for it today.
 * @throws ChainlightError FORBIDDEN
 */
export function requireDelegation(principal: Principal, supplier: string): void {
  if (!mayActFor(principal, supplier))
    throw new ChainlightError(
      'FORBIDDEN',
      bilingual(`${supplier} has not let you act on its behalf`, `${supplier} 没有委托您代为办理`),
    );
}
