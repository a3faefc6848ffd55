import type { Db } from 'mongodb';
import { withEarlier } from '../../../schemas/events/versions.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import { type Finding, findingsOf } from '../domain/cases.ts';
import { correctionOf } from '../domain/corrections.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import { monthsOf } from '../domain/figures.ts';
import { baselineFinding } from '../domain/findings.ts';
import { FIRM_YEAR_TYPES, type FirmYear } from '../domain/firmYear.ts';
import { type FindingFact, grouped, latest, type Suspicion, suspicion } from '../domain/guards/guard.ts';
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
): Promise<{ asOf: string; findings: Finding[]; facts: ReadonlyMap<string, readonly FindingFact[]> }> {
  const found: Suspicion[] = [];
  const corrected = await correctedStatements(db, horizon);
  const correctedMs = (firm: string, period: string): number =>
    latest(
      corrected.flatMap(({ target, correction }) =>
        target.firm === firm && target.period === period ? correction.timeMs : [],
      ),
    );
  let baselines: ReadonlyMap<string, Baseline[]> | null = null;
  const world = await loadWorldFirmByFirm(db, horizon, (uscc, years, models) => {
    baselines ??= grouped(models.baselines.values(), ({ firm }) => firm);
    found.push(...suspicionsOfMonths(uscc, years));
    for (const baseline of baselines.get(uscc) ?? [])
      found.push(...baselineCorrected(baseline, years, correctedMs));
  });
  // Of a firm whose every report was taken back, too.
  for (const baseline of world.models.baselines.values())
    if (!world.years.has(baseline.firm)) found.push(...baselineCorrected(baseline, [], correctedMs));
  found.push(...suspicionsAmong(world), ...periodsReopened(corrected), ...others);
  const facts = new Map(found.map((one) => [one.id, one.facts]));
  return {
    asOf: world.asOf.toISOString(),
    findings: findingsOf(world, found),
    facts,
  };
}

/** @param correctedMs when a month's statements were corrected last; 0 for never */
function baselineCorrected(
  baseline: Baseline,
  years: readonly FirmYear[],
  correctedMs: (firm: string, period: string) => number,
): Suspicion[] {
  const months = monthsOf(years);
  const found = baselineFinding(baseline, months);
  if (found === null) return [];
  const statedMs = (month: string): number =>
    latest(
      Object.values(months(month)?.slots ?? {}).flatMap((classes) =>
        Object.values(classes ?? {}).map((slot) => slot.t),
      ),
    );
  const facts = found.evidence.map(({ kpi, month, now }) => ({
    key: `${kpi}@${month} ${now.numerator}/${now.denominator}`,
    timeMs: Math.max(baseline.frozen?.timeMs ?? 0, correctedMs(baseline.firm, month), statedMs(month)),
  }));
  const evidence = found.evidence.map((one) => ({ ...one }));
  return [suspicion(found.code, found.severity, baseline._id, found.entities, evidence, facts)];
}

interface CorrectedStatement {
  readonly target: Fact;
  readonly correction: Fact;
}

/** What firms had reported and was taken back or replaced. */
async function correctedStatements(db: Db, horizon: Horizon): Promise<CorrectedStatement[]> {
  const corrections = await standingFacts(db, { types: [CORRECTION_TYPE] }, horizon);
  const byTarget = new Map(corrections.map((fact) => [correctionOf(fact).target, fact]));
  if (byTarget.size === 0) return [];
  const targets = await eventsOf(db)
    .find({ _id: { $in: [...byTarget.keys()] }, type: { $in: withEarlier(FIRM_YEAR_TYPES) as never[] } })
    .toArray();
  return targets.flatMap((event) => {
    const correction = byTarget.get(event._id);
    return correction === undefined ? [] : [{ target: factOf(event), correction }];
  });
}

/** Closed months that were taken back: what they said, and what stands instead is in the figure. */
const periodsReopened = (corrected: readonly CorrectedStatement[]): Suspicion[] =>
  corrected
    .filter(({ target }) => CLOSES.includes(target.type))
    .map(({ target, correction }) => reopened(target, correction));

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
    [{ key: correction.identity, timeMs: correction.timeMs }],
  );
}
