import type { EvidenceKind, MatchProblemCode } from '../../../../schemas/measurement.ts';
import { DAY_MS } from '../../../../schemas/time.ts';
import { type Bilingual, bilingual } from '../../../../schemas/wording.ts';
import type { Contracted } from '../firm.ts';
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
  readonly problems: readonly MatchProblem[];
  /** What papers do not state, so that it could not be held against the contract. */
  readonly notCompared: readonly NotCompared[];
}

/** Something in which a paper, or all papers of a kind together, do not fit the contract. */
export interface MatchProblem {
  readonly code: MatchProblemCode;
  readonly kind: EvidenceKind;
  readonly field: 'counterpartyUscc' | 'currency' | 'documentDate' | 'amountFen';
  /** A code, a currency, fen, or the first and last day as `from/to`. */
  readonly expected: string | number;
  readonly found: string | number;
  readonly event?: string;
}

export interface NotCompared {
  readonly kind: EvidenceKind;
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
): MatchProblem[] {
  if (file.kind === 'other') return [];
  const problems: MatchProblem[] = [];
  const note = (
    code: MatchProblemCode,
    field: MatchProblem['field'],
    expected: string,
    found: string,
  ): void => {
    problems.push({ code, field, expected, found, kind: file.kind, event: file.identity });
  };
  if (file.counterparty !== null && contract.provider !== '' && file.counterparty !== contract.provider)
    note('COUNTERPARTY_DIFFERS', 'counterpartyUscc', contract.provider, file.counterparty);
  if (file.amountFen !== null && file.currency !== contract.currency)
    note('CURRENCY_DIFFERS', 'currency', contract.currency, file.currency);
  if (file.documentDate !== null && file.kind !== 'contract') {
    const signedMs = Date.parse(contract.signedOn);
    const days = (Date.parse(file.documentDate) - signedMs) / DAY_MS;
    const last = new Date(signedMs + rules.windowDays * DAY_MS).toISOString().slice(0, 10);
    if (days < 0 || days > rules.windowDays)
      note('DATE_OUTSIDE_WINDOW', 'documentDate', `${contract.signedOn}/${last}`, file.documentDate);
  }
  return problems;
}

/** Of the contract's papers one must state the sum that was declared; others may be supplements. */
function contractProblems(
  files: readonly Compared[],
  contractFen: number,
  rules: MatchRules,
): MatchProblem[] {
  const stated = files.filter(({ amountFen }) => amountFen !== null);
  if (
    stated.length === 0 ||
    stated.some((file) => sumProblems('contract', [file], contractFen, rules).length === 0)
  )
    return [];
  return stated.map(({ amountFen, identity }) => ({
    code: 'AMOUNT_DIFFERS',
    field: 'amountFen',
    kind: 'contract',
    expected: contractFen,
    found: amountFen ?? 0,
    event: identity,
  }));
}

function sumProblems(
  kind: EvidenceKind,
  files: readonly Compared[],
  contractFen: number,
  rules: MatchRules,
): MatchProblem[] {
  if (files.some(({ amountFen }) => amountFen === null)) return [];
  const sumFen = files.reduce((sum, { amountFen }) => sum + (amountFen ?? 0), 0);
  const slackFen = Math.floor((contractFen * rules.amountToleranceBasisPoints) / 10_000);
  return Math.abs(sumFen - contractFen) <= slackFen
    ? []
    : [{ code: 'AMOUNT_DIFFERS', field: 'amountFen', kind, expected: contractFen, found: sumFen }];
}

const KINDS_IN_WORDS: Readonly<Record<EvidenceKind, Bilingual>> = {
  contract: bilingual('contract', '合同'),
  invoice: bilingual('invoice', '发票'),
  payment: bilingual('payment', '付款凭证'),
  other: bilingual('other paper', '其他材料'),
};
const yuan = (fen: string | number): string => (Number(fen) / 100).toFixed(2);

/** A problem as one sentence. */
export function problemInWords({ code, kind, expected, found, event }: MatchProblem): Bilingual {
  const { en, zh } = KINDS_IN_WORDS[kind];
  switch (code) {
    case 'COUNTERPARTY_DIFFERS':
      return bilingual(
        `${en}: the other party is ${found}, the contract’s is ${expected}`,
        `${zh}：对方单位是 ${found}，与合同的 ${expected} 不一致`,
      );
    case 'CURRENCY_DIFFERS':
      return bilingual(
        `${en}: stated in ${found}, the contract in ${expected}`,
        `${zh}：币种是 ${found}，与合同的 ${expected} 不一致`,
      );
    case 'DATE_OUTSIDE_WINDOW': {
      const [from, to] = String(expected).split('/');
      return bilingual(
        `${en}: dated ${found}, which is not from ${from} to ${to}`,
        `${zh}：日期 ${found} 不在 ${from} 至 ${to} 之间`,
      );
    }
    case 'AMOUNT_DIFFERS':
      return event === undefined
        ? bilingual(
            `${en}: ${yuan(found)} in all, the contract is over ${yuan(expected)}`,
            `${zh}：合计 ${yuan(found)} 元，合同金额 ${yuan(expected)} 元`,
          )
        : bilingual(
            `${en}: states ${yuan(found)}, declared was ${yuan(expected)}`,
            `${zh}：载明 ${yuan(found)} 元，申报的是 ${yuan(expected)} 元`,
          );
    default: {
      const unknown: never = code;
      return unknown;
    }
  }
}
