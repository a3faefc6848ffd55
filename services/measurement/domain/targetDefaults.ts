import { z } from 'zod';
import stated from '../targets/defaults.json' with { type: 'json' };
import type { TargetPlan } from './records.ts';

/** Targets of the programme by region class, for cities whose plan states none; data with a source, as a plan's own. */
const TargetDefaults = z.strictObject({
  version: z.number().int().min(1),
  source: z.string().min(1),
  confidence: z.enum(['sure', 'doubtful']),
  note: z.string(),
  firmsByRegionClass: z.record(z.string(), z.number().int().min(1)),
});
export const TARGET_DEFAULTS = TargetDefaults.parse(stated);

/** A city's target with where it comes from; null firms where neither its plan nor its region class has one. */
export interface CityTarget {
  readonly firms: number | null;
  readonly basis: 'plan' | 'region-class' | 'none';
  readonly citation: string | null;
  readonly confidence: string;
}

/** The plan's own target, or the default of its region class at the plan's scale. */
export function targetOf(plan: TargetPlan, defaults = TARGET_DEFAULTS): CityTarget {
  const { targetFirms, citation, confidence } = plan;
  if (targetFirms !== null) return { firms: targetFirms, basis: 'plan', citation, confidence };
  const firms = defaults.firmsByRegionClass[plan.regionClass];
  if (firms === undefined) return { firms: null, basis: 'none', citation: null, confidence };
  return {
    firms: Math.max(1, Math.round(firms / plan.scaleDenominator)),
    basis: 'region-class',
    citation: `${defaults.source} (version ${defaults.version})`,
    confidence: defaults.confidence,
  };
}
