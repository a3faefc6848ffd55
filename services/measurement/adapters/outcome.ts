import { ApplicationFailure } from '@temporalio/activity';
import type { Db } from 'mongodb';
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { MeasurementActivities } from '../../../workflows/onboarding/activities.contract.ts';
import { beating } from '../../runtime/heartbeat.ts';
import type { Logger } from '../../runtime/logger.ts';
import { kpiOf } from '../domain/kpis.ts';
import { shownValue } from '../domain/ratio.ts';
import { firmWorld } from './read.ts';

const NOT_YET: ErrorCode = 'BASELINE_PENDING';
const UNKNOWN: ErrorCode = 'BAD_INPUT';

/**
 * What the measurement answers to an onboarding's outcome window: the change of a figure against the frozen baseline, from what had been
 * stated by then, so that asking later gives the same answer.
 */
export function createOutcomeActivities(db: Db, logger: Logger): MeasurementActivities {
  return {
    readOutcome: async ({ supplierUscc, kpi: id, asOf }) => {
      const kpi = kpiOf(id);
      if (kpi === undefined) throw ApplicationFailure.nonRetryable(`no figure is called ${id}`, UNKNOWN);
      const world = await beating(() => firmWorld(db, supplierUscc, { asOf: new Date(asOf) }));
      const baseline = world.baselinesOf(supplierUscc).find((one) => one.contract !== undefined);
      const unmeasured = (reason: string) =>
        ({
          verdict: 'not-measurable',
          kpi: kpi.id,
          before: null,
          after: null,
          change: null,
          reason,
        }) as const;
      if (baseline === undefined) return unmeasured('NO_CONTRACT');
      // The contract is on record, its baseline a moment later: an answer given in between would not stand.
      if (baseline.frozen === undefined)
        throw ApplicationFailure.create({ message: 'the baseline is being frozen', type: NOT_YET });
      const { before, after, change, reason } = world.improvementIn(kpi, supplierUscc, baseline);
      logger.debug({ firm: supplierUscc, kpi: kpi.id, asOf, change, reason }, 'outcome read');
      if (change === null) return unmeasured(reason ?? 'NO_DATA');
      return {
        verdict: (kpi.direction === 'up' ? change > 0 : change < 0) ? 'gain' : 'no-gain',
        kpi: kpi.id,
        before: shownValue(before),
        after: shownValue(after),
        change,
        reason: null,
      };
    },
  };
}
