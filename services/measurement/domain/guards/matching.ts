import { DAY_MS } from '../../../../schemas/time.ts';
import type { Contracted } from '../enrolment.ts';
import type { EvidenceFile } from '../ledgers.ts';

/** Contract, invoice and payment of one project, laid side by side. */

export interface MatchRules {
  /** Difference of amounts that is let pass, in hundredths of a percent of the contract. */
  readonly amountToleranceBasisPoints: number;
  /** Days from signing within which invoices and payments belong to the contract. */
  readonly windowDays: number;
}
export const MATCH_RULES: MatchRules = { amountToleranceBasisPoints: 100, windowDays: 730 };

export interface DocumentMatch {
  /**
   * matched: other party, amount and date of every invoice and payment were compared and fit; unverified: nothing
   * contradicts, but something could not be compared; incomplete: a contract, an invoice or a payment has not been handed in yet.
   */
  readonly state: 'matched' | 'mismatched' | 'unverified' | 'incomplete';
  readonly missing: readonly ('contract' | 'invoice' | 'payment')[];
  readonly problems: readonly Readonly<Record<string, unknown>>[];
  /** What papers do not state, so that it could not be held against the contract. */
  readonly notCompared: readonly NotCompared[];
}

export interface NotCompared {
  readonly kind: string;
  readonly field: 'counterpartyUscc' | 'amountFen' | 'documentDate';
  readonly event: string;
}

type Compared = Pick<
  EvidenceFile,
  'kind' | 'counterparty' | 'amountFen' | 'documentDate' | 'currency' | 'identity'
>;

/**
 * Holds invoices and payments against the contract: the same other party, sums that reach neither more nor less than the
 * contract's amount, dates within the window. What a document does not state is not held against it, and said to be not compared.
 */
export function matchDocuments(
  contract: Pick<Contracted, 'provider' | 'amountFen' | 'signedOn' | 'currency'> | undefined,
  files: readonly Compared[],
  rules: MatchRules = MATCH_RULES,
): DocumentMatch {
  const ofKind = (kind: Compared['kind']): Compared[] => files.filter((file) => file.kind === kind);
  const [invoices, payments] = [ofKind('invoice'), ofKind('payment')];
  const missing = [
    ...(contract === undefined ? (['contract'] as const) : []),
    ...(invoices.length === 0 ? (['invoice'] as const) : []),
    ...(payments.length === 0 ? (['payment'] as const) : []),
  ];
  if (contract === undefined) return { state: 'incomplete', missing, problems: [], notCompared: [] };
  const problems = [
    ...files.flatMap((file) => problemsOf(file, contract, rules)),
    ...contractProblems(ofKind('contract'), contract.amountFen, rules),
    ...(missing.length > 0
      ? []
      : [
          ...sumProblems('invoice', invoices, contract.amountFen, rules),
          ...sumProblems('payment', payments, contract.amountFen, rules),
        ]),
  ];
  const notCompared = [...invoices, ...payments].flatMap((file) => silentOn(file, contract.provider));
  const isOpen = missing.length > 0 ? 'incomplete' : notCompared.length > 0 ? 'unverified' : 'matched';
  return { state: problems.length > 0 ? 'mismatched' : isOpen, missing, problems, notCompared };
}

function silentOn(file: Compared, provider: string): NotCompared[] {
  const fields = [
    ...(file.counterparty === null || provider === '' ? (['counterpartyUscc'] as const) : []),
    ...(file.amountFen === null ? (['amountFen'] as const) : []),
    ...(file.documentDate === null ? (['documentDate'] as const) : []),
  ];
  return fields.map((field) => ({ kind: file.kind, field, event: file.identity }));
}

function problemsOf(
  file: Compared,
  contract: Pick<Contracted, 'provider' | 'signedOn' | 'currency'>,
  rules: MatchRules,
): Record<string, unknown>[] {
  if (file.kind === 'other') return [];
  const problems: Record<string, unknown>[] = [];
  const note = (field: string, expected: unknown, found: unknown): void => {
    problems.push({ field, expected, found, kind: file.kind, event: file.identity });
  };
  if (file.counterparty !== null && contract.provider !== '' && file.counterparty !== contract.provider)
    note('counterpartyUscc', contract.provider, file.counterparty);
  if (file.amountFen !== null && file.currency !== contract.currency)
    note('currency', contract.currency, file.currency);
  if (file.documentDate !== null && file.kind !== 'contract') {
    const days = (Date.parse(file.documentDate) - Date.parse(contract.signedOn)) / DAY_MS;
    if (days < 0 || days > rules.windowDays)
      note('documentDate', `${contract.signedOn} and ${rules.windowDays} days after`, file.documentDate);
  }
  return problems;
}

/** Of the contract's papers one must state the sum that was declared; others may be supplements. */
function contractProblems(
  files: readonly Compared[],
  contractFen: number,
  rules: MatchRules,
): Record<string, unknown>[] {
  const stated = files.filter(({ amountFen }) => amountFen !== null);
  if (
    stated.length === 0 ||
    stated.some((file) => sumProblems('contract', [file], contractFen, rules).length === 0)
  )
    return [];
  return stated.map(({ amountFen, identity }) => ({
    field: 'amountFen',
    kind: 'contract',
    expected: contractFen,
    found: amountFen,
    event: identity,
  }));
}

function sumProblems(
  kind: string,
  files: readonly Compared[],
  contractFen: number,
  rules: MatchRules,
): Record<string, unknown>[] {
  if (files.some(({ amountFen }) => amountFen === null)) return [];
  const sumFen = files.reduce((sum, { amountFen }) => sum + (amountFen ?? 0), 0);
  const slackFen = Math.floor((contractFen * rules.amountToleranceBasisPoints) / 10_000);
  return Math.abs(sumFen - contractFen) <= slackFen
    ? []
    : [{ field: 'amountFen', kind, expected: contractFen, found: sumFen }];
}
