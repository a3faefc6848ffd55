import type { ClientSession, Db } from 'mongodb';
import type { PublishedFigure } from '../../../schemas/events/measurement.ts';
import type { FirmYear } from '../domain/firmYear.ts';
import { MonthFigures } from '../domain/publications.ts';
import type { World } from '../domain/world.ts';
import type { Horizon } from './eventLog.ts';
import { modelOf } from './store.ts';
import { loadWorld, loadWorldWithoutYears } from './worldStore.ts';

const FIRMS_A_BATCH = 500;

/** The world that the figures of months are worked out in: for those of now, what firms reported is read month by month. */
export const loadWorldOfMonths = (db: Db, horizon: Horizon, session?: ClientSession): Promise<World> =>
  isNow(horizon) ? loadWorldWithoutYears(db, session) : loadWorld(db, horizon);

/**
 * All figures of a month that are published.
 * @param world of `loadWorldOfMonths`, at the same horizon
 */
export async function figuresOfMonth(
  db: Db,
  world: World,
  period: string,
  horizon: Horizon = {},
  session?: ClientSession,
): Promise<PublishedFigure[]> {
  const figures = new MonthFigures(world, period);
  if (!isNow(horizon)) {
    for (const uscc of world.years.firms()) figures.add(uscc, world.months(uscc)(period));
    return figures.figures();
  }
  const [year = '', month = ''] = period.split('-');
  const years = modelOf(db, 'kpi')
    .find({ year: Number(year), [`months.${month}`]: { $exists: true } }, { session })
    .project<Pick<FirmYear, 'firm' | 'months'>>({ firm: 1, [`months.${month}`]: 1 })
    .batchSize(FIRMS_A_BATCH);
  for await (const { firm, months } of years) figures.add(firm, months[month]);
  return figures.figures();
}

const isNow = ({ asOf, knownAt }: Horizon): boolean => asOf === undefined && knownAt === undefined;
