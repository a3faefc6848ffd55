import { addMonths } from '../../../schemas/time.ts';
import { type Fact, text } from './facts.ts';
import type { Kpi } from './kpi.ts';
import { shownValue } from './ratio.ts';
import type { Participation, World } from './world.ts';

/** One accepted firm, as a sample is drawn from it; every cell is text. */
export interface AuditFrameRow {
  readonly id: string;
  readonly cells: Readonly<Record<(typeof AUDIT_FRAME_COLUMNS)[number], string>>;
}

export const AUDIT_FRAME_COLUMNS = [
  'id',
  'name',
  'programme',
  'district',
  'provider',
  'subsidy',
  'level',
  'score',
  'sharedEvidence',
  'outcomeJump',
] as const;

/** Facts that a frame needs beside the read models. */
export const AUDIT_FRAME_TYPES = [
  'onboarding.contract-signed.v1',
  'onboarding.level-assessed.v1',
  'evidence.added.v1',
] as const;

/** A last month that stands this far above or below the median of the six before is a jump. */
const JUMP = 0.25;
const MONTHS_BEFORE = 6;

/** The firms whose onboarding was accepted, in order of USCC. @param isAudited whether an onboarding is part of the audit */
export function auditFrameRows(
  world: World,
  kpi: Kpi,
  facts: readonly Fact[],
  isAudited: (participation: Participation) => boolean,
): AuditFrameRow[] {
  const shared = sharedHashes(facts);
  const byFirm = new Map<string, Fact[]>();
  for (const fact of facts)
    if (fact.firm !== null) byFirm.set(fact.firm, [...(byFirm.get(fact.firm) ?? []), fact]);
  const rows = new Map<string, AuditFrameRow>();
  for (const participation of world.participations) {
    const { uscc, programme, enrolment, nominated } = participation;
    const { closed } = enrolment;
    if (!isAudited(participation) || closed?.status !== 'ACCEPTED' || rows.has(uscc)) continue;
    const own = (byFirm.get(uscc) ?? []).filter(({ data }) => data.programme === programme);
    const latest = (type: string) =>
      own
        .filter((fact) => fact.type === type)
        .sort((a, b) => b.timeMs - a.timeMs || (a.identity < b.identity ? 1 : -1))[0];
    const rating = latest('onboarding.level-assessed.v1')?.data;
    rows.set(uscc, {
      id: uscc,
      cells: {
        id: uscc,
        name: world.nameOf(uscc),
        programme,
        district: nominated?.district ?? nominated?.zone ?? nominated?.city ?? '',
        provider: text(latest('onboarding.contract-signed.v1')?.data.providerUscc),
        subsidy: isSubsidised(world, uscc, programme) ? 'yes' : 'no',
        level: rating === undefined ? '' : String(rating.level),
        score: rating === undefined ? '' : String(rating.score),
        sharedEvidence: own.some((fact) => hashesOf(fact).some((hash) => shared.has(hash))) ? 'yes' : 'no',
        outcomeJump: hasJump(world, kpi, uscc) ? 'yes' : 'no',
      },
    });
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const isSubsidised = (world: World, uscc: string, programme: string): boolean =>
  world.models.subsidies.get(`${programme}/${uscc}`)?.entries.some(({ kind }) => kind === 'paid') ?? false;

const hashesOf = ({ data }: Fact): string[] =>
  [text(data.sha256), text(data.documentSha256)].filter((hash) => hash !== '');

/** Hashes of files that more than one firm handed in. */
function sharedHashes(facts: readonly Fact[]): ReadonlySet<string> {
  const firmsOf = new Map<string, Set<string>>();
  for (const fact of facts)
    for (const hash of hashesOf(fact))
      firmsOf.set(hash, (firmsOf.get(hash) ?? new Set()).add(fact.firm ?? ''));
  return new Set([...firmsOf].filter(([, firms]) => firms.size > 1).map(([hash]) => hash));
}

function hasJump(world: World, kpi: Kpi, uscc: string): boolean {
  const figureOf = (period: string) => shownValue(world.monthFigure(kpi, uscc, period));
  const last = figureOf(world.lastPeriod);
  const before = Array.from({ length: MONTHS_BEFORE }, (_, index) =>
    figureOf(addMonths(world.lastPeriod, -1 - index)),
  )
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  const median = before[Math.floor(before.length / 2)];
  return last !== null && median !== undefined && median > 0 && Math.abs(last / median - 1) > JUMP;
}
