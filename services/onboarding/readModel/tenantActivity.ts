import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { periodOf } from '../../../schemas/time.ts';
import type { DataAnswer, DataPoint, DataQuestion, DataSpan } from '../../../workflows/onboarding/effects.ts';

/** In which months data have come from a supplier's tenant on a platform. */
export interface TenantActivity {
  /** `<platform>/<USCC>` */
  readonly _id: string;
  readonly platform: string;
  readonly supplierUscc: string;
  /** In order. */
  readonly months: readonly ActiveMonth[];
}

export interface ActiveMonth {
  /** Asia/Shanghai, by the business time of the events. */
  readonly month: string;
  readonly firstAt: string;
  /** Identity of the earliest event, by time and then identity. */
  readonly firstId: string;
  readonly lastAt: string;
}

export const activityIdOf = (platform: string, supplierUscc: string): string => `${platform}/${supplierUscc}`;

/** Types that a platform states but that are not a supplier's data. */
export const NOT_DATA = [
  'platform.heartbeat.v1',
  'correction.declared.v1',
  'onboarding.system-deployed.v1',
] as const;

/** Source of a tenant's events, as it begins their identities. */
export const tenantSource = (platform: string, supplierUscc: string): string =>
  `/platform/${platform}/tenant/${supplierUscc}`;

/** The tenant that sent an event, where it is data of a tenant; null for everything else. */
export function tenantOf(event: StoredEvent): { platform: string; supplierUscc: string } | null {
  if (event.sourceClass !== 'platform' || (NOT_DATA as readonly string[]).includes(event.type)) return null;
  const [, , platform = '', , rest = ''] = event._id.split('/');
  return { platform, supplierUscc: rest.slice(0, rest.indexOf(' ')) };
}

/** Adds events to a tenant's months; the order in which they are added makes no difference. */
export function addActivity(months: readonly ActiveMonth[], events: readonly StoredEvent[]): ActiveMonth[] {
  const byMonth = new Map(months.map((month) => [month.month, month]));
  for (const event of events) {
    const at = event.time.toISOString();
    const month = periodOf(event.time);
    const known = byMonth.get(month);
    if (known === undefined) {
      byMonth.set(month, { month, firstAt: at, firstId: event._id, lastAt: at });
      continue;
    }
    const isEarlier = at < known.firstAt || (at === known.firstAt && event._id < known.firstId);
    byMonth.set(month, {
      month,
      firstAt: isEarlier ? at : known.firstAt,
      firstId: isEarlier ? event._id : known.firstId,
      lastAt: at > known.lastAt ? at : known.lastAt,
    });
  }
  return [...byMonth.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}

/**
 * When data that answer a question will be there for certain. In the month of the question itself only the latest event is sure
 * to lie behind its beginning, so this is an upper bound; the workflow asks the events themselves.
 */
export function expectedAnswer(question: DataQuestion, months: readonly ActiveMonth[]): DataAnswer {
  const points = pointsWithin(question, months);
  const { since, flowing } = question;
  const [flows] = flowing === undefined ? [] : pointsWithin({ since: flowing.since, months: 1 }, months);
  return { ...question, through: points.at(-1)?.at ?? since, points, flows: flows ?? null };
}

const pointsWithin = ({ since, months: count }: DataSpan, months: readonly ActiveMonth[]): DataPoint[] =>
  months
    .filter(({ lastAt }) => lastAt >= since)
    .slice(0, count)
    .map(({ month, firstAt, lastAt }) => ({
      month,
      at: firstAt >= since ? firstAt : lastAt,
      source: '',
      id: '',
    }));
