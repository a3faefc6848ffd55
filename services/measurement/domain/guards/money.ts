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
  }));
  const files = [...world.models.evidence.values()].map((file) => ({
    ...file,
    event: file.identity,
  }));
  return [...contracts, ...files];
}

const projectOf = (paper: Paper): string => `${paper.programme}/${paper.firm}`;

function reused(
  code: 'CONTRACT_REUSED' | 'INVOICE_REUSED' | 'FILE_REUSED',
  papers: readonly Paper[],
  keyOf: (paper: Paper) => string | null,
): Suspicion[] {
  return [...grouped(papers, keyOf)].flatMap(([key, same]) => {
    const projects = distinct(same.map(projectOf)).sort();
    if (projects.length < 2) return [];
    return [
      suspicion(
        code,
        'critical',
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
        factsOfSeveral(same, projectOf, ({ timeMs }) => timeMs),
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
export const invoiceReused: Guard = (world) =>
  reused('INVOICE_REUSED', papersOf(world), numberKey('invoice'));
export const fileReused: Guard = (world) => reused('FILE_REUSED', papersOf(world), ({ sha256 }) => sha256);

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
