import { OnboardingFilter } from '../../../schemas/api/board.ts';
import type { FigureExplanation } from '../../../schemas/api/kpi.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { STAGES, type Stage } from '../../../schemas/onboarding.ts';
import { isOverdue } from '../../../schemas/waiting.ts';
import { reasonInChinese, STAGES_ZH, STATUSES_ZH } from '../../../schemas/wording.ts';
import {
  EMPTY_SET_HASH,
  type EventPageQuery,
  inChinese,
  pageOfEvents,
  placeOf,
  xorHashes,
} from '../../measurement/index.ts';
import {
  endingReasonOf,
  FUNNEL_COUNTS,
  type FunnelCount,
  type FunnelSubject,
  hasFailed,
  isCounted,
  onboardingsOf,
} from '../../onboarding/index.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { businessTime, type ReadContext } from './context.ts';
import { onboardingFilter } from './onboardings.ts';

/** First part of the name of a count of onboardings, and of one on the board by stage. */
export const ONBOARDINGS_FIGURE = 'onboardings';
export const BOARD_FIGURE = 'board';
const STATUSES = ['ALL', 'ACTIVE', 'ACCEPTED', 'OVERDUE'] as const;
const READ_AT_ONCE = 5_000;

export interface Counted extends FunnelSubject {
  readonly _id: string;
  readonly supplierUscc: string;
  readonly history: readonly { readonly id: string; readonly at: string; readonly isTakenBack: boolean }[];
}

export interface Question {
  readonly definition: string;
  readonly zh: string;
  readonly filter: OnboardingFilter;
  readonly counts: (subject: Counted, asOf: Date) => boolean;
  /** Where the figure is a share: which onboardings it is a share of; their events are behind it too. */
  readonly among?: (subject: Counted, asOf: Date) => boolean;
}

/**
 * Reads `board/<open or overdue>/<stage>[?<filter of the board>]`: how many stand at a stage now.
 * @returns null for anything else
 */
function boardQuestionOf(figureId: string): Question | null {
  const [path = '', query = ''] = figureId.split('?', 2);
  const [, what, stageName, ...rest] = path.split('/');
  const stage = STAGES.find((one) => one === stageName);
  const { data: filter } = OnboardingFilter.safeParse(Object.fromEntries(new URLSearchParams(query)));
  if (stage === undefined || filter === undefined || rest.length > 0) return null;
  if (what !== 'open' && what !== 'overdue') return null;
  const isHere = (subject: Counted): boolean => subject.status === 'ACTIVE' && subject.stage === stage;
  return what === 'open'
    ? {
        definition: `Onboardings that stand at ${stage} now`,
        zh: `目前处于“${STAGES_ZH[stage]}”阶段的改造项目`,
        filter,
        counts: isHere,
      }
    : {
        definition: `Onboardings that stand at ${stage} now with an overdue step`,
        zh: `目前处于“${STAGES_ZH[stage]}”阶段且有步骤超期的改造项目`,
        filter,
        counts: (subject, asOf) => isHere(subject) && subject.steps.some((step) => isOverdue(step, asOf)),
      };
}

/**
 * Reads `onboardings/<status, or OVERDUE>/<city or ->`, `onboardings/<count, or share>/<stage>/<city or ->[/<reason>]` and
 * `onboardings/ended-of-entered/<stage>/<city or ->`: P(failed given stage), where `share` is P(stage given failed).
 * @returns null for anything else
 */
export function questionOf(figureId: string): Question | null {
  const [head, what = '', ...rest] = figureId.split('/');
  if (head === BOARD_FIGURE) return boardQuestionOf(figureId);
  const status = STATUSES.find((one) => one === what);
  if (status !== undefined) {
    const [city = '-'] = rest;
    return {
      definition: status === 'ALL' ? 'Onboardings begun' : `Onboardings that are ${status}`,
      zh: status === 'ALL' ? '已启动的改造项目' : `${STANDING_ZH[status]}的改造项目`,
      filter: inScope(city),
      counts: (subject, asOf) => {
        if (status === 'OVERDUE')
          return subject.status === 'ACTIVE' && subject.steps.some((step) => isOverdue(step, asOf));
        return status === 'ALL' || subject.status === status;
      },
    };
  }
  const [stageName = '', city = '-', ...reason] = rest;
  const isShare = what === 'share';
  const count = isShare ? 'failed' : FUNNEL_COUNTS.find((one) => one === what);
  const stage: Stage | undefined = STAGES.find((one) => one === stageName);
  if (what === 'ended-of-entered' && stage !== undefined && reason.length === 0)
    return endedOfEntered(stage, city);
  if (count === undefined || stage === undefined) return null;
  const why = reason.join('/');
  return {
    ...(isShare ? { among: hasFailed } : {}),
    definition: `${isShare ? 'Share of all endings without acceptance: ' : ''}${WORDS[count]} ${stage}${why === '' ? '' : ` for ${why}`}`,
    zh: `${isShare ? '占全部未经验收而结束的项目：' : ''}${COUNTS_ZH[count](STAGES_ZH[stage])}${why === '' ? '' : `，原因：${reasonInChinese(why)}`}`,
    filter: inScope(city),
    counts: (subject, asOf) =>
      isCounted(subject, stage, count, asOf) && (why === '' || endingReasonOf(subject) === why),
  };
}

const endedOfEntered = (stage: Stage, city: string): Question => {
  const hasEntered = (subject: Counted, asOf: Date): boolean => isCounted(subject, stage, 'entered', asOf);
  return {
    definition: `Of the onboardings that entered ${stage}: those that ended there without acceptance`,
    zh: `到达“${STAGES_ZH[stage]}”阶段的改造项目中，在该阶段终止的`,
    filter: inScope(city),
    counts: (subject, asOf) => hasEntered(subject, asOf) && isCounted(subject, stage, 'failed', asOf),
    among: hasEntered,
  };
};

/** Reads `-` for all, a city's code, or `leader:…`, `industry:…`, `provider:…`: what a group of the funnel is of. */
export function inScope(scope: string): OnboardingFilter {
  const [kind, key] = scope.split(':');
  if (key === undefined) return scope === '-' ? {} : { city: scope };
  switch (kind) {
    case 'leader':
      return { leader: key };
    case 'industry':
      return { industry: key };
    case 'provider':
      return { provider: key };
    default:
      throw new ChainlightError('NOT_FOUND', `${scope} names no group of onboardings`);
  }
}

const WORDS: Readonly<Record<FunnelCount, string>> = {
  entered: 'Onboardings that entered',
  done: 'Onboardings that completed',
  open: 'Onboardings that stand at',
  overdue: 'Onboardings with an overdue step at',
  failed: 'Onboardings that ended at',
};

const STANDING_ZH = { ...STATUSES_ZH, OVERDUE: '有步骤超期' };
const COUNTS_ZH: Readonly<Record<FunnelCount, (stage: string) => string>> = {
  entered: (stage) => `到达“${stage}”阶段的改造项目`,
  done: (stage) => `通过“${stage}”阶段的改造项目`,
  open: (stage) => `停留在“${stage}”阶段的改造项目`,
  overdue: (stage) => `在“${stage}”阶段有步骤超期的改造项目`,
  failed: (stage) => `在“${stage}”阶段终止的改造项目`,
};

const NONE_TO_SHARE = { en: 'there are none to take a share of', zh: '没有可计算比例的项目' };

/** Opens a count of onboardings that the reader may see: which firms they are of, and the events that they rest on. */
export async function openOnboardingFigure(
  context: ReadContext,
  figureId: string,
  page: EventPageQuery,
): Promise<FigureExplanation> {
  const { db, cache, principal } = context;
  const question = questionOf(figureId);
  if (question === null)
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  return cache.get(['figure', figureId, page, principal.tenancy], async () => {
    const asOf = (await businessTime(db)) ?? new Date(0);
    const all = await visibleOnes(context, question.filter, asOf);
    const counted = all.filter((subject) => question.counts(subject, asOf));
    const { among } = question;
    const whole = among === undefined ? all : all.filter((subject) => among(subject, asOf));
    const identities = (among === undefined ? counted : whole).flatMap(({ history }) =>
      history.filter(({ isTakenBack }) => !isTakenBack).map(({ id }) => id),
    );
    const value = among === undefined ? counted.length : shareOf(counted.length, whole.length);
    const reason = value === null ? NONE_TO_SHARE : null;
    return {
      figureId,
      definition: question.definition,
      formula: among === undefined ? 'count of onboardings' : 'count of onboardings ÷ all of them',
      zh: {
        ...inChinese(question.zh, among === undefined ? '改造项目的个数' : '该类项目数 ÷ 全部项目数'),
        reason: reason?.zh ?? null,
      },
      version: 1,
      unit: among === undefined ? 'onboardings' : 'ratio',
      value,
      reason: reason?.en ?? null,
      numerator: counted.length,
      denominator: whole.length,
      window: null,
      entities: [...new Set(counted.map(({ supplierUscc }) => supplierUscc))],
      ...{ grade: null, sourceClass: null, children: [] },
      ...(await eventsBehind(db, [...new Set(identities)], page)),
      asOf: asOf.toISOString(),
      knownAt: new Date().toISOString(),
    };
  });
}

/** The onboardings that the reader may see, with what is asked about them. @param one the only one that is asked about */
export async function visibleOnes(
  context: ReadContext,
  chosen: OnboardingFilter,
  asOf: Date,
  one?: string,
): Promise<readonly Counted[]> {
  const { $and = [] } = onboardingFilter(context, chosen, asOf);
  const all = [...$and, ...(one === undefined ? [] : [{ _id: { $eq: one } }])];
  return (await onboardingsOf(context.db)
    .find(all.length === 0 ? {} : { $and: all }, {
      projection: {
        ...{ supplierUscc: 1, status: 1, stage: 1, failureReason: 1, closedAt: 1, stages: 1, steps: 1 },
        ...{ 'history.id': 1, 'history.at': 1, 'history.isTakenBack': 1 },
      },
    })
    .sort({ _id: 1 })
    .toArray()) as readonly Counted[];
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** How many of these events there are, their hash, and one page of them. */
export async function eventsBehind(db: Db, identities: readonly string[], query: EventPageQuery) {
  const all: { readonly identity: string; readonly timeMs: number }[] = [];
  let eventsHash = EMPTY_SET_HASH;
  for (let at = 0; at < identities.length; at += READ_AT_ONCE) {
    const found = await eventsOf(db)
      .find(
        { _id: { $in: identities.slice(at, at + READ_AT_ONCE) } },
        { projection: { contentHash: 1, time: 1 } },
      )
      .toArray();
    for (const { _id, time, contentHash } of found) {
      all.push({ identity: _id, timeMs: time.getTime() });
      eventsHash = xorHashes(eventsHash, contentHash.slice(0, EMPTY_SET_HASH.length));
    }
  }
  const { page, next } = pageOfEvents(all, (one) => one, query);
  const listed = await eventsOf(db)
    .find({ _id: { $in: page.map(({ identity }) => identity) } })
    .sort({ time: 1, _id: 1 })
    .toArray();
  return { eventCount: all.length, eventsHash, events: listed.map(placeOf), next };
}
