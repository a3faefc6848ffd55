import type { FigureExplanation } from '../../../schemas/api/kpi.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { STAGES, type Stage } from '../../../schemas/onboarding.ts';
import { isOverdue } from '../../../schemas/waiting.ts';
import { reasonInChinese, STAGES_ZH, STATUSES_ZH } from '../../../schemas/wording.ts';
import { EMPTY_SET_HASH, inChinese, placeOf, xorHashes } from '../../measurement/index.ts';
import {
  endingReasonOf,
  FUNNEL_COUNTS,
  type FunnelCount,
  type FunnelSubject,
  isCounted,
  onboardingsOf,
} from '../../onboarding/index.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { businessTime, type ReadContext } from './context.ts';
import { onboardingFilter } from './onboardings.ts';

/** First part of the name of a count of onboardings. */
export const ONBOARDINGS_FIGURE = 'onboardings';
const STATUSES = ['ALL', 'ACTIVE', 'ACCEPTED', 'OVERDUE'] as const;
const SHOWN = 100;
const READ_AT_ONCE = 5_000;

interface Counted extends FunnelSubject {
  readonly supplierUscc: string;
  readonly history: readonly { readonly id: string; readonly isTakenBack: boolean }[];
}

export interface Question {
  readonly definition: string;
  readonly zh: string;
  readonly city: string | undefined;
  readonly counts: (subject: Counted, asOf: Date) => boolean;
}

/**
 * Reads `onboardings/<status, or OVERDUE>/<city or ->` and `onboardings/<count>/<stage>/<city or ->[/<reason>]`.
 * @returns null for anything else
 */
export function questionOf(figureId: string): Question | null {
  const [, what = '', ...rest] = figureId.split('/');
  const status = STATUSES.find((one) => one === what);
  if (status !== undefined) {
    const [city = '-'] = rest;
    return {
      definition: status === 'ALL' ? 'Onboardings begun' : `Onboardings that are ${status}`,
      zh: status === 'ALL' ? '已启动的改造项目' : `${STANDING_ZH[status]}的改造项目`,
      city: cityOf(city),
      counts: (subject, asOf) => {
        if (status === 'OVERDUE')
          return subject.status === 'ACTIVE' && subject.steps.some((step) => isOverdue(step, asOf));
        return status === 'ALL' || subject.status === status;
      },
    };
  }
  const [stageName = '', city = '-', ...reason] = rest;
  const count = FUNNEL_COUNTS.find((one) => one === what);
  const stage: Stage | undefined = STAGES.find((one) => one === stageName);
  if (count === undefined || stage === undefined) return null;
  const why = reason.join('/');
  return {
    definition: `${WORDS[count]} ${stage}${why === '' ? '' : ` for ${why}`}`,
    zh: `${COUNTS_ZH[count](STAGES_ZH[stage])}${why === '' ? '' : `，原因：${reasonInChinese(why)}`}`,
    city: cityOf(city),
    counts: (subject, asOf) =>
      isCounted(subject, stage, count, asOf) && (why === '' || endingReasonOf(subject) === why),
  };
}

const cityOf = (text: string): string | undefined => (text === '-' ? undefined : text);

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

/** Opens a count of onboardings that the reader may see: which firms they are of, and the events that they rest on. */
export async function openOnboardingFigure(
  context: ReadContext,
  figureId: string,
): Promise<FigureExplanation> {
  const { db, cache, principal } = context;
  const question = questionOf(figureId);
  if (question === null)
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  return cache.get(['figure', figureId, principal.tenancy], async () => {
    const asOf = (await businessTime(db)) ?? new Date(0);
    const filter = onboardingFilter(context, { city: question.city }, asOf);
    const all = (await onboardingsOf(db)
      .find(filter.$and?.length === 0 ? {} : filter, {
        projection: {
          ...{ supplierUscc: 1, status: 1, stage: 1, failureReason: 1, closedAt: 1, stages: 1, steps: 1 },
          ...{ 'history.id': 1, 'history.isTakenBack': 1 },
        },
      })
      .sort({ _id: 1 })
      .toArray()) as readonly Counted[];
    const counted = all.filter((subject) => question.counts(subject, asOf));
    const identities = counted.flatMap(({ history }) =>
      history.filter(({ isTakenBack }) => !isTakenBack).map(({ id }) => id),
    );
    return {
      figureId,
      definition: question.definition,
      formula: 'count of onboardings',
      zh: inChinese(question.zh, '改造项目的个数'),
      version: 1,
      unit: 'onboardings',
      value: counted.length,
      reason: null,
      numerator: counted.length,
      denominator: all.length,
      window: null,
      entities: [...new Set(counted.map(({ supplierUscc }) => supplierUscc))],
      ...{ grade: null, sourceClass: null, children: [] },
      ...(await eventsBehind(db, [...new Set(identities)])),
      asOf: asOf.toISOString(),
      knownAt: new Date().toISOString(),
    };
  });
}

async function eventsBehind(db: Db, identities: readonly string[]) {
  let eventCount = 0;
  let eventsHash = EMPTY_SET_HASH;
  for (let at = 0; at < identities.length; at += READ_AT_ONCE) {
    const found = await eventsOf(db)
      .find({ _id: { $in: identities.slice(at, at + READ_AT_ONCE) } }, { projection: { contentHash: 1 } })
      .toArray();
    eventCount += found.length;
    for (const { contentHash } of found)
      eventsHash = xorHashes(eventsHash, contentHash.slice(0, EMPTY_SET_HASH.length));
  }
  const first = await eventsOf(db)
    .find({ _id: { $in: identities.slice(0, SHOWN) } })
    .sort({ time: 1, _id: 1 })
    .toArray();
  return { eventCount, eventsHash, events: first.map(placeOf) };
}
