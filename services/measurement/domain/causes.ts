import type { Bearing } from '../../../schemas/measurement.ts';
import { NOMINATION_TYPES, ONBOARDING_TYPES } from './enrolment.ts';
import type { Fact } from './facts.ts';
import { text } from './facts.ts';
import { type MonthsOf, monthsOf } from './figures.ts';
import { addToFirm, type Firm } from './firm.ts';
import { isWithin, type Scope, scopeOf } from './groups.ts';
import type { Kpi } from './kpi.ts';
import { KPIS } from './kpis.ts';
import { contributionOf } from './pools.ts';
import { endOfPeriod } from './publications.ts';
import { foldModels, type Models } from './readModels.ts';
import { SLOT_TYPES, slotKindOf } from './slots.ts';
import { cityProgress } from './targets.ts';
import { World } from './world.ts';

/** What puts a firm into a region or chain, or makes a chain. */
const MEMBERSHIP_TYPES: readonly string[] = [
  'leader.registered.v1',
  ...NOMINATION_TYPES,
  'relation.declared.v1',
];
const PLAN_TYPE = 'target.plan-published.v1';
/** Types that can be a cause of a restatement, corrections of them apart. */
export const CAUSE_TYPES: readonly string[] = [
  ...new Set([...SLOT_TYPES, ...MEMBERSHIP_TYPES, ...ONBOARDING_TYPES, PLAN_TYPE]),
];

/** An event recorded since a publication, with the statement that it makes or takes back. */
export interface Since<Event> {
  readonly event: Event;
  readonly about: Fact;
}

export interface Cause<Event> extends Since<Event> {
  readonly bears: Bearing;
}

/** A firm as it was known when a month was published, and as it is known now. */
export interface FirmBeforeAndAfter {
  readonly uscc: string;
  readonly before: FirmState;
  readonly after: FirmState;
}
export interface FirmState {
  readonly firm: Firm | undefined;
  readonly months: MonthsOf;
}

export function firmState(uscc: string, facts: readonly Fact[]): FirmState {
  const { firms, kpi } = foldModels(facts.filter(({ firm }) => firm === uscc));
  return { firm: firms.get(uscc), months: monthsOf([...kpi.values()]) };
}

/** What was recorded since a month was published, looked at figure by figure. */
export class RecordedSince<Event> {
  private readonly byFirm = new Map<string, Since<Event>[]>();
  private readonly place: ReadonlyMap<Since<Event>, number>;
  private readonly shares = new Map<string, readonly [before: string, after: string]>();

  /** @param since in the order in which it was recorded */
  constructor(
    private readonly period: string,
    private readonly since: readonly Since<Event>[],
    private readonly firms: readonly FirmBeforeAndAfter[],
    private readonly plans: Models['target_plans'],
  ) {
    this.place = new Map(since.map((one, index) => [one, index]));
    for (const one of since) {
      const { firm } = one.about;
      if (firm === null) continue;
      const known = this.byFirm.get(firm);
      if (known === undefined) this.byFirm.set(firm, [one]);
      else known.push(one);
    }
  }

  /**
   * The events that changed a figure: only of firms whose share in it is another now, reports first.
   * @param isGone whether the figure no longer exists
   */
  causesOf(figureId: string, isGone: boolean): Cause<Event>[] {
    const [head = '', second = '', third = ''] = figureId.split('/');
    if (head === 'target') return this.causesOfTarget(second, figureId);
    const kpi = KPIS.find(({ slug }) => slug === head);
    const scope = scopeOf(third);
    return kpi === undefined || scope === null ? [] : this.causesOfGroup(kpi, scope, isGone);
  }

  private causesOfGroup(kpi: Kpi, scope: Scope, isGone: boolean) {
    const reports: Since<Event>[] = [];
    const members: Since<Event>[] = [];
    for (const firm of this.firms) {
      const wasIn = isMember(firm.before, scope);
      const isIn = isMember(firm.after, scope);
      const [before, after] = this.sharesOf(kpi, firm);
      const hasMoved = wasIn !== isIn;
      if (!isGone && (wasIn ? before : '') === (isIn ? after : '')) continue;
      for (const one of this.byFirm.get(firm.uscc) ?? []) {
        const { about } = one;
        if ((wasIn || isIn) && before !== after && isReportFor(kpi, this.period, about)) reports.push(one);
        const makesChain = isGone && about.type === 'leader.registered.v1' && firm.uscc === scope.code;
        if (makesChain || (hasMoved && decidesMembership(about, scope, wasIn))) members.push(one);
      }
    }
    return [...this.bearing(reports, 'report'), ...this.bearing(members, 'membership')];
  }

  private causesOfTarget(city: string, figureId: string) {
    const until = endOfPeriod(this.period);
    const progressOf = (firms: readonly Firm[]) => {
      const byId = new Map(firms.map((firm) => [firm._id, firm]));
      const models = { ...foldModels([]), firms: byId, target_plans: this.plans };
      return cityProgress(new World(models, until)).find(
        (one) => `${one.figureId}/${this.period}` === figureId,
      );
    };
    const programme = progressOf([])?.programme;
    const doneBy = ({ firm }: FirmState): number => (firm && progressOf([firm])?.done) ?? 0;
    const changed = this.firms.filter(({ before, after }) => doneBy(before) !== doneBy(after));
    return this.bearing(
      [
        ...this.since.filter(
          ({ about }) =>
            about.type === PLAN_TYPE &&
            text(about.data.cityCode) === city &&
            (programme === undefined || text(about.data.programme) === programme) &&
            about.timeMs <= until.getTime(),
        ),
        ...changed.flatMap(({ uscc }) =>
          (this.byFirm.get(uscc) ?? []).filter(({ about }) => ONBOARDING_TYPES.includes(about.type)),
        ),
      ],
      'target',
    );
  }

  /** In the order in which they were recorded. */
  private bearing(some: readonly Since<Event>[], bears: Bearing): Cause<Event>[] {
    return [...some]
      .sort((a, b) => (this.place.get(a) ?? 0) - (this.place.get(b) ?? 0))
      .map((one) => ({ ...one, bears }));
  }

  /** What a firm's month brings into a sum of the KPI, as text to compare; a firm without a figure brings nothing. */
  private sharesOf(kpi: Kpi, { uscc, before, after }: FirmBeforeAndAfter): readonly [string, string] {
    const key = `${kpi.id}/${uscc}`;
    const known = this.shares.get(key);
    if (known !== undefined) return known;
    const shareOf = ({ months }: FirmState): string => {
      const share = contributionOf(kpi, months(this.period), this.period);
      if (share === null || share.figure.reason !== null) return '';
      return JSON.stringify([share.figure.numerator, share.figure.denominator, share.values]);
    };
    const shares = [shareOf(before), shareOf(after)] as const;
    this.shares.set(key, shares);
    return shares;
  }
}

const isMember = ({ firm }: FirmState, scope: Scope): boolean => firm !== undefined && isWithin(firm, scope);

function isReportFor(kpi: Kpi, period: string, about: Fact): boolean {
  if (about.period !== period || !SLOT_TYPES.includes(about.type)) return false;
  const kind = slotKindOf(about);
  return kind !== null && kpi.kinds.includes(kind);
}

/** A firm enters by what names the group; it leaves by what names another instead, or by a correction. */
const decidesMembership = (about: Fact, scope: Scope, wasIn: boolean): boolean =>
  MEMBERSHIP_TYPES.includes(about.type) && (wasIn || isWithin(addToFirm(null, about), scope));
