import type { Network } from '../../../../schemas/api/overview.ts';

/** Room that a firm takes on a ring, and the least distance between rings, in pixels at full size. */
const FIRM_ROOM = 15;
const RING_GAP = 90;
/** Firms beyond this many have no name beside them: they are read by pointing, or in the table. */
const MOST_NAMED = 36;
const LONGEST_NAME = 10;
/** Where a ring begins: upwards. */
const TOP = -Math.PI / 2;

export interface PlacedFirm {
  readonly uscc: string;
  readonly name: string;
  readonly tier: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Beside the firm; empty where there are too many to be read. */
  readonly label: string;
  /** Which side of the firm the name stands on. */
  readonly side: 'left' | 'right' | 'bottom';
}

const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;

/**
 * The chain's firms on rings by tier around the leader. A tier takes as many rings as its firms need, so that none lies on another; a firm
 * stands near the one it supplies, so that lines cross little; names stand outwards, and only where there is room for them.
 */
export function placeFirms({ nodes, edges }: Network, isNarrow = false): PlacedFirm[] {
  const buyerOf = new Map<string, string>();
  for (const { buyer, supplier } of edges) if (!buyerOf.has(supplier)) buyerOf.set(supplier, buyer);
  const angleOf = new Map<string, number>();
  const isMany = nodes.length > MOST_NAMED;
  const isNamed = !isMany && !isNarrow;
  const size = isMany ? (isNarrow ? 4 : 8) : isNarrow ? 10 : 14;
  const placed: PlacedFirm[] = [];
  let radius = 0;
  const tiers = [...new Set(nodes.map(({ tier }) => tier))].sort((a, b) => a - b);
  for (const tier of tiers) {
    const near = (uscc: string): number => angleOf.get(buyerOf.get(uscc) ?? '') ?? TOP;
    const waiting = nodes
      .filter((node) => node.tier === tier)
      .sort((a, b) => near(a.uscc) - near(b.uscc) || (a.uscc < b.uscc ? -1 : 1));
    const rings = tier === 0 ? [waiting] : ringsOf(waiting, radius);
    for (const ring of rings) {
      radius += tier === 0 ? 0 : RING_GAP;
      const angles = spread(
        ring.map(({ uscc }) => near(uscc)),
        FIRM_ROOM / Math.max(radius, 1),
      );
      for (const [index, { uscc, name }] of ring.entries()) {
        const angle = angles[index] ?? 0;
        angleOf.set(uscc, angle);
        const x = Math.round(radius * Math.cos(angle));
        const isLeader = tier === 0;
        placed.push({
          ...{ uscc, tier, x, name: name ?? uscc, y: Math.round(radius * Math.sin(angle)) },
          size: isLeader ? Math.max(16, 2 * size) : size,
          label: isLeader || isNamed ? shortened(name ?? uscc) : '',
          side: isLeader || Math.abs(x) < radius / 10 ? 'bottom' : x < 0 ? 'left' : 'right',
        });
      }
    }
  }
  return placed;
}

/**
 * Angles in rising order, each as near as may be to the wanted one and at least `gap` from the next; even ones where all want the same
 * place, or where they would not fit.
 */
function spread(wanted: readonly number[], gap: number): number[] {
  const [first = TOP] = wanted;
  const even = wanted.map((_, index) => first + (2 * Math.PI * index) / wanted.length);
  if (new Set(wanted).size === 1) return even;
  const angles: number[] = [];
  for (const angle of wanted) angles.push(Math.max(angle, (angles.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  return (angles.at(-1) ?? 0) - first > 2 * Math.PI - gap ? even : angles;
}

/** Shares firms among as many rings as they need, each with room in proportion to its circumference. */
function ringsOf<Firm>(firms: readonly Firm[], inner: number): Firm[][] {
  const capacities: number[] = [];
  for (let room = 0, radius = inner + RING_GAP; room < firms.length; radius += RING_GAP) {
    const capacity = Math.floor((2 * Math.PI * radius) / FIRM_ROOM);
    capacities.push(capacity);
    room += capacity;
  }
  const total = capacities.reduce((sum, capacity) => sum + capacity, 0);
  let from = 0;
  let taken = 0;
  return capacities.map((capacity) => {
    taken += capacity;
    const to = Math.round((firms.length * taken) / total);
    const ring = firms.slice(from, to);
    from = to;
    return ring;
  });
}
