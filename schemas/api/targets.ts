import { z } from 'zod';
import { BusinessDate, Instant, RegionCode, Uscc } from '../ids.ts';
import { NOT_COUNTABLE_REASONS } from '../measurement.ts';

/** Output of `cli targets`. */
const Count = z.number().int().min(0);

export const CityTargetState = z.object({
  code: RegionCode,
  name: z.string(),
  regionClass: z.string(),
  programme: z.string(),
  planVersion: Count,
  /** null where neither the plan nor the region class has one. */
  target: Count.nullable(),
  targetBasis: z.enum(['plan', 'region-class', 'none']),
  /** Where the target comes from. */
  citation: z.string().nullable(),
  /** Onboardings accepted and countable. */
  done: Count,
  /** Accepted, but not counted: reason → how many, and which firms. */
  notCountable: z.record(z.string(), Count),
  notCounted: z.array(z.object({ uscc: Uscc, reason: z.enum(NOT_COUNTABLE_REASONS) })),
  /** done ÷ target */
  share: z.number().min(0).nullable(),
  status: z.enum(['critical', 'lagging', 'on-track', 'reached', 'no-target']),
  /** Shares of the target below which a city is so marked, as the installation is set. */
  markedBelow: z.object({ critical: z.number(), lagging: z.number() }),
  /** Firms done by the end of the window, if the pace goes on. */
  forecast: z.object({ low: Count, mid: Count, high: Count, method: z.string() }),
  /** Firms that copied a sample firm and are no pilots themselves: of the city, whatever the plan. Each once. */
  promoted: z.array(z.object({ firm: Uscc, sampleFirm: Uscc, solution: z.string(), copiedOn: BusinessDate })),
  /** Designated with a deed: of the city, whatever the plan. */
  designations: z.object({ smartWorkshops: Count, lighthouseFactories: Count }),
  figureId: z.string(),
  confidence: z.string(),
});
export type CityTargetState = z.infer<typeof CityTargetState>;

export const Targets = z.object({ asOf: Instant, cities: z.array(CityTargetState) });
export type Targets = z.infer<typeof Targets>;
