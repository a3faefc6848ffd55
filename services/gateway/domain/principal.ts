import { z } from 'zod';
import { ChainlightError } from '../../../schemas/errors.ts';
import { TENANCY_CLAIM, Tenancy } from '../../../schemas/tenancy.ts';
import { bilingual } from '../../../schemas/wording.ts';

/** Whose data somebody reaches: as the token says, and for a provider the suppliers that let it act for them today. */
export type Reach =
  | Exclude<Tenancy, { role: 'provider' }>
  | (Extract<Tenancy, { role: 'provider' }> & { readonly delegatedBy?: readonly string[] });

/** Who asks: somebody that an issuer vouches for. */
export interface Principal {
  /** The issuer's name for them. */
  readonly subject: string;
  readonly name: string;
  readonly tenancy: Reach;
}

/** The largest number of firms that one sign-in speaks for. */
const MOST_FIRMS = 500;

/** A supplier's sign-in with the firms that it may act for by invitation, beside those its issuer names. */
export function withFirms(principal: Principal, invited: readonly string[]): Principal {
  const { tenancy } = principal;
  if (tenancy.role !== 'supplier' || invited.length === 0) return principal;
  const firms = [...new Set([...tenancy.firms, ...invited])].slice(0, MOST_FIRMS);
  return { ...principal, tenancy: { ...tenancy, firms } };
}

/** A provider's sign-in with the suppliers that let it act for them. */
export function withDelegations(principal: Principal, delegatedBy: readonly string[]): Principal {
  const { tenancy } = principal;
  return tenancy.role === 'provider' ? { ...principal, tenancy: { ...tenancy, delegatedBy } } : principal;
}

/** Whether a supplier lets somebody act for it today. */
export const mayActFor = ({ tenancy }: Pick<Principal, 'tenancy'>, supplier: string): boolean =>
  tenancy.role === 'provider' && tenancy.delegatedBy?.includes(supplier) === true;

const Claims = z.looseObject({
  sub: z.string().min(1).max(255),
  name: z.string().min(1).max(120).optional(),
  client_id: z.string().max(255).optional(),
  [TENANCY_CLAIM]: Tenancy,
});

/**
 * Reads a principal out of the claims of a token whose signature has been checked.
 * @throws ChainlightError FORBIDDEN when the issuer knows the person but gives them no role here
 */
export function principalOf(claims: unknown): Principal {
  const parsed = Claims.safeParse(claims);
  if (!parsed.success)
    throw new ChainlightError(
      'FORBIDDEN',
      bilingual(
        `the token carries no usable claim "${TENANCY_CLAIM}": ${parsed.error.issues[0]?.path.join('.') ?? ''}`,
        '这个账号没有配置角色，请联系运维',
      ),
    );
  const { sub, name, client_id: clientId } = parsed.data;
  return { subject: sub, name: name ?? clientId ?? sub, tenancy: parsed.data[TENANCY_CLAIM] as Tenancy };
}
