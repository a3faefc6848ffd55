import type { AuditFacts, AuditFirm, AuditTrade } from '../../../../schemas/auditFacts.ts';

/** Where a firm stands among leaders and suppliers. */
export interface Place {
  /** Leaders whose supply chain it is part of, directly or through other suppliers; sorted. */
  readonly chains: readonly string[];
  /** The chain it is counted with: that of its nomination, or else the first of its chains. */
  readonly chain: string | null;
  /** 1 where only leaders buy from it, else one more than the lowest tier among its buyers. */
  readonly tier: number;
}

/** Places of all firms that are not leaders. */
export function placesOf(facts: AuditFacts): Map<string, Place> {
  const leaders = new Set(facts.firms.filter((firm) => firm.isLeader).map((firm) => firm.uscc));
  const buyersOf = new Map<string, string[]>();
  for (const { buyer, supplier } of facts.trades)
    buyersOf.set(supplier, [...(buyersOf.get(supplier) ?? []), buyer]);
  const chains = new Map<string, readonly string[]>();
  const tiers = new Map<string, number>();
  const nominatedBy = new Map(
    facts.firms.map((firm) => [
      firm.uscc,
      firm.enrolments.find(({ leader }) => leader !== null)?.leader ?? null,
    ]),
  );
  const chainsOf = (uscc: string, above: ReadonlySet<string>): readonly string[] => {
    const known = chains.get(uscc);
    if (known !== undefined) return known;
    const nominator = nominatedBy.get(uscc);
    const found = new Set(nominator === null || nominator === undefined ? [] : [nominator]);
    for (const buyer of buyersOf.get(uscc) ?? []) {
      if (leaders.has(buyer)) found.add(buyer);
      else if (!above.has(buyer))
        for (const leader of chainsOf(buyer, new Set([...above, uscc]))) found.add(leader);
    }
    const sorted = [...found].sort();
    if (above.size === 0) chains.set(uscc, sorted);
    return sorted;
  };
  const tierOf = (uscc: string, above: ReadonlySet<string>): number => {
    const known = tiers.get(uscc);
    if (known !== undefined) return known;
    const suppliers = (buyersOf.get(uscc) ?? []).filter((buyer) => !leaders.has(buyer) && !above.has(buyer));
    const tier =
      suppliers.length === 0
        ? 1
        : 1 + Math.min(...suppliers.map((buyer) => tierOf(buyer, new Set([...above, uscc]))));
    if (above.size === 0) tiers.set(uscc, tier);
    return tier;
  };
  const none: ReadonlySet<string> = new Set();
  return new Map(
    facts.firms
      .filter((firm) => !firm.isLeader)
      .map(({ uscc }): [string, Place] => {
        const own = chainsOf(uscc, none);
        return [
          uscc,
          { chains: own, chain: nominatedBy.get(uscc) ?? own[0] ?? null, tier: tierOf(uscc, none) },
        ];
      }),
  );
}

/** What was ordered before a month, all of it where there is none; null where no order is known at all. */
export const orderedBefore = ({ orders, monthly }: AuditTrade, month: string | undefined): number | null =>
  orders === 0
    ? null
    : monthly.reduce(
        (sum, { period, amountFen }) => sum + (month === undefined || period < month ? amountFen : 0),
        0,
      );

/**
 * Trade among suppliers: the edges of the exposure network. Leaders are none of its nodes: all their suppliers would be
 * exposed. A relation that had ended before either side was treated exposes nobody.
 * @param treatedFrom first treated month of a firm; undefined for never
 */
export function edgesAmong(
  trades: readonly AuditTrade[],
  nodes: ReadonlyMap<string, AuditFirm>,
  treatedFrom: (uscc: string) => string | undefined,
): AuditTrade[] {
  return trades.filter(({ buyer, supplier, until }) => {
    if (buyer === supplier || !nodes.has(buyer) || !nodes.has(supplier)) return false;
    const [first] = [treatedFrom(buyer), treatedFrom(supplier)].filter((month) => month !== undefined).sort();
    return until === null || first === undefined || until.slice(0, 7) > first;
  });
}
