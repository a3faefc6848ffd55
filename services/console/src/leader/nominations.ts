import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import { supplierEvent } from '../api/supplierEvent.ts';
import { type CsvRecord, readRecords } from './csv.ts';

/** A row of a nomination file, or what is wrong with it. */
export type NominationRow =
  | { readonly row: number; readonly ok: true; readonly externalId: string; readonly nomination: Nomination }
  | {
      readonly row: number;
      readonly ok: false;
      readonly externalId: string;
      readonly field: string;
      readonly found: string;
      /** The earlier row that names the same firm. */
      readonly sameAs?: number;
    };

export interface Nomination {
  readonly supplierUscc: string;
  readonly supplierName: string;
  readonly cityCode: string;
  readonly industryCode: string;
}

const USCC = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
const CITY = /^[1-8]\d{5}$/;
const INDUSTRY = /^\d{4}$/;

/**
 * Reads `code,name,city,industry,own number` rows; a first row of headings is passed over. Every row is told by its own number and by
 * the one that the leader's system gave it; a firm that stands in the file twice is taken once.
 */
export function readNominations(text: string): NominationRow[] {
  const firstOf = new Map<string, number>();
  return readRecords(text)
    .filter(({ cells, row }) => {
      const all = cells.join('');
      return all !== '' && !(row === 1 && /uscc|代码/i.test(all));
    })
    .map(readRow)
    .map((read): NominationRow => {
      if (!read.ok) return read;
      const { supplierUscc } = read.nomination;
      const sameAs = firstOf.get(supplierUscc);
      firstOf.set(supplierUscc, sameAs ?? read.row);
      if (sameAs === undefined) return read;
      const { row, externalId } = read;
      return { row, ok: false, externalId, field: 'supplierUscc', found: supplierUscc, sameAs };
    });
}

/** Stands where a text was read in another encoding than its own; what it was cannot be told any more. */
const GARBLED = '\ufffd';

function readRow({ row, cells, isSound }: CsvRecord): NominationRow {
  const [supplierUscc = '', supplierName = '', cityCode = '', industryCode = '', externalId = ''] = cells;
  const wrong = (field: string, found: string): NominationRow => ({
    row,
    ok: false,
    externalId,
    field,
    found,
  });
  if (!isSound) return wrong('quotes', cells.join(' '));
  if (!USCC.test(supplierUscc)) return wrong('supplierUscc', supplierUscc);
  if (supplierName === '' || supplierName.includes(GARBLED)) return wrong('supplierName', supplierName);
  if (!CITY.test(cityCode)) return wrong('cityCode', cityCode);
  if (!INDUSTRY.test(industryCode)) return wrong('industryCode', industryCode);
  return { row, ok: true, externalId, nomination: { supplierUscc, supplierName, cityCode, industryCode } };
}

export interface NominationTarget {
  readonly leaderUscc: string;
  /** One of the sources that the leader registered. */
  readonly source: string;
  readonly platform: string;
  readonly programme: string;
}

/**
 * What the leader states of one row: the nomination, and before it the supply relation where none is known yet. Ingest judges
 * both like any other event. The ids are the same whenever the same is stated: what was nominated before (`nominatedBefore`) must
 * not be sent again, since the time of today would make it another event under one id, a conflict.
 */
export function nominationEvents(
  target: NominationTarget,
  nomination: Nomination,
  isKnownSupplier: boolean,
  at: Date,
): Record<string, unknown>[] {
  const { leaderUscc, source, platform, programme } = target;
  const { supplierUscc } = nomination;
  const event = (type: string, id: string, data: object) =>
    supplierEvent(supplierUscc, { type, source, id, data }, at);
  // By day: a relation that has ended may be declared anew.
  const validFrom = dayInChina(at);
  const relation = event('relation.declared.v1', `relation-${supplierUscc}-${validFrom}`, {
    buyerUscc: leaderUscc,
    supplierUscc,
    validFrom,
  });
  const nominated = event('onboarding.supplier-nominated.v1', nominationId(target, supplierUscc), {
    ...nomination,
    leaderUscc,
    platform,
    programme,
  });
  return isKnownSupplier ? [nominated] : [relation, nominated];
}

const nominationId = ({ programme, platform }: NominationTarget, supplierUscc: string): string =>
  `nominate-${programme}-${platform}-${supplierUscc}`;

/** A firm that the leader nominated to the same programme and platform before. */
export interface Nominated {
  readonly uscc: string;
  readonly name: string | null;
  readonly cityCode: string | null;
  readonly nominatedAt: string | null;
}

/** A row that names such a firm: when it was nominated, and what the row says otherwise than the nomination. */
export interface NominatedBefore {
  readonly row: number;
  readonly externalId: string;
  readonly at: string | null;
  readonly differs: readonly ('supplierName' | 'cityCode')[];
  /** Id of the event that nominated it, which a correction has to name. */
  readonly eventId: string;
}

type GoodRow = Extract<NominationRow, { ok: true }>;

/** Parts the rows into those to send, and those whose firm is nominated already: a nomination is stated once and never overwritten. */
export function partByNominated(
  target: NominationTarget,
  rows: readonly GoodRow[],
  nominated: readonly Nominated[],
): { readonly fresh: readonly GoodRow[]; readonly before: readonly NominatedBefore[] } {
  const known = new Map(nominated.map((one) => [one.uscc, one]));
  const fresh: GoodRow[] = [];
  const before: NominatedBefore[] = [];
  for (const one of rows) {
    const { supplierUscc, supplierName, cityCode } = one.nomination;
    const found = known.get(supplierUscc);
    if (found === undefined) {
      fresh.push(one);
      continue;
    }
    const differs: NominatedBefore['differs'] = [
      ...(found.name === supplierName ? [] : (['supplierName'] as const)),
      ...(found.cityCode === cityCode ? [] : (['cityCode'] as const)),
    ];
    const { row, externalId } = one;
    before.push({
      row,
      externalId,
      at: found.nominatedAt,
      differs,
      eventId: nominationId(target, supplierUscc),
    });
  }
  return { fresh, before };
}

/**
 * Sends what was sent from this page before as it was sent then, so that pressing twice, before the first has arrived, makes duplicates
 * and no conflicts.
 */
export function asSentBefore<Event extends Record<string, unknown>>(
  sent: Map<unknown, Event>,
  event: Event,
): Event {
  const before = sent.get(event.id);
  if (before !== undefined && JSON.stringify(before.data) === JSON.stringify(event.data)) return before;
  sent.set(event.id, event);
  return event;
}

/** Fewer than a request may hold, so that its size stays well below the limit too. */
const BATCH = 2_000;

/** Sends any number of events, a batch after the other; receipts name each by its place among all of them. */
export async function sendInBatches(
  events: readonly object[],
  send: (batch: readonly object[]) => Promise<IntakeAnswer>,
): Promise<IntakeAnswer> {
  const all: IntakeAnswer = { written: 0, refused: 0, receipts: [] };
  for (let from = 0; from < events.length; from += BATCH) {
    const { written, refused, receipts } = await send(events.slice(from, from + BATCH));
    all.written += written;
    all.refused += refused;
    all.receipts.push(...receipts.map((receipt) => ({ ...receipt, index: receipt.index + from })));
  }
  return all;
}

const dayInChina = (at: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(at);
