import { randomBytes, randomInt } from 'node:crypto';
import { organisationCheckCharacter, usccCheckCharacter } from '../../schemas/ids.ts';

/** A valid, invented unified social credit code, a different one for each number. */
export function testUscc(serial: number): string {
  const organisation = `MA${String(serial).padStart(6, '0')}`;
  const first17 = `91510112${organisation}${organisationCheckCharacter(organisation)}`;
  return first17 + usccCheckCharacter(first17);
}

/** The code with another last character than it should have. */
export const withWrongDigit = (uscc: string): string => uscc.slice(0, 17) + (uscc.endsWith('0') ? '1' : '0');

/** A name that no other test run uses. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;

/** Firms of their own for each test file: files share one Kafka. */
const serial = randomInt(100, 900_000);
export const LEADER = testUscc(serial);
export const SUPPLIER = testUscc(serial + 1);
export const LEADER_SOURCE = `/chain/${LEADER}/erp/sap`;

/** A structured CloudEvent with sensible attributes for what a test does not care about. */
export function cloudEvent(fields: Record<string, unknown>): Record<string, unknown> {
  return { specversion: '1.0', time: '2024-03-31T08:00:00Z', datacontenttype: 'application/json', ...fields };
}

/** An order of LEADER to SUPPLIER. */
export function orderPlaced(id: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return cloudEvent({
    type: 'order.placed.v1',
    source: LEADER_SOURCE,
    id,
    partitionkey: SUPPLIER,
    data: {
      buyerUscc: LEADER,
      supplierUscc: SUPPLIER,
      orderNumber: id,
      placedOn: '2024-03-31',
      amountFen: 1_250_000,
      currency: 'CNY',
    },
    ...overrides,
  });
}

/** A month's close of SUPPLIER's own stock, by its own books. */
export function inventoryClosed(
  id: string,
  data: Record<string, unknown> = {},
  firm = SUPPLIER,
): Record<string, unknown> {
  return cloudEvent({
    type: 'inventory.closed.v1',
    source: `/supplier/${firm}/erp`,
    id,
    partitionkey: firm,
    data: {
      firmUscc: firm,
      holderUscc: firm,
      stockKind: 'own',
      period: '2024-02',
      openingStockFen: 800_00,
      closingStockFen: 600_00,
      costOfGoodsSoldFen: 300_00,
      currency: 'CNY',
      ...data,
    },
  });
}

export function leaderRegistered(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return cloudEvent({
    type: 'leader.registered.v1',
    source: '/system/registry',
    id: `leader/${LEADER}`,
    partitionkey: LEADER,
    time: '2022-01-01T00:00:00Z',
    data: { leaderUscc: LEADER, name: 'Test leader', sources: [LEADER_SOURCE] },
    ...overrides,
  });
}

export function relationDeclared(
  validFrom = '2022-01-01',
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  return cloudEvent({
    type: 'relation.declared.v1',
    source: LEADER_SOURCE,
    id: `relation/${LEADER}/${SUPPLIER}/${validFrom}`,
    partitionkey: SUPPLIER,
    time: '2022-01-02T00:00:00Z',
    data: { buyerUscc: LEADER, supplierUscc: SUPPLIER, validFrom },
    ...overrides,
  });
}
