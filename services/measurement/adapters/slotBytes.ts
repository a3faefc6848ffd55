import { BSON_TYPE, byteAt, int32At, int64At, isNameAt } from '../../runtime/bsonBytes.ts';
import type { FirmMonth } from '../domain/firmYear.ts';
import {
  type Filled,
  SLOT_CLASSES,
  type Slot,
  type SlotClass,
  type SlotKind,
  slotOfValues,
} from '../domain/slots.ts';

const { DOUBLE, STRING, DOCUMENT, ARRAY, BOOLEAN, NULL, INT32, INT64 } = BSON_TYPE;

/** What a year's document says of its months, without hashes and counts of statements. */
export interface YearOfValues {
  readonly firm: string;
  readonly year: number;
  /** Months that hold anything, '01' to '12'; of stock that others hold it is told only that there is some. */
  readonly months: readonly (readonly [month: string, content: FirmMonth])[];
}

const MONTHS = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'));

/**
 * Reads the values of some kinds of reports from the BSON of a firm's year. The general reader makes an object of everything and
 * takes ten times as long, which is most of what a panel of many firms costs.
 * @throws RangeError for an element of a type that no firm's year holds
 */
export function valuesFrom(bytes: Uint8Array, kinds: readonly SlotKind[]): YearOfValues {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(buffer, 0);
  let [firm, year, months]: [string, number, YearOfValues['months']] = ['', 0, []];
  for (let at = 4; at < end; ) {
    const value = valueAt(buffer, at);
    if (isNamed(buffer, at, 'firm')) firm = textAt(buffer, value);
    else if (isNamed(buffer, at, 'year')) year = numberAt(buffer, at, value);
    else if (isNamed(buffer, at, 'months')) months = monthsAt(buffer, value, kinds);
    at = nextOf(buffer, at, value);
  }
  return { firm, year, months };
}

function monthsAt(buffer: Buffer, start: number, kinds: readonly SlotKind[]): YearOfValues['months'] {
  const months: (readonly [string, FirmMonth])[] = [];
  const end = endOf(buffer, start);
  for (let at = start + 4; at < end; ) {
    const month = MONTHS[10 * (byteAt(buffer, at + 1) - 48) + byteAt(buffer, at + 2) - 49] ?? '';
    const value = valueAt(buffer, at);
    const monthEnd = endOf(buffer, value);
    const content: Filled<FirmMonth> = {};
    for (let inner = value + 4; inner < monthEnd; ) {
      const innerValue = valueAt(buffer, inner);
      if (isNamed(buffer, inner, 'slots')) content.slots = slotsAt(buffer, innerValue, kinds);
      else if (isNamed(buffer, inner, 'holdings')) content.holdings = {};
      inner = nextOf(buffer, inner, innerValue);
    }
    months.push([month, content]);
    at = nextOf(buffer, at, value);
  }
  return months;
}

function slotsAt(buffer: Buffer, start: number, kinds: readonly SlotKind[]): FirmMonth['slots'] {
  const slots: Partial<Record<SlotKind, Partial<Record<SlotClass, Slot>>>> = {};
  const end = endOf(buffer, start);
  for (let at = start + 4; at < end; ) {
    const value = valueAt(buffer, at);
    for (const kind of kinds) if (isNamed(buffer, at, kind)) slots[kind] = classesAt(buffer, value);
    at = nextOf(buffer, at, value);
  }
  return slots;
}

function classesAt(buffer: Buffer, start: number): Partial<Record<SlotClass, Slot>> {
  const classes: Partial<Record<SlotClass, Slot>> = {};
  const end = endOf(buffer, start);
  for (let at = start + 4; at < end; ) {
    const value = valueAt(buffer, at);
    for (const sourceClass of SLOT_CLASSES)
      if (isNamed(buffer, at, sourceClass)) classes[sourceClass] = slotAt(buffer, value);
    at = nextOf(buffer, at, value);
  }
  return classes;
}

function slotAt(buffer: Buffer, start: number): Slot {
  let v: (number | null)[] = [];
  let u: string | undefined;
  let doc: true | undefined;
  const end = endOf(buffer, start);
  for (let at = start + 4; at < end; ) {
    const value = valueAt(buffer, at);
    if (isNamed(buffer, at, 'v')) v = numbersAt(buffer, value);
    else if (isNamed(buffer, at, 'u')) u = textAt(buffer, value);
    else if (isNamed(buffer, at, 'doc')) doc = true;
    at = nextOf(buffer, at, value);
  }
  return slotOfValues(v, u, doc);
}

/** Counted before they are read: a list that grows is made room for seventeen at first, and there are as many lists as slots. */
function numbersAt(buffer: Buffer, start: number): (number | null)[] {
  const end = endOf(buffer, start);
  let count = 0;
  for (let at = start + 4; at < end; at = nextOf(buffer, at, valueAt(buffer, at))) count++;
  const numbers = new Array<number | null>(count);
  let index = 0;
  for (let at = start + 4; at < end; ) {
    const value = valueAt(buffer, at);
    numbers[index++] = buffer[at] === NULL ? null : numberAt(buffer, at, value);
    at = nextOf(buffer, at, value);
  }
  return numbers;
}

/** @param at where the element begins, `value` where its value does */
function numberAt(buffer: Buffer, at: number, value: number): number {
  switch (buffer[at]) {
    case INT32:
      return int32At(buffer, value);
    case INT64:
      return int64At(buffer, value);
    case DOUBLE:
      return buffer.readDoubleLE(value);
    default:
      throw unknownType(buffer, at);
  }
}

const textAt = (buffer: Buffer, value: number): string =>
  buffer.toString('latin1', value + 4, value + 3 + int32At(buffer, value));

/** Where the element after the one at `at` begins, whose value is at `value`. */
function nextOf(buffer: Buffer, at: number, value: number): number {
  switch (buffer[at]) {
    case DOCUMENT:
    case ARRAY:
      return value + int32At(buffer, value);
    case STRING:
      return value + 4 + int32At(buffer, value);
    case INT32:
      return value + 4;
    case DOUBLE:
    case INT64:
      return value + 8;
    case BOOLEAN:
      return value + 1;
    case NULL:
      return value;
    default:
      throw unknownType(buffer, at);
  }
}

const unknownType = (buffer: Buffer, at: number): RangeError =>
  new RangeError(`a firm's year holds an element of BSON type ${buffer[at]}`);

/** Where the value of the element at `at` begins: behind its zero-ended name. */
function valueAt(buffer: Buffer, at: number): number {
  let end = at + 1;
  while (byteAt(buffer, end) !== 0) end++;
  return end + 1;
}

/** Where the last zero of a document stands. */
const endOf = (buffer: Buffer, start: number): number => start + int32At(buffer, start) - 1;

const isNamed = (buffer: Buffer, at: number, name: string): boolean => isNameAt(buffer, at + 1, name);
