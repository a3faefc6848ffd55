import type { FigureExplanation } from '../../../schemas/api/kpi.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { STAGES, type Stage } from '../../../schemas/onboarding.ts';
import { STAGES_ZH } from '../../../schemas/wording.ts';
import { type EventPageQuery, inChinese } from '../../measurement/index.ts';
import { medianDaysOf, timeInStage } from '../../onboarding/index.ts';
import { businessTime, type ReadContext } from './context.ts';
import { type Counted, eventsBehind, inScope, ONBOARDINGS_FIGURE, visibleOnes } from './onboardingFigures.ts';

/** Times that a median leads on to; the nearest to it. */
const MAX_CHILDREN = 500;

/** The funnel's median time in a stage, or the time of one onboarding in it. */
interface TimeQuestion {
  readonly stage: Stage;
  readonly city: string;
  /** Id of the one onboarding; null for the median of all. */
  readonly one: string | null;
}

/** Reads `onboardings/median/<stage>/<city or ->` and `onboardings/time/<stage>/<id of an onboarding>`; null for anything else. */
function timeQuestionOf(figureId: string): TimeQuestion | null {
  const [, what, stageName, ...rest] = figureId.split('/');
  const stage = STAGES.find((one) => one === stageName);
  if (stage === undefined || rest.length === 0) return null;
  if (what === 'median' && rest.length === 1) return { stage, city: rest[0] ?? '-', one: null };
  return what === 'time' ? { stage, city: '-', one: rest.join('/') } : null;
}

/** Whether a figure is a time in a stage, and not a count. */
export const isStageTime = (figureId: string): boolean => timeQuestionOf(figureId) !== null;

/**
 * Opens a time in a stage: the median to the times that it is the middle of, each of these to what was reported meanwhile.
 * @throws ChainlightError NOT_FOUND
 */
export async function openStageTime(
  context: ReadContext,
  figureId: string,
  page: EventPageQuery,
): Promise<FigureExplanation> {
  const { db, cache, principal } = context;
  const question = timeQuestionOf(figureId);
  if (question === null)
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  const { stage, city, one } = question;
  return cache.get(['figure', figureId, page, principal.tenancy], async () => {
    const asOf = (await businessTime(db)) ?? new Date(0);
    const subjects = await visibleOnes(context, inScope(city), asOf, one ?? undefined);
    const entered = subjects.flatMap((subject) => {
      const time = timeInStage(subject, stage, asOf);
      return time === null ? [] : [{ subject, ...time }];
    });
    const [only] = entered;
    if (one !== null && only === undefined)
      throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
    const median = medianDaysOf(
      entered.map(({ subject }) => subject),
      stage,
      asOf,
    );
    const value = one === null ? median : (only?.days ?? null);
    // The middle first: what made the median what it is.
    const nearest = [...entered].sort(
      (a, b) => Math.abs(a.days - (median ?? 0)) - Math.abs(b.days - (median ?? 0)),
    );
    const identities = entered.flatMap(({ subject }) => factsIn(subject, stage));
    return {
      figureId,
      ...timeWords(stage, only !== undefined && one !== null ? only.isDone : null),
      version: 1,
      unit: 'days',
      value,
      reason: null,
      numerator: entered.filter(({ isDone }) => isDone).length,
      denominator: entered.length,
      window: null,
      entities: [...new Set(entered.map(({ subject }) => subject.supplierUscc))],
      ...{ grade: null, sourceClass: null },
      children:
        one === null
          ? nearest
              .slice(0, MAX_CHILDREN)
              .map(({ subject }) => `${ONBOARDINGS_FIGURE}/time/${stage}/${subject._id}`)
          : [],
      ...(await eventsBehind(db, [...new Set(identities)], page)),
      asOf: asOf.toISOString(),
      knownAt: new Date().toISOString(),
    };
  });
}

/** @param isDone whether the one onboarding is through; null for the median of all */
function timeWords(
  stage: Stage,
  isDone: boolean | null,
): Pick<FigureExplanation, 'definition' | 'formula' | 'zh'> {
  const name = STAGES_ZH[stage];
  if (isDone === null)
    return {
      definition: `Median days to get through ${stage}, those still in it taken as not through yet`,
      formula: 'Kaplan–Meier median; through beside all that entered',
      zh: inChinese(
        `通过“${name}”阶段所用天数的中位数，仍在该阶段的按尚未通过计`,
        '卡普兰—迈耶中位数；通过数与进入数并列',
      ),
    };
  return {
    definition: isDone
      ? `Days that this onboarding took for ${stage}`
      : `Days that this onboarding has been in ${stage}`,
    formula: isDone ? 'done − entered' : 'now, or the end − entered',
    zh: inChinese(
      isDone ? `这个项目通过“${name}”阶段所用的天数` : `这个项目在“${name}”阶段已停留的天数`,
      isDone ? '完成 − 进入' : '现在或结束 − 进入',
    ),
  };
}

/** What was reported of an onboarding from its entry into a stage until it was through. */
function factsIn({ stages, history }: Counted, stage: Stage): string[] {
  const passage = stages.find((one) => one.stage === stage);
  if (passage === undefined) return [];
  const { enteredAt, doneAt } = passage;
  return history
    .filter(({ isTakenBack }) => !isTakenBack)
    .filter(({ at }) => new Date(at) >= enteredAt && (doneAt === null || new Date(at) <= doneAt))
    .map(({ id }) => id);
}
