import type { AuditFirm } from '../../../../schemas/auditFacts.ts';

/**
 * What counts as the treatment. contract: the contract month (intention to treat: implementation months are treated, and
 * firms that never finished are treated too) · golive: the month of going live.
 */
export const AUDIT_VIEWS = ['contract', 'golive'] as const;
export type AuditView = (typeof AUDIT_VIEWS)[number];

/** What a firm is to one view of an audit; a firm of another programme, or one not yet live, is no control. */
export type Treatment =
  | { readonly status: 'treated'; readonly month: string }
  | { readonly status: 'never' }
  | { readonly status: 'elsewhere'; readonly month: string }
  | { readonly status: 'not-live'; readonly contractMonth: string };

const earliest = (months: readonly (string | null)[]): string | undefined =>
  months.filter((month) => month !== null).sort()[0];

/** @param isAudited whether a programme is part of this audit */
export function treatmentOf(
  firm: AuditFirm,
  view: AuditView,
  isAudited: (programme: string) => boolean,
): Treatment {
  const own = firm.enrolments.filter(({ programme }) => isAudited(programme));
  const others = firm.enrolments.filter(({ programme }) => !isAudited(programme));
  const contract = earliest(own.map(({ contractMonth }) => contractMonth));
  const elsewhere = earliest(others.map(({ contractMonth }) => contractMonth));
  if (elsewhere !== undefined && (contract === undefined || elsewhere < contract))
    return { status: 'elsewhere', month: elsewhere };
  const live = earliest(own.map(({ liveMonth }) => liveMonth));
  if (view === 'contract')
    return contract === undefined ? { status: 'never' } : { status: 'treated', month: contract };
  if (live !== undefined) return { status: 'treated', month: live };
  return contract === undefined ? { status: 'never' } : { status: 'not-live', contractMonth: contract };
}

/** Months from contract to going live that nine in ten of the firms live by now did not exceed (nearest rank). */
export function implementationMonths(lags: readonly number[]): number {
  const sorted = lags.filter((lag) => lag >= 0).sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : (sorted[Math.ceil(0.9 * sorted.length) - 1] ?? 0);
}
