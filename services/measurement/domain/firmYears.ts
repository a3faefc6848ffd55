import type { FirmYear } from './firmYear.ts';

/** What all firms reported, wherever it is kept: a world asks for one firm's years at a time. */
export interface FirmYears {
  /** USCCs of the firms that reported anything. */
  firms(): Iterable<string>;
  has(uscc: string): boolean;
  /** Empty for a firm that reported nothing. */
  of(uscc: string): readonly FirmYear[];
}

/** The read model as it is held in memory. */
export function firmYearsOf(documents: ReadonlyMap<string, FirmYear>): FirmYears {
  const byFirm = new Map<string, FirmYear[]>();
  for (const year of documents.values()) {
    const known = byFirm.get(year.firm);
    if (known === undefined) byFirm.set(year.firm, [year]);
    else known.push(year);
  }
  return {
    firms: () => byFirm.keys(),
    has: (uscc) => byFirm.has(uscc),
    of: (uscc) => byFirm.get(uscc) ?? [],
  };
}
