import type { Designation } from './records.ts';
import type { World } from './world.ts';

/** A firm that copied a sample firm: what it took from whom, and when. */
export interface Promoted {
  readonly firm: string;
  readonly sampleFirm: string;
  readonly solution: string;
  readonly copiedOn: string;
}

export interface CityReach {
  readonly promoted: readonly Promoted[];
  readonly designations: { readonly smartWorkshops: number; readonly lighthouseFactories: number };
}

/** GB/T 2260: the city that a district belongs to; a city's own code and a province's stay. */
const cityCodeOf = (region: string): string => `${region.slice(0, 4)}00`;

const byDate = (a: Designation, b: Designation): number =>
  a.on < b.on ? -1 : a.on > b.on ? 1 : a._id < b._id ? -1 : 1;

/**
 * What went beyond the pilots of each city, as of the world's instant. A firm counts as promoted once, where it copied
 * first, and never while it is nominated itself; a designation counts by the number of its deed.
 * @returns city code → its promoted firms by date, and its designations
 */
export function reachByCity(world: World): ReadonlyMap<string, CityReach> {
  const pilots = new Set(world.participations.flatMap(({ uscc, nominated }) => (nominated ? [uscc] : [])));
  const reach = new Map<string, CityReach>();
  const copied = new Set<string>();
  const stated = [...world.models.designations.values()]
    .filter(({ timeMs, on }) => timeMs <= world.asOf.getTime() && on <= world.today)
    .sort(byDate);
  for (const designation of stated) {
    const code = cityCodeOf(designation.region);
    const known = reach.get(code) ?? NOTHING_REACHED;
    const { kind, firm } = designation;
    switch (kind) {
      case 'workshop':
        reach.set(code, withOneMore(known, designation, 'smartWorkshops'));
        break;
      case 'lighthouse':
        reach.set(code, withOneMore(known, designation, 'lighthouseFactories'));
        break;
      case 'copy': {
        const { sampleFirm, solution } = designation;
        if (sampleFirm === undefined || solution === undefined || pilots.has(firm) || copied.has(firm)) break;
        copied.add(firm);
        const promoted = { firm, sampleFirm, solution, copiedOn: designation.on };
        reach.set(code, { ...known, promoted: [...known.promoted, promoted] });
        break;
      }
      default:
        kind satisfies never;
    }
  }
  return reach;
}

export const NOTHING_REACHED: CityReach = {
  promoted: [],
  designations: { smartWorkshops: 0, lighthouseFactories: 0 },
};

/** Without the number of a deed there is no evidence, and nothing is counted. */
function withOneMore(
  reach: CityReach,
  { documentNumber }: Designation,
  what: keyof CityReach['designations'],
): CityReach {
  if (documentNumber === undefined) return reach;
  const { designations } = reach;
  return { ...reach, designations: { ...designations, [what]: designations[what] + 1 } };
}
