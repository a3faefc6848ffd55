import { ChainlightError } from '../../../schemas/errors.ts';
import { consentsOf } from '../adapters/consentProjector.ts';
import { isDelegated } from '../domain/consents.ts';
import type { ReadContext } from './context.ts';

/**
 * Whether a supplier lets the reader act for it today: the one place where a delegation is asked about. It has ended when its last
 * day is over or the supplier withdrew it, by one rule (`isDelegated`).
 * @throws ChainlightError FORBIDDEN
 */
export async function requireDelegation(
  { db, principal, today }: ReadContext,
  supplier: string,
): Promise<void> {
  const providers = principal.tenancy.role === 'provider' ? principal.tenancy.firms : [];
  const delegations = await consentsOf(db)
    .find({ _id: { $in: providers.map((provider) => `delegation/${supplier}/${provider}`) } })
    .toArray();
  if (!delegations.some((one) => isDelegated(one, today)))
    throw new ChainlightError('FORBIDDEN', `${supplier} has not let you act on its behalf`);
}
