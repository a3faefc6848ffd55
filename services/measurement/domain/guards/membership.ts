import type { Severity } from '../../../../schemas/measurement.ts';
import { plansInForce } from '../targets.ts';
import type { Participation, World } from '../world.ts';
import { distinct, factsOfSeveral, type Guard, grouped, type Suspicion, suspicion } from './guard.ts';

/** Guards against one firm being counted twice: cities, chains, batches, pilot and copy, sample firms, subsidiaries. */

const byFirm = (world: World): Map<string, Participation[]> =>
  grouped(
    world.participations.filter(({ nominated }) => nominated !== undefined),
    ({ uscc }) => uscc,
  );

const nominatedMs = ({ nominated }: Participation): number => nominated?.timeMs ?? 0;

const placesOf = (all: readonly Participation[]) =>
  all.map(({ programme, platform, nominated }) => ({
    programme,
    platform,
    city: nominated?.city,
    leader: nominated?.leader,
    event: nominated?.identity,
  }));

/** The firm's participations, each as often as somebody nominated or applied for it, also where another nomination stands. */
const named = (all: readonly Participation[]): Participation[] =>
  all.flatMap((one) => one.nominations.map((nominated) => ({ ...one, nominated })));

export const twoCities: Guard = (world) =>
  [...byFirm(world)].flatMap(([uscc, participations]) => {
    const all = named(participations);
    const cities = distinct(all.map(({ nominated }) => nominated?.city ?? '')).sort();
    return cities.length < 2
      ? []
      : [
          suspicion(
            'COUNTED_IN_TWO_CITIES',
            'critical',
            uscc,
            [uscc, ...cities],
            placesOf(all),
            factsOfSeveral(all, ({ nominated }) => nominated?.city, nominatedMs),
          ),
        ];
  });

export const twoChains: Guard = (world) =>
  [...byFirm(world)].flatMap(([uscc, participations]) => {
    const all = named(participations);
    const leaders = distinct(all.flatMap(({ nominated }) => nominated?.leader || [])).sort();
    return leaders.length < 2
      ? []
      : [
          suspicion(
            'COUNTED_IN_TWO_CHAINS',
            'critical',
            uscc,
            [uscc, ...leaders],
            placesOf(all),
            factsOfSeveral(all, ({ nominated }) => nominated?.leader, nominatedMs),
          ),
        ];
  });

export const twoBatches: Guard = (world) => {
  const batchOf = new Map(plansInForce(world).map((plan) => [plan.programme, plan.batch]));
  return [...byFirm(world)].flatMap(([uscc, all]) => {
    const batches = distinct(all.flatMap(({ programme }) => batchOf.get(programme) ?? []));
    if (batches.length < 2) return [];
    const evidence = placesOf(all).map((place) => ({ ...place, batch: batchOf.get(place.programme) }));
    const facts = factsOfSeveral(all, ({ programme }) => batchOf.get(programme)?.toString(), nominatedMs);
    return [suspicion('COUNTED_IN_TWO_BATCHES', 'critical', uscc, [uscc], evidence, facts)];
  });
};

const copiesOf = (world: World) =>
  [...world.models.designations.values()].filter(({ kind }) => kind === 'copy');

export const pilotAlsoCopied: Guard = (world) => {
  const pilots = byFirm(world);
  return copiesOf(world).flatMap((copy): Suspicion[] => {
    const all = pilots.get(copy.firm);
    if (all === undefined) return [];
    const evidence = [
      ...placesOf(all),
      { sampleFirm: copy.sampleFirm, copiedOn: copy.on, event: copy.identity },
    ];
    const facts = all.map((one) => ({
      key: one.programme,
      timeMs: Math.max(copy.timeMs, nominatedMs(one)),
    }));
    return [
      suspicion(
        'PILOT_ALSO_COPIED',
        'critical',
        `${copy.firm}/${copy.sampleFirm}`,
        [copy.firm],
        evidence,
        facts,
      ),
    ];
  });
};

export const copiedTwice: Guard = (world) =>
  [...grouped(copiesOf(world), ({ firm }) => firm)].flatMap(([uscc, copies]) =>
    distinct(copies.map(({ sampleFirm }) => sampleFirm)).length < 2
      ? []
      : [
          suspicion(
            'COPIED_TWICE',
            'critical',
            uscc,
            [uscc, ...copies.flatMap(({ sampleFirm }) => sampleFirm ?? []).sort()],
            copies.map(({ sampleFirm, solution, on, identity }) => ({
              sampleFirm,
              solution,
              on,
              event: identity,
            })),
            factsOfSeveral(
              copies,
              ({ sampleFirm }) => sampleFirm,
              ({ timeMs }) => timeMs,
            ),
          ),
        ],
  );

/** Shares in hundredths of a percent: above the first a firm is controlled, from the second on it is an associate. */
const CONTROLLED = 5_000;
const ASSOCIATE = 2_000;

/** Controlled by the other, both are one transformation most likely; a mere holding may be none of its business. */
function severityOf(basisPoints: number | undefined): Severity {
  if (basisPoints === undefined || basisPoints > CONTROLLED) return 'critical';
  return basisPoints >= ASSOCIATE ? 'warning' : 'info';
}

/** A firm and a firm that it belongs to, both taking part in one programme. */
export const subsidiaries: Guard = (world) => {
  const pilots = byFirm(world);
  return [...world.models.firms.values()].flatMap((firm) =>
    Object.entries(firm.parents ?? {}).flatMap(([parent, validFrom]) => {
      const [own, theirs] = [pilots.get(firm._id) ?? [], pilots.get(parent) ?? []];
      const shared = own.filter(({ programme }) => theirs.some((other) => other.programme === programme));
      if (shared.length === 0) return [];
      const share = firm.shares?.[parent]?.basisPoints;
      const evidence = [
        { parent, validFrom, ...(share === undefined ? {} : { shareBasisPoints: share }) },
        ...placesOf([...shared, ...theirs]),
      ];
      return [
        suspicion(
          'SUBSIDIARY_COUNTED',
          severityOf(share),
          `${firm._id}/${parent}`,
          [firm._id, parent],
          evidence,
          shared.map((one) => ({
            key: one.programme,
            timeMs: Math.max(
              nominatedMs(one),
              Math.min(...theirs.filter(({ programme }) => programme === one.programme).map(nominatedMs)),
            ),
          })),
        ),
      ];
    }),
  );
};

/** A contract before or after the window of its city's plan; of a city without a plan, of all windows of the programme. */
export const contractOutsideWindow: Guard = (world) => {
  const inForce = plansInForce(world);
  const plans = new Map(inForce.map((plan) => [`${plan.programme}/${plan.city}`, plan]));
  const windows = new Map(
    [...grouped(inForce, (plan) => plan.programme)].map(([programme, all]) => [
      programme,
      {
        windowFrom: all.map((plan) => plan.windowFrom).sort()[0] ?? '',
        windowTo:
          all
            .map((plan) => plan.windowTo)
            .sort()
            .at(-1) ?? '',
      },
    ]),
  );
  return world.participations.flatMap(({ uscc, programme, nominated, enrolment }) => {
    const { contracted } = enrolment;
    const window = plans.get(`${programme}/${nominated?.city}`) ?? windows.get(programme);
    if (contracted === undefined || window === undefined) return [];
    const { windowFrom, windowTo } = window;
    if (contracted.signedOn >= windowFrom && contracted.signedOn <= windowTo) return [];
    const evidence = [
      { programme, signedOn: contracted.signedOn, windowFrom, windowTo, event: contracted.identity },
    ];
    return [
      suspicion(
        'CONTRACT_OUTSIDE_WINDOW',
        'critical',
        `${programme}/${uscc}`,
        [uscc, ...(nominated === undefined ? [] : [nominated.city])],
        evidence,
        [{ key: `${contracted.signedOn} ${windowFrom} ${windowTo}`, timeMs: contracted.timeMs }],
      ),
    ];
  });
};
