import type { FirmMonth, FirmYear } from '../domain/firmYear.ts';
import type { FirmYears } from '../domain/firmYears.ts';
import {
  type Filled,
  SLOT_CLASSES,
  SLOT_FIELDS,
  type Slot,
  type SlotClass,
  type SlotKind,
  slotOfValues,
} from '../domain/slots.ts';
import { valuesFrom } from './slotBytes.ts';

const KINDS = Object.keys(SLOT_FIELDS) as SlotKind[];
/** How many of each part a header has room for, below the month: kind, source class, whether a document is named, currency (0 for CNY), number of values. */
const RADIX = { kinds: 16, classes: 4, documents: 2, currencies: 256, values: 32 } as const;
/** In place of a kind: others report stock of the firm in that month. */
const HELD = RADIX.kinds - 1;

/**
 * The values that all firms reported, without what only proves them (hashes, counts, times, superseded statements): a number a value
 * and one a statement, outside the heap. Questions about everybody go through it firm by firm; as documents, the years of
 * 20,000 firms would not fit into a service's memory.
 */
export class PackedYears implements FirmYears {
  private readonly byFirm = new Map<string, { readonly year: number; readonly packed: Float64Array }[]>();
  private readonly currencies: string[] = [''];

  /** @param bytes BSON of a firm's year as the read model holds it */
  add(bytes: Uint8Array): void {
    const { firm, year, months } = valuesFrom(bytes, KINDS);
    const numbers: number[] = [];
    for (const [month, { slots = {}, holdings }] of months) {
      if (holdings !== undefined) numbers.push(header(Number(month), HELD, 0, false, 0, 0));
      for (const [kind, classes = {}] of Object.entries(slots))
        for (const [slotClass, slot] of Object.entries(classes))
          this.pack(numbers, Number(month), kind as SlotKind, slotClass as SlotClass, slot);
    }
    const years = this.byFirm.get(firm) ?? [];
    this.byFirm.set(firm, [...years, { year, packed: Float64Array.from(numbers) }]);
  }

  firms(): Iterable<string> {
    return this.byFirm.keys();
  }

  has(uscc: string): boolean {
    return this.byFirm.has(uscc);
  }

  of(uscc: string): FirmYear[] {
    return (this.byFirm.get(uscc) ?? []).map(({ year, packed }) => ({
      _id: `${uscc}/${year}`,
      firm: uscc,
      year,
      months: this.unpack(packed),
    }));
  }

  private pack(numbers: number[], month: number, kind: SlotKind, slotClass: SlotClass, slot: Slot): void {
    const { v, u, doc } = slot;
    const [kindAt, classAt] = [KINDS.indexOf(kind), SLOT_CLASSES.indexOf(slotClass)];
    numbers.push(header(month, kindAt, classAt, doc === true, this.currencyAt(u ?? ''), v.length));
    for (const value of v) numbers.push(value ?? Number.NaN);
  }

  private currencyAt(currency: string): number {
    const known = this.currencies.indexOf(currency);
    if (known >= 0) return known;
    if (this.currencies.length === RADIX.currencies) throw new RangeError('more currencies than there are');
    return this.currencies.push(currency) - 1;
  }

  private unpack(packed: Float64Array): Record<string, FirmMonth> {
    const months: Record<string, Filled<FirmMonth>> = {};
    for (let at = 0; at < packed.length; at++) {
      let rest = packed[at] ?? 0;
      const part = (radix: number): number => {
        const digit = rest % radix;
        rest = Math.floor(rest / radix);
        return digit;
      };
      const values = part(RADIX.values);
      const currency = part(RADIX.currencies);
      const hasDocument = part(RADIX.documents) === 1;
      const slotClass = SLOT_CLASSES[part(RADIX.classes)];
      const kindAt = part(RADIX.kinds);
      const key = String(rest).padStart(2, '0');
      months[key] ??= {};
      if (kindAt === HELD) {
        months[key].holdings = {};
        continue;
      }
      const kind = KINDS[kindAt];
      if (kind === undefined || slotClass === undefined) throw new RangeError('a packed year is damaged');
      const v = Array.from(packed.subarray(at + 1, at + 1 + values), (value) =>
        Number.isNaN(value) ? null : value,
      );
      at += values;
      const u = currency === 0 ? undefined : this.currencies[currency];
      const slot = slotOfValues(v, u, hasDocument ? true : undefined);
      months[key].slots = {
        ...months[key].slots,
        [kind]: { ...months[key].slots?.[kind], [slotClass]: slot },
      };
    }
    return months;
  }
}

function header(
  month: number,
  kind: number,
  slotClass: number,
  hasDocument: boolean,
  currency: number,
  values: number,
): number {
  let packed = month;
  packed = packed * RADIX.kinds + kind;
  packed = packed * RADIX.classes + slotClass;
  packed = packed * RADIX.documents + (hasDocument ? 1 : 0);
  packed = packed * RADIX.currencies + currency;
  return packed * RADIX.values + values;
}
