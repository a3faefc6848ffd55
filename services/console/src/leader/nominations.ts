/** A row of a nomination file, or what is wrong with it. */
export type NominationRow =
  | { readonly row: number; readonly ok: true; readonly nomination: Nomination }
  | { readonly row: number; readonly ok: false; readonly field: string; readonly found: string };

export interface Nomination {
  readonly supplierUscc: string;
  readonly supplierName: string;
  readonly cityCode: string;
  readonly industryCode: string;
}

const USCC = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
const CITY = /^[1-8]\d{5}$/;
const INDUSTRY = /^\d{4}$/;

/** Reads `code,name,city,industry` lines; a first line of headings is passed over. Every row is told by its own number. */
export function readNominations(text: string): NominationRow[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.replace(/^\ufeff/, '').trim(), row: index + 1 }))
    .filter(({ line, row }) => line !== '' && !(row === 1 && /uscc|代码/i.test(line)))
    .map(({ line, row }) => readRow(line, row));
}

function readRow(line: string, row: number): NominationRow {
  const [supplierUscc = '', supplierName = '', cityCode = '', industryCode = ''] = line
    .split(/[,，\t]/)
    .map((cell) => cell.trim().replace(/^"|"$/g, ''));
  const wrong = (field: string, found: string): NominationRow => ({ row, ok: false, field, found });
  if (!USCC.test(supplierUscc)) return wrong('supplierUscc', supplierUscc);
  if (supplierName === '') return wrong('supplierName', supplierName);
  if (!CITY.test(cityCode)) return wrong('cityCode', cityCode);
  if (!INDUSTRY.test(industryCode)) return wrong('industryCode', industryCode);
  return { row, ok: true, nomination: { supplierUscc, supplierName, cityCode, industryCode } };
}

/** The nomination as the leader's own event; ingest judges it like any other. */
export function nominationEvent(
  leaderUscc: string,
  target: { readonly platform: string; readonly programme: string },
  nomination: Nomination,
  at: Date,
): Record<string, unknown> {
  const { supplierUscc } = nomination;
  return {
    specversion: '1.0',
    type: 'onboarding.supplier-nominated.v1',
    source: `/chain/${leaderUscc}/erp/console`,
    id: `nominate-${target.programme}-${target.platform}-${supplierUscc}`,
    time: at.toISOString(),
    subject: supplierUscc,
    partitionkey: supplierUscc,
    datacontenttype: 'application/json',
    data: { ...nomination, ...target, leaderUscc },
  };
}
