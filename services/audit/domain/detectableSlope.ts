import { cholesky, squareMatrix } from './linearAlgebra.ts';
import type { PlaceboLead } from './placeboLeads.ts';
import { randomStream, standardNormal } from './random.ts';

const DRAWS = 2_000;
const POWER = 0.8;

/**
 * The constant divergence per period between treated and controls that the placebo test finds with 80 % power: the slope
 * at which P(max |t| > critical value) = 0.8, the leads being jointly normal with their estimated covariance
 * (Roth 2022). Null where that covariance is singular.
 */
export function detectableSlope(
  leads: readonly PlaceboLead[],
  units: number,
  criticalValue: number,
  seed: number,
): number | null {
  const size = leads.length;
  const correlation = squareMatrix(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const a = leads[row]!;
      const b = leads[column]!;
      let sum = 0;
      for (let index = 0; index < a.byCluster.length; index++)
        sum += a.byCluster[index]! * b.byCluster[index]!;
      correlation.values[row * size + column] = sum / (units * units * a.se * b.se);
    }
  }
  const factor = cholesky(correlation);
  if (factor === null) return null;
  const random = randomStream(seed, 'slope');
  const noise = new Float64Array(DRAWS * size);
  for (let draw = 0; draw < DRAWS; draw++) {
    const independent = leads.map(() => standardNormal(random));
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        noise[draw * size + row]! += factor.values[row * size + column]! * independent[column]!;
      }
    }
  }
  const power = (slope: number) => {
    let found = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      if (
        leads.some(
          (lead, row) =>
            Math.abs(noise[draw * size + row]! + (slope * lead.distance) / lead.se) > criticalValue,
        )
      )
        found++;
    }
    return found / DRAWS;
  };
  let high = Math.min(...leads.map((lead) => lead.se / lead.distance));
  while (power(high) < POWER) high *= 2;
  let low = 0;
  while (high - low > 1e-4 * high) {
    const middle = (low + high) / 2;
    if (power(middle) < POWER) low = middle;
    else high = middle;
  }
  return high;
}
