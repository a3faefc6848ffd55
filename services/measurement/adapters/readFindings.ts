import type { Db } from 'mongodb';
import { eventsOf } from '../../runtime/eventStore.ts';
import { type Finding, findingsOf } from '../domain/cases.ts';
import { correctionOf } from '../domain/corrections.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import { monthsOf } from '../domain/figures.ts';
import { baselineFinding } from '../domain/findings.ts';
import type { FirmYear } from '../domain/firmYear.ts';
import { grouped, latest, type Suspicion, suspicion } from '../domain/guards/guard.ts';
import { suspicionsAmong, suspicionsOfMonths } from '../domain/guards/index.ts';
import { CORRECTION_TYPE } from '../domain/readModels.ts';
import type { Baseline } from '../domain/records.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { loadWorldFirmByFirm } from './worldStore.ts';

/** Statements that close a month. */
const CLOSES = ['inventory.closed.v1', 'receivables.closed.v1'];

/**
 * Every finding over the whole data set, with its owner, due date and history.
 * @param others what other parts of the product found
 */
export async function readFindings(
  db: Db,
  horizon: Horizon = {},
  others: readonly Suspicion[] = [],
): Promise<{ asOf: string; findings: Finding[] }> {
  const found: Suspicion[] = [];
  let baselines: ReadonlyMap<string, Baseline[]> | null = null;
  const world = await loadWorldFirmByFirm(db, horizon, (uscc, years, models) => {
    baselines ??= grouped(models.baselines.values(), ({ firm }) => firm);
    found.push(...suspicionsOfMonths(uscc, years));
    for (const baseline of baselines.get(uscc) ?? []) found.push(...baselineCorrected(baseline, years));
  });
  // Of a firm whose every report was taken back, too.
  for (const baseline of world.models.baselines.values())
    if (!world.years.has(baseline.firm)) found.push(...baselineCorrected(baseline, []));
  found.push(...suspicionsAmong(world), ...(await periodsReopened(db, horizon)), ...others);
  return { asOf: world.asOf.toISOString(), findings: findingsOf(world, found) };
}

function baselineCorrected(baseline: Baseline, years: readonly FirmYear[]): Suspicion[] {
  const months = monthsOf(years);
  const found = baselineFinding(baseline, months);
  if (found === null) return [];
  const slots = found.evidence.flatMap(({ month }) => Object.values(months(month)?.slots ?? {}));
  const times = slots.flatMap((classes) => Object.values(classes ?? {}).map((slot) => slot.t));
  const evidence = found.evidence.map((one) => ({ ...one }));
  return [suspicion(found.code, found.severity, baseline._id, found.entities, evidence, latest(times))];
}

/** Closed months that were taken back: what they said, and what stands instead is in the figure. */
async function periodsReopened(db: Db, horizon: Horizon): Promise<Suspicion[]> {
  const corrections = await standingFacts(db, { types: [CORRECTION_TYPE] }, horizon);
  const byTarget = new Map(corrections.map((fact) => [correctionOf(fact).target, fact]));
  if (byTarget.size === 0) return [];
  const targets = await eventsOf(db)
    .find({ _id: { $in: [...byTarget.keys()] }, type: { $in: CLOSES as never[] } })
    .toArray();
  return targets.flatMap((event) => {
    const correction = byTarget.get(event._id);
    return correction === undefined ? [] : [reopened(factOf(event), correction)];
  });
}

function reopened(closed: Fact, correction: Fact): Suspicion {
  const { firm, period, identity, data } = closed;
  return suspicion(
    'PERIOD_REOPENED',
    'warning',
    `${firm}/${period}/${correction.identity.slice(correction.identity.indexOf(' ') + 1)}`,
    firm === null ? [] : [firm],
    [
      {
        period,
        type: closed.type,
        closed: data,
        event: identity,
        correction: correction.identity,
        action: correction.data.action,
        reason: correction.data.reason,
        replacement: correction.data.replacementId ?? null,
      },
    ],
    correction.timeMs,
  );
}
