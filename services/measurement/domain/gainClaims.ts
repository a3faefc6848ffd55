import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { countOf, medianHours, mergeDurations } from './approvals.ts';
import type { Claim, Measure } from './claimSchema.ts';
import { type GroupGain, groupGain } from './gains.ts';
import { kpiOf } from './kpis.ts';
import { paybackOf } from './payback.ts';
import { changeOf, shownValue } from './ratio.ts';
import { bestSlot } from './slots.ts';
import { type Finding, notTestable, percent, reading, share } from './verdicts.ts';
import type { EntitySelector, World } from './world.ts';

/** Claims about what firms gained. They are judged by measured values against frozen baselines. */

type Of<Kind extends Measure['kind']> = Extract<Measure, { kind: Kind }>;

/** Of the firms meant, those that went live: the claims speak of firms that were transformed. */
const transformed = (world: World, entities: EntitySelector): string[] => [
  ...new Set(
    world.select(entities).flatMap(({ uscc, enrolment }) => (enrolment.live === undefined ? [] : [uscc])),
  ),
];

function describe(gain: GroupGain): string {
  const control =
    gain.control === null
      ? 'no controls, so a general trend is not taken out'
      : `${percent(gain.control)} meanwhile for firms that never signed a contract`;
  const switched =
    gain.measurementChanged > 0 ? `; for ${gain.measurementChanged} the way of measuring changed too` : '';
  const days =
    gain.kpi === 'inventoryTurns' && gain.net !== null
      ? `, that is days of inventory ${percent(1 / (1 + gain.net) - 1)}`
      : '';
  return `${gain.kpi} ${percent(gain.raw)} over ${gain.firms.length} of ${gain.asked} firms (${control}; net ${percent(gain.net)}${days}${switched})`;
}

export function gain(claim: Claim, measure: Of<'gain'>, world: World): Finding {
  const usccs = transformed(world, measure.entities);
  if (usccs.length === 0) return notTestable(claim, 'none of the firms meant has gone live');
  const gains = measure.kpis.flatMap((id) => {
    const kpi = kpiOf(id);
    return kpi === undefined ? [] : [groupGain(world, kpi, usccs)];
  });
  const measurable = gains.filter((one) => one.net !== null);
  if (measurable.length === 0) {
    const reasons = [...new Set(gains.flatMap((one) => Object.keys(one.reasons)))].join(', ');
    return notTestable(claim, `no figure before and after for any of the ${usccs.length} firms (${reasons})`);
  }
  const aim = claim.isAim ? ' The figure was an aim, not a result.' : '';
  return {
    readings: gains.map((one) => reading(claim, one.kpi, one.net)),
    reason: `${gains.map(describe).join('; ')}. Judged by the net change.${aim}`,
    entities: usccs,
    children: measurable.flatMap((one) =>
      one.firms.map((uscc) => `${kpiOf(one.kpi)?.slug}/v${kpiOf(one.kpi)?.version}/${uscc}/improvement`),
    ),
  };
}

export function approvalTime(claim: Claim, measure: Of<'approval-time'>, world: World): Finding {
  const regions = [...world.models.service_approvals.values()].filter((one) =>
    one.region.startsWith(measure.regionPrefix),
  );
  const paper = mergeDurations(regions.flatMap((one) => one.paper ?? []));
  const online = mergeDurations(regions.flatMap((one) => one.online ?? []));
  const [papers, onlines] = [countOf(paper), countOf(online)];
  if (Math.min(papers, onlines) < measure.leastDecisions)
    return notTestable(claim, `only ${papers} decisions on paper and ${onlines} online are known`);
  const [before, after] = [medianHours(paper), medianHours(online)];
  const change = changeOf(before && shownValue(before), after && shownValue(after));
  const readings = measure.readings.map(({ name, expected }) => reading(claim, name.en, change, expected));
  return {
    readings,
    reason: `median time from submission to decision ${hours(before)} on paper (${papers}) and ${hours(after)} online (${onlines}): ${percent(change)}. "+70 % efficiency" can mean ${measure.readings.map(({ name, expected }) => `${name.en} (time ${percent(expected)})`).join(' or ')}`,
    entities: [...new Set(regions.map((one) => one.region))].sort(),
    children: regions.map((one) => `service-approvals/${one._id}`).sort(),
  };
}

const hours = (ratio: ReturnType<typeof medianHours>): string =>
  ratio === null ? 'unknown' : `${(shownValue(ratio) ?? 0).toFixed(1)} h`;

/** Own outlay (contract less subsidies) over the saving a year: quality and processing cost by 100 yuan, at today's revenue. */
export function payback(claim: Claim, measure: Of<'payback'>, world: World): Finding {
  let [outlayFen, savingFen] = [0, 0];
  const firms: string[] = [];
  for (const uscc of transformed(world, {})) {
    const firm = paybackOf(world, uscc);
    if (firm === null) continue;
    outlayFen += firm.ownOutlayFen;
    savingFen += firm.yearlySavingFen;
    firms.push(uscc);
  }
  if (firms.length < measure.leastFirms || outlayFen === 0)
    return notTestable(
      claim,
      `outlay and saving are both known for ${firms.length} firms only; ${measure.leastFirms} are needed`,
    );
  const yuan = (fen: number): string => `${Math.round(fen / 100)} yuan`;
  const basis = `${firms.length} firms paid ${yuan(outlayFen)} net of subsidies and save ${yuan(savingFen)} a year in quality and processing cost`;
  if (savingFen <= 0)
    return {
      readings: [{ name: 'payback', claimed: claim.claimed, measured: null, verdict: 'contradicted' }],
      reason: `${basis}: nothing is paid back`,
      entities: firms,
      children: [],
    };
  const years = outlayFen / savingFen;
  return {
    readings: [reading(claim, 'payback', years)],
    reason: `${basis}: ${years.toFixed(1)} years, ${share(1 / years)} a year simple. The text calls it ROI; as a ratio it would mean something else`,
    entities: firms,
    children: [],
  };
}

export function withoutDigitalStaff(claim: Claim, world: World): Finding {
  let [known, none] = [0, 0];
  for (const uscc of [...world.models.firms.keys()]) {
    if (world.models.firms.get(uscc)?.leader !== undefined || !world.hasMonths(uscc)) continue;
    const staff = digitalStaffBefore(world, uscc, world.firstContract(uscc)?.month);
    if (staff === null) continue;
    known++;
    if (staff === 0) none++;
  }
  if (known < 20) return notTestable(claim, `digital staff are known for ${known} firms only`);
  const value = none / known;
  const judged = reading(claim, 'firms without digital staff', value);
  return {
    readings: [{ ...judged, verdict: judged.verdict === 'confirmed' ? 'partly' : judged.verdict }],
    reason: `${none} of ${known} firms (${share(value)}) have no digital staff. Having none is not the same as not being able to afford any: the events know only the first, so at best the claim holds partly`,
    entities: [],
    children: [],
  };
}

/** Digital staff in the latest headcount before a month (or at all); null when it was never reported. */
function digitalStaffBefore(world: World, uscc: string, contractMonth: string | undefined): number | null {
  const last = contractMonth === undefined ? world.lastPeriod : addMonths(contractMonth, -1);
  const months = world.months(uscc);
  for (const period of periodsBetween(addMonths(last, -12), last).reverse()) {
    const best = bestSlot(months(period)?.slots?.headcount);
    if (best !== undefined) return best.slot.v[1] ?? null;
  }
  return null;
}

export function aiInspection(claim: Claim, measure: Of<'ai-inspection'>, world: World): Finding {
  let [ai, all] = [0, 0];
  const usccs = transformed(world, measure.entities);
  for (const uscc of usccs) {
    const baseline = world.baselinesOf(uscc)[0];
    const first = baseline && world.firstAfterMonth(uscc, baseline);
    if (first === undefined || first === null) continue;
    const months = world.months(uscc);
    for (const period of periodsBetween(first, world.lastPeriod)) {
      const slots = months(period)?.slots;
      const byAi = bestSlot(slots?.qualityAi)?.slot.v[0] ?? 0;
      ai += byAi;
      all += byAi + (bestSlot(slots?.qualityManual)?.slot.v[0] ?? 0);
    }
  }
  if (all === 0) return notTestable(claim, 'no inspection was reported since going live');
  return {
    readings: [reading(claim, 'units inspected by AI', ai / all)],
    reason: `${ai} of ${all} units inspected since the month after going live were inspected by AI`,
    entities: usccs,
    children: usccs.map((uscc) => `escape-rate-ai/v1/${uscc}/improvement`),
  };
}
