import type { TFunction } from 'i18next';

/** Who invites: a firm by its name, an office by its kind and code. */
export function inviterInWords(
  t: TFunction,
  { issuer, issuerName }: { readonly issuer: string; readonly issuerName?: string | null },
): string {
  const [role = '', code = ''] = issuer.split('/');
  const kind = t(`role.${role}`, { defaultValue: role });
  const named = issuerName ?? code;
  return named === '' ? kind : `${named} (${kind})`;
}
