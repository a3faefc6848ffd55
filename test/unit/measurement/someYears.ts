import fc from 'fast-check';
import { SLOT_FIELDS, type SlotKind } from '../../../services/measurement/domain/slots.ts';

export const KINDS = Object.keys(SLOT_FIELDS) as SlotKind[];
const someSlot = fc.record(
  {
    t: fc.integer({ min: 0, max: 2_000_000_000_000 }),
    n: fc.integer({ min: 1, max: 9 }),
    x: fc.constant('0'.repeat(32)),
    v: fc.array(
      fc.oneof(fc.maxSafeInteger(), fc.constant(null), fc.constant(2 ** 31), fc.constant(-(2 ** 31))),
      { maxLength: 12 },
    ),
    u: fc.constantFrom('USD', 'EUR'),
    doc: fc.constant(true as const),
    o: fc.array(fc.string({ maxLength: 5 })),
  },
  { requiredKeys: ['t', 'n', 'x', 'v'] },
);
const someSlots = fc.dictionary(
  fc.constantFrom(...KINDS),
  fc.dictionary(fc.constantFrom('platform', 'chain', 'supplier'), someSlot),
);
const someMonth = fc.record({ slots: someSlots, holdings: fc.dictionary(fc.string(), someSlot) });
/** Years of any content, as the read model may hold them. */
export const someYear = fc.record({
  firm: fc.constant('91510112MA0000007K'),
  year: fc.integer({ min: 2000, max: 2099 }),
  months: fc.dictionary(fc.constantFrom('01', '02', '09', '10', '12'), someMonth),
});
