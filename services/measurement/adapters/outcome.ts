import { ApplicationFailure } from '@temporalio/activity';
import type { Db } from 'mongodb';
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { OutcomeDisplacement } from '../../../schemas/events/acts.ts';
import { periodOf, startOfPeriod } from '../../../schemas/time.ts';
import type { MeasurementActivities } from '../../../workflows/onboarding/activities.contract.ts';
import { beating } from '../../runtime/heartbeat.ts';
import type { Logger } from '../../runtime/logger.ts';
import { kpiOf } from '../domain/kpis.ts';
import { shownValue } from '../domain/ratio.ts';
import { displacementBy } from './chainAsOf.ts';
import { firmWorld } from './read.ts';

const NOT_YET: ErrorCode = 'BASELINE_PENDING';
const UNKNOWN: ErrorCode = 'BAD_INPUT';
/** Chains at the beginnings of months that are kept. */
const MAX_CHAINS = 500;

const notYet = (message: string): ApplicationFailure => ApplicationFailure.create({ message, type: NOT_YET });

/**
 * What the measurement answers to an onboarding's outcome window: the change of a figure against the frozen baseline, from what had been
 * stated by then, so that asking later gives the same answer; and what had become of stock in the firm's chains by the beginning of that
 * month. So all windows of a chain that close in a month stand beside the same figure, and it is worked out once.
 */
export function createOutcomeActivities(db: Db, logger: Logger): MeasurementActivities {
  const known = new Map<string, OutcomeDisplacement>();
  const displacementIn = async (leader: string, asOf: Date): Promise<OutcomeDisplacement | undefined> => {
    const key = `${leader}/${periodOf(asOf)}`;
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const found = await displacementBy(db, leader, asOf);
    if (found === null) throw notYet('the baseline of a leader is being frozen');
    const [oldest] = known.keys();
    if (oldest !== undefined && known.size >= MAX_CHAINS) known.delete(oldest);
    if (found !== undefined) known.set(key, found);
    return found;
  };
  const displacementOf = async (leaders: readonly string[], at: Date): Promise<OutcomeDisplacement[]> => {
    const shown: OutcomeDisplacement[] = [];
    for (const leader of leaders) {
      const one = await displacementIn(leader, startOfPeriod(periodOf(at)));
      if (one !== undefined) shown.push(one);
    }
    return shown;
  };
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
      if (baseline.frozen === undefined) throw notYet('the baseline is being frozen');
      const { before, after, change, reason } = world.improvementIn(kpi, supplierUscc, baseline);
      logger.debug({ firm: supplierUscc, kpi: kpi.id, asOf, change, reason }, 'outcome read');
      if (change === null) return unmeasured(reason ?? 'NO_DATA');
      const leaders = world.models.firms.get(supplierUscc)?.chains ?? [];
      const displacement = await beating(() => displacementOf(leaders, new Date(asOf)));
      return {
        verdict: (kpi.direction === 'up' ? change > 0 : change < 0) ? 'gain' : 'no-gain',
        kpi: kpi.id,
        before: shownValue(before),
        after: shownValue(after),
        change,
        reason: null,
        displacement,
      };
    },
  };
}
