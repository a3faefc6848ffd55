import { describe, expect, test } from 'vitest';
import type { Network } from '../../../schemas/api/overview.ts';
import { placeFirms } from '../../../services/console/src/charts/networkLayout.ts';
import { testUscc } from '../../support/events.ts';

const LEADER = testUscc(0);

/** A leader with `first` suppliers, each of the others supplying one of those. */
function chain(first: number, second: number): Network {
  const firm = (index: number, tier: number) => ({
    ...{ uscc: testUscc(index), name: `Supplier ${index}`, tier, status: null, stage: null },
  });
  const direct = Array.from({ length: first }, (_, index) => index + 1);
  const indirect = Array.from({ length: second }, (_, index) => first + index + 1);
  return {
    leader: LEADER,
    nodes: [
      { ...firm(0, 0), uscc: LEADER },
      ...direct.map((index) => firm(index, 1)),
      ...indirect.map((index) => firm(index, 2)),
    ],
    edges: [
      ...direct.map((index) => ({ buyer: LEADER, supplier: testUscc(index) })),
      ...indirect.map((index) => ({ buyer: testUscc(1 + (index % first)), supplier: testUscc(index) })),
    ],
    truncated: false,
  };
}
const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
  Math.hypot(a.x - b.x, a.y - b.y);

describe('the supply network as a picture', () => {
  test.each([
    [3, 2],
    [36, 24],
    [240, 160],
    [1, 400],
    [2_000, 0],
  ])('with %i suppliers and %i of theirs no firm lies on another', (first, second) => {
    const network = chain(first, second);
    const placed = placeFirms(network);
    expect(placed.map(({ uscc }) => uscc).sort()).toEqual(network.nodes.map(({ uscc }) => uscc).sort());
    const byPlace = [...placed].sort((a, b) => a.x - b.x);
    for (const [index, one] of byPlace.entries())
      for (const other of byPlace.slice(index + 1)) {
        if (other.x - one.x > 15) break;
        expect(distance(one, other), `${one.name} and ${other.name}`).toBeGreaterThan(8);
      }
  });

  test('names stand where there is room for them; the leader’s always', () => {
    const named = (network: Network, isNarrow = false) =>
      placeFirms(network, isNarrow).flatMap(({ tier, label }) => (label === '' ? [] : [tier]));
    expect(named(chain(3, 2))).toHaveLength(6);
    expect(named(chain(36, 24))).toEqual([0]);
    expect(named(chain(3, 2), true)).toEqual([0]);
  });

  test('a supplier stands beyond the firm it supplies', () => {
    const placed = placeFirms(chain(3, 2));
    const at = (index: number) => placed.find(({ uscc }) => uscc === testUscc(index)) ?? { x: 0, y: 0 };
    for (const [supplier, buyer] of [
      [4, 2],
      [5, 3],
    ] as const)
      for (const other of [1, 2, 3].filter((one) => one !== buyer))
        expect(distance(at(supplier), at(buyer))).toBeLessThan(distance(at(supplier), at(other)));
  });
});
