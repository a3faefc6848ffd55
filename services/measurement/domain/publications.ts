import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { PublishedFigure } from '../../../schemas/events/measurement.ts';
import { addMonths, startOfPeriod } from '../../../schemas/time.ts';
import type { FirmMonth } from './firmYear.ts';
import { type Scope, type ScopeLevel, scopeOf, scopesOf as scopesOfFirm, scopeText } from './groups.ts';
import { type Kpi, NULL_REASONS } from './kpi.ts';
import { KPIS } from './kpis.ts';
import { contributionOf, figureOfPool, PoolSum } from './pools.ts';
import { shownValue } from './ratio.ts';
import { cityProgress } from './targets.ts';
import { World } from './world.ts';

/** SHA-256 of the figures as canonical JSON. */
export const figuresSha256 = (figures: readonly PublishedFigure[]): string =>
  createHash('sha256')
    .update(stringify(figures) ?? '')
    .digest('hex');

/** What is signed: the month, a line feed, and the hash of its figures. */
export const signedText = (period: string, sha256: string): string => `${period}\n${sha256}`;

export const endOfPeriod = (period: string): Date =>
  new Date(startOfPeriod(addMonths(period, 1)).getTime() - 1);

/** Every province, city, district, zone and chain that a nominated firm or a plan belongs to. */
function scopesOf(world: World): Scope[] {
  const names = new Set<string>();
  for (const { nominated } of world.participations) {
    if (nominated === undefined) continue;
    names.add(`region:${nominated.city.slice(0, 2)}0000`).add(`region:${nominated.city}`);
    if (nominated.district !== null) names.add(`region:${nominated.district}`);
    if (nominated.zone !== null) names.add(`zone:${nominated.zone}`);
  }
  for (const leader of world.leaders())
    for (const level of ['leader', 'suppliers', 'chain']) names.add(`${level}:${leader._id}`);
  return [...names].sort().flatMap((name) => scopeOf(name) ?? []);
}

/**
 * The figures of a month that are published: every KPI of every region and chain, and each city's share of its target at
 * the month's end. Firms' months are added one after the other, so that nobody need hold those of all.
 */
export class MonthFigures {
  private readonly scopes: readonly Scope[];
  private readonly sums = new Map<string, Map<Kpi, PoolSum>>();
  private readonly members = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly period: string,
  ) {
    this.scopes = scopesOf(world);
    for (const scope of this.scopes)
      this.sums.set(scopeText(scope), new Map(KPIS.map((kpi) => [kpi, new PoolSum()])));
    for (const uscc of world.models.firms.keys())
      for (const scope of this.scopesAround(uscc))
        this.members.set(scope, (this.members.get(scope) ?? 0) + 1);
  }

  add(uscc: string, month: FirmMonth | undefined): void {
    const around = this.scopesAround(uscc);
    if (around.length === 0 || month === undefined) return;
    for (const kpi of KPIS) {
      const contribution = contributionOf(kpi, month, this.period);
      if (contribution === null) continue;
      for (const scope of around) this.sums.get(scope)?.get(kpi)?.add(contribution, 1);
    }
  }

  /** In the order of their ids. */
  figures(): PublishedFigure[] {
    const { world, period } = this;
    const figures = this.scopes.flatMap((scope) => {
      const text = scopeText(scope);
      return [...(this.sums.get(text) ?? [])].map(([kpi, sum]): PublishedFigure => {
        const figure = figureOfPool(kpi, sum.toPool(), period, this.members.get(text) ?? 0);
        return {
          figureId: `${kpi.slug}/v${kpi.version}/${text}/${period}`,
          value: shownValue(figure),
          numerator: figure.numerator,
          denominator: figure.denominator,
          eventCount: figure.events,
          reason: figure.reason === null ? null : NULL_REASONS[figure.reason],
        };
      });
    });
    const targets = cityProgress(new World(world.models, endOfPeriod(period), world.years)).map(
      (city): PublishedFigure => ({
        figureId: `${city.figureId}/${period}`,
        value: city.share,
        numerator: city.done,
        denominator: city.target,
        eventCount: city.done,
        reason: null,
      }),
    );
    return [...figures, ...targets].sort((a, b) => (a.figureId < b.figureId ? -1 : 1));
  }

  /** The published groups that a firm belongs to, as text. */
  private scopesAround(uscc: string): string[] {
    const firm = this.world.models.firms.get(uscc);
    if (firm === undefined) return [];
    const chains = [uscc, ...firm.chains].map((leader) => `chain:${leader}`);
    return [...new Set([...scopesOfFirm(firm), `leader:${uscc}`, ...chains])].filter((text) =>
      this.sums.has(text),
    );
  }
}

/** The figures of groups of some levels, and the shares of targets, which belong to none. */
export const figuresOfLevels = (
  figures: readonly PublishedFigure[],
  levels: readonly ScopeLevel[],
): PublishedFigure[] =>
  figures.filter(({ figureId }) => {
    const scope = scopeOf(figureId.split('/')[2] ?? '');
    return scope === null || levels.includes(scope.level);
  });

export interface Restatement {
  readonly figureId: string;
  readonly before: PublishedFigure;
  /** null where the figure no longer exists. */
  readonly after: PublishedFigure | null;
}

/** Published figures that are others now. */
export function restatementsOf(
  published: readonly PublishedFigure[],
  now: readonly PublishedFigure[],
): Restatement[] {
  const current = new Map(now.map((figure) => [figure.figureId, figure]));
  return published.flatMap((before) => {
    const after = current.get(before.figureId) ?? null;
    const isSame =
      after !== null && after.numerator === before.numerator && after.denominator === before.denominator;
    return isSame ? [] : [{ figureId: before.figureId, before, after }];
  });
}
