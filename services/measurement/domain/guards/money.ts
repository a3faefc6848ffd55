import { subsidyBalance } from '../ledgers.ts';
import type { World } from '../world.ts';
import {
  contractsOf,
  distinct,
  factsOfSeveral,
  type Guard,
  grouped,
  latest,
  type Suspicion,
  suspicion,
} from './guard.ts';
import { matchDocuments } from './matching.ts';

/** Guards over contracts, invoices, files and subsidies. */

interface Paper {
  readonly firm: string;
  readonly programme: string;
  readonly event: string;
  readonly timeMs: number;
  readonly sha256: string | null;
  readonly kind: string;
  readonly documentNumber: string | null;
  readonly counterparty: string | null;
  readonly amountFen: number | null;
  readonly documentDate: string | null;
}

/** Every document that a contract names or that was handed in. */
function papersOf(world: World): Paper[] {
  const contracts = contractsOf(world).map(({ firm, programme, contract }) => ({
    firm,
    programme,
    event: contract.identity,
    timeMs: contract.timeMs,
    sha256: contract.documentSha256 ?? null,
    kind: 'contract',
    documentNumber: contract.contractNumber || null,
    counterparty: contract.provider || null,
    amountFen: contract.amountFen,
    documentDate: contract.signedOn,
  }));
  const files = [...world.models.evidence.values()].map((file) => ({
    ...file,
    event: file.identity,
  }));
  return [...contracts, ...files];
}

const projectOf = (paper: Paper): string => `${paper.programme}/${paper.firm}`;

function reused(
  code: 'CONTRACT_REUSED' | 'INVOICE_REUSED' | 'PAYMENT_REUSED' | 'FILE_REUSED',
  papers: readonly Paper[],
  keyOf: (paper: Paper) => string | null,
  claimOf: (paper: Paper) => string = projectOf,
): Suspicion[] {
  return [...grouped(papers, keyOf)].flatMap(([key, same]) => {
    if (distinct(same.map(claimOf)).length < 2) return [];
    const isAcross = distinct(same.map(projectOf)).length > 1;
    return [
      suspicion(
        code,
        isAcross && !key.startsWith(NO_ISSUER) ? 'critical' : 'warning',
        key,
        distinct(same.map(({ firm }) => firm)).sort(),
        same.map(({ firm, programme, kind, documentNumber, sha256, event }) => ({
          firm,
          programme,
          kind,
          documentNumber,
          sha256,
          event,
        })),
        factsOfSeveral(same, claimOf, ({ timeMs }) => timeMs),
      ),
    ];
  });
}

/** Numbers are the issuer's: the same number of another provider is another document. */
const numberKey =
  (kind: string) =>
  (paper: Paper): string | null =>
    paper.kind === kind && paper.documentNumber !== null && paper.counterparty !== null
      ? `${paper.counterparty}/${paper.documentNumber}`
      : null;

export const contractReused: Guard = (world) =>
  reused('CONTRACT_REUSED', papersOf(world), numberKey('contract'));

const NO_ISSUER = 'not named/';
/** Where a paper does not name the other party: the same number, amount and date are most likely the same document. */
function unnamed(kind: string, papers: readonly Paper[]): (paper: Paper) => string | null {
  const keyOf = ({ documentNumber, amountFen, documentDate, ...paper }: Paper): string | null =>
    paper.kind === kind && documentNumber !== null && amountFen !== null && documentDate !== null
      ? `${NO_ISSUER}${documentNumber}/${amountFen}/${documentDate}`
      : null;
  const open = new Set(papers.filter(({ counterparty }) => counterparty === null).map(keyOf));
  return (paper) => {
    const key = keyOf(paper);
    return open.has(key) ? key : null;
  };
}

const numberReused =
  (code: 'INVOICE_REUSED' | 'PAYMENT_REUSED', kind: 'invoice' | 'payment'): Guard =>
  (world) => {
    const papers = papersOf(world);
    return [...reused(code, papers, numberKey(kind)), ...reused(code, papers, unnamed(kind, papers))];
  };
export const invoiceReused = numberReused('INVOICE_REUSED', 'invoice');
export const paymentPaperReused = numberReused('PAYMENT_REUSED', 'payment');

/** One file for two projects, or within one project as two of contract, invoice and payment. */
export const fileReused: Guard = (world) => {
  const papers = papersOf(world);
  const used = grouped(papers, ({ sha256 }) => sha256);
  const proves = (paper: Paper): string => {
    const own = (used.get(paper.sha256 ?? '') ?? []).filter((one) => projectOf(one) === projectOf(paper));
    const kinds = distinct(own.map(({ kind }) => kind)).filter((kind) => kind !== 'other');
    return `${projectOf(paper)}/${paper.kind === 'other' ? (kinds[0] ?? 'other') : paper.kind}`;
  };
  return reused('FILE_REUSED', papers, ({ sha256 }) => sha256, proves);
};

/** Contract, invoice and payment of a project that were all handed in, and do not fit together. */
export const evidenceMismatched: Guard = (world) => {
  const files = grouped(world.models.evidence.values(), ({ firm, programme }) => `${programme}/${firm}`);
  return [...files].flatMap(([key, all]) => {
    const contract = world.models.baselines.get(key)?.contract;
    const match = matchDocuments(contract, all);
    if (match.state !== 'mismatched') return [];
    const [firm = ''] = all.map((file) => file.firm);
    return [
      suspicion(
        'EVIDENCE_MISMATCHED',
        'critical',
        key,
        [firm],
        [...match.problems, { files: all.map(({ identity }) => identity) }],
        match.problems.map(({ kind, field, found, event }) => ({
          key: [kind, field, found, event].filter((part) => part !== undefined).join(' '),
          timeMs: latest(
            all.flatMap((file) =>
              file.kind === kind && (event === undefined || file.identity === event) ? file.timeMs : [],
            ),
          ),
        })),
      ),
    ];
  });
};

export const alreadyFunded: Guard = (world) => {
  const paid = [...world.models.subsidies.values()].filter((ledger) => subsidyBalance(ledger).netFen > 0);
  return [...grouped(paid, ({ firm }) => firm)].flatMap(([uscc, ledgers]) =>
    ledgers.length < 2
      ? []
      : [
          suspicion(
            'ALREADY_FUNDED',
            'critical',
            uscc,
            [uscc],
            ledgers.map((ledger) => ({ programme: ledger.programme, netFen: subsidyBalance(ledger).netFen })),
            factsOfSeveral(
              ledgers,
              ({ programme }) => programme,
              ({ entries }) =>
                Math.min(...entries.flatMap(({ kind, timeMs }) => (kind === 'paid' ? timeMs : []))),
            ),
          ),
        ],
  );
};
