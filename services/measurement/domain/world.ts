import { addMonths, dateOf, periodOf } from '../../../schemas/time.ts';
import { type Improvement, improvementOf } from './baseline.ts';
import { type Contracted, type Enrolment, enrolmentAt, type Nominated, nominationOf } from './enrolment.ts';
import { type MonthFigure, type MonthsOf, monthFigure, monthsOf } from './figures.ts';
import type { Firm } from './firm.ts';
import { type FirmYears, firmYearsOf } from './firmYears.ts';
import type { Kpi } from './kpi.ts';
import type { Models } from './readModels.ts';
import { type Baseline, isOfLeader, leaderBaselineId } from './records.ts';

/** One onboarding with the firm it belongs to. */
export interface Participation {
  readonly uscc: string;
  readonly programme: string;
  readonly platform: string;
  /** As it stood at the world's instant. */
  readonly enrolment: Enrolment;
  /** The nomination that stands. */
  readonly nominated: Nominated | undefined;
  /** All of them, in the order of business time. */
  readonly nominations: readonly Nominated[];
}

/** Which firms a claim or a chain speaks of; what is not given does not narrow. Names match as substrings. */
export interface EntitySelector {
  readonly leaderName?: string;
  readonly firmName?: string;
  readonly districtCode?: string;
  readonly zone?: string;
  readonly industryCode?: string;
}

/** A firm whose months were asked for, with the figures that came of them. */
interface OpenedFirm {
  readonly months: MonthsOf;
  readonly figures: Map<string, MonthFigure>;
}
const MAX_OPENED_FIRMS = 1_000;

/** The read models as of an instant, with the questions that several figures ask of them. */
export class World {
  readonly today: string;
  /** The last month that was over by then. */
  readonly lastPeriod: string;
  readonly participations: readonly Participation[];
  private readonly baselines = new Map<string, Baseline[]>();
  private readonly opened = new Map<string, OpenedFirm>();
  private controlFirms: readonly string[] | null = null;

  /** @param years where the firms' months are, if not among the models */
  constructor(
    readonly models: Models,
    readonly asOf: Date,
    readonly years: FirmYears = firmYearsOf(models.kpi),
  ) {
    this.today = dateOf(asOf);
    this.lastPeriod = addMonths(periodOf(asOf), -1);
    for (const baseline of models.baselines.values())
      if (!isOfLeader(baseline))
        this.baselines.set(baseline.firm, [...(this.baselines.get(baseline.firm) ?? []), baseline]);
    this.participations = [...models.firms.values()]
      .flatMap((firm) => participationsOf(firm, asOf))
      .sort(byKey);
  }

  months(uscc: string): MonthsOf {
    return this.open(uscc).months;
  }

  monthFigure(kpi: Kpi, uscc: string, period: string): MonthFigure {
    const { months, figures } = this.open(uscc);
    const key = `${kpi.id}/${period}`;
    const known = figures.get(key);
    if (known !== undefined) return known;
    const figure = monthFigure(kpi, months(period), period);
    figures.set(key, figure);
    return figure;
  }

  /** Firms are opened one after the other by most questions: those opened longest ago make room. */
  private open(uscc: string): OpenedFirm {
    const known = this.opened.get(uscc);
    if (known !== undefined) return known;
    for (const oldest of this.opened.keys()) {
      if (this.opened.size < MAX_OPENED_FIRMS) break;
      this.opened.delete(oldest);
    }
    const opened = { months: monthsOf(this.years.of(uscc)), figures: new Map<string, MonthFigure>() };
    this.opened.set(uscc, opened);
    return opened;
  }

  hasMonths(uscc: string): boolean {
    return this.years.has(uscc);
  }

  /** Months that anything was stated for, in rising order. */
  statedPeriods(uscc: string): string[] {
    return this.years
      .of(uscc)
      .flatMap(({ year, months }) => Object.keys(months).map((month) => `${year}-${month}`))
      .sort();
  }

  nameOf(uscc: string): string {
    const firm = this.models.firms.get(uscc);
    return firm?.leader?.name ?? firm?.name?.name ?? uscc;
  }

  leaders(): Firm[] {
    return [...this.models.firms.values()]
      .filter((firm) => firm.leader !== undefined)
      .sort((a, b) => (a._id < b._id ? -1 : 1));
  }

  /** Whether a firm traded with a buyer by that day, or was nominated by it (suppliers of its suppliers too). */
  isInChain(firm: Firm, leader: string): boolean {
    const buyer = firm.buyers[leader];
    if (buyer?.declared.some((day) => day <= this.today)) return true;
    return Object.values(firm.enrolments).some(
      ({ nominations }) => nominationOf(nominations)?.leader === leader,
    );
  }

  chainOf(leader: string): Firm[] {
    return [...this.models.firms.values()]
      .filter((firm) => firm._id !== leader && this.isInChain(firm, leader))
      .sort((a, b) => (a._id < b._id ? -1 : 1));
  }

  /** The firm's first contract, over all programmes. */
  firstContract(uscc: string): Contracted | undefined {
    return this.baselinesOf(uscc)[0]?.contract;
  }

  /** Baselines of a firm, by the time of their contracts. */
  baselinesOf(uscc: string): Baseline[] {
    return (this.baselines.get(uscc) ?? []).sort(
      (a, b) =>
        (a.contract?.timeMs ?? Infinity) - (b.contract?.timeMs ?? Infinity) || (a._id < b._id ? -1 : 1),
    );
  }

  /** What a leader's own figures were before the first contract in its chain, once that is frozen. */
  leaderBaseline(leader: string): Baseline | undefined {
    return this.models.baselines.get(leaderBaselineId(leader));
  }

  /** When a firm first went live in a programme. */
  liveOn(uscc: string, programme: string): string | undefined {
    return Object.entries(this.models.firms.get(uscc)?.enrolments ?? {})
      .flatMap(([key, enrolment]) =>
        key.startsWith(`${programme}|`) && enrolment.live ? [enrolment.live.liveOn] : [],
      )
      .sort()[0];
  }

  /** First month that counts as after: the one following go-live or, without one, the contract. */
  firstAfterMonth(uscc: string, baseline: Baseline): string | null {
    const start = this.liveOn(uscc, baseline.programme)?.slice(0, 7) ?? baseline.contract?.month;
    return start === undefined ? null : addMonths(start, 1);
  }

  /** The baseline that a firm's changes are measured against: that of its first contract. */
  firstBaseline(uscc: string): Baseline | undefined {
    return this.baselinesOf(uscc).find((candidate) => candidate.contract !== undefined);
  }

  /** Change of a KPI of a firm against its first baseline; undefined when there was no contract. */
  improvement(kpi: Kpi, uscc: string): Improvement | undefined {
    const baseline = this.firstBaseline(uscc);
    if (baseline === undefined) return undefined;
    return this.improvementIn(kpi, uscc, baseline);
  }

  improvementIn(kpi: Kpi, uscc: string, baseline: Baseline): Improvement {
    const first = this.firstAfterMonth(uscc, baseline) ?? addMonths(this.lastPeriod, 1);
    const figureOf = (period: string): MonthFigure => this.monthFigure(kpi, uscc, period);
    return improvementOf(kpi, baseline.frozen, figureOf, first, this.lastPeriod);
  }

  /** Firms that report figures and never signed a contract: what happened without the programme. */
  controls(): readonly string[] {
    this.controlFirms ??= [...this.years.firms()]
      .filter((uscc) => {
        const firm = this.models.firms.get(uscc);
        return firm?.leader === undefined && this.firstContract(uscc) === undefined;
      })
      .sort();
    return this.controlFirms;
  }

  /** Nominated firms that a selector means. */
  select(selector: EntitySelector): Participation[] {
    return this.participations.filter(({ uscc, nominated }) => {
      if (nominated === undefined) return false;
      const leader = this.models.firms.get(nominated.leader)?.leader?.name ?? '';
      return (
        (selector.leaderName === undefined || leader.includes(selector.leaderName)) &&
        (selector.firmName === undefined || this.nameOf(uscc).includes(selector.firmName)) &&
        (selector.districtCode === undefined || nominated.district === selector.districtCode) &&
        (selector.zone === undefined || nominated.zone === selector.zone) &&
        (selector.industryCode === undefined || nominated.industry === selector.industryCode)
      );
    });
  }
}

const byKey = (a: Participation, b: Participation): number =>
  a.uscc < b.uscc ? -1 : a.uscc > b.uscc ? 1 : a.programme < b.programme ? -1 : 1;

function participationsOf(firm: Firm, asOf: Date): Participation[] {
  return Object.entries(firm.enrolments).map(([key, record]) => {
    const [programme = '', platform = ''] = key.split('|');
    const enrolment = enrolmentAt(record, asOf.getTime());
    const { nominations = [] } = record;
    return { uscc: firm._id, programme, platform, enrolment, nominated: enrolment.nominated, nominations };
  });
}
