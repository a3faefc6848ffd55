import type { FigureExplanation } from '../../../schemas/api/kpi.ts';
import type { CityRow } from '../../../schemas/api/overview.ts';
import { ClaimRow } from '../../../schemas/api/page.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { VERDICTS_ZH } from '../../../schemas/wording.ts';
import { type EventPageQuery, explainTogether, inChinese } from '../../measurement/index.ts';
import { readSummary } from '../adapters/readModels.ts';
import { cityRows, claimSection, sumOfTargets } from '../domain/summaries.ts';
import { seesCity } from '../domain/visibility.ts';
import type { ReadContext } from './context.ts';

type KeyFigure = Pick<
  FigureExplanation,
  'definition' | 'formula' | 'zh' | 'unit' | 'value' | 'numerator' | 'denominator' | 'children'
>;

function doneOf(cities: readonly CityRow[]): KeyFigure {
  const { done, target } = sumOfTargets(cities);
  return {
    definition: 'Firms that count for the targets of the cities of the jurisdiction that have one',
    formula: 'sum over the cities with a target of done, beside the sum of their targets',
    zh: inChinese('辖区内有目标的各市计入目标的企业', '有目标的各市完成数之和，与目标之和并列'),
    unit: 'firms',
    value: done,
    numerator: done,
    denominator: target,
    children: cities.flatMap((city) => (city.target === null ? [] : [city.figureId])),
  };
}

function behindOf(cities: readonly CityRow[]): KeyFigure {
  const behind = cities.filter(({ status }) => status === 'critical' || status === 'lagging');
  return {
    definition: 'Cities of the jurisdiction that are critical or lagging against their targets',
    formula: 'count of cities marked critical or lagging, of all with a target',
    zh: inChinese('辖区内严重滞后或滞后于目标的城市', '标为严重滞后或滞后的城市数，与有目标的城市数并列'),
    unit: 'cities',
    value: behind.length,
    numerator: behind.length,
    denominator: cities.filter(({ status }) => status !== 'no-target').length,
    children: behind.map(({ figureId }) => figureId),
  };
}

function claimsOf(claims: readonly ClaimRow[], verdict: ClaimRow['verdict']): KeyFigure {
  const judged = claims.filter((claim) => claim.verdict === verdict);
  return {
    definition: `Public claims whose verdict is ${verdict}`,
    formula: `count of claims judged ${verdict}, of all`,
    zh: inChinese(`结论为“${VERDICTS_ZH[verdict]}”的公开声明`, '该结论的声明数，与全部声明数并列'),
    unit: 'claims',
    value: judged.length,
    numerator: judged.length,
    denominator: claims.length,
    children: judged.map(({ explain }) => explain.figureId),
  };
}

/**
 * Opens a figure that sums up cities or claims, `targets/<done or behind>/-` or `claims/<verdict>`: the figures it is made of, each of which opens in turn, and all their events together.
 * @throws ChainlightError NOT_FOUND
 */
export async function openKeyFigure(
  context: ReadContext,
  figureId: string,
  page: EventPageQuery,
): Promise<FigureExplanation> {
  const { db, principal, cache } = context;
  return cache.get(['figure', figureId, page, principal.tenancy], async () => {
    const figure = await keyFigureOf(context, figureId);
    if (figure === null)
      throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
    const { entities, asOf, ...events } = await explainTogether(db, figure.children, page);
    return {
      figureId,
      ...figure,
      version: 1,
      ...{ reason: null, window: null, grade: null, sourceClass: null },
      entities,
      ...events,
      asOf: asOf.toISOString(),
      knownAt: new Date().toISOString(),
    };
  });
}

async function keyFigureOf({ db, principal }: ReadContext, figureId: string): Promise<KeyFigure | null> {
  const [head = '', what = ''] = figureId.split('/');
  const { tenancy } = principal;
  if (head === 'targets') {
    const all = cityRows(await readSummary(db, 'targets')).cities;
    const cities = all.filter(({ code }) => seesCity(tenancy, code));
    if (cities.length === 0) return null;
    return what === 'done' ? doneOf(cities) : what === 'behind' ? behindOf(cities) : null;
  }
  const section = claimSection(await readSummary(db, 'claims'));
  const { data: verdict } = ClaimRow.shape.verdict.safeParse(what);
  return section.state === 'ready' && verdict !== undefined ? claimsOf(section.claims, verdict) : null;
}
