import { ACTS, erpTopic, PROGRAMME_EVENTS, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { type RandomStream, randomStream } from '../../services/simulator/domain/random.ts';
import { garbageOf } from './garbage.ts';
import { storyOf } from './onboardingStories.ts';
import {
  type ChaosRecord,
  DAY_MS,
  FIRST_MS,
  type Firm,
  iso,
  LAST_MS,
  PLATFORM,
  type Population,
  populate,
  recordOf,
  type Statement,
} from './population.ts';
import { statementOf } from './statements.ts';

export interface ChaosStream extends Population {
  readonly topics: readonly string[];
  /** In the order of arrival. */
  readonly records: readonly ChaosRecord[];
}

const MAX_DELAY_DAYS = 10;
const GARBAGE_SHARE = 0.03;
const DUPLICATE_SHARE = 0.06;
const CONFLICT_SHARE = 0.02;
const CORRECTED_SHARE = 0.05;
const STORY_CORRECTED_SHARE = 0.1;

/** The whole stream of a seed, `events` records long: the same for the same arguments. */
export function chaosStream(seed: number, events: number): ChaosStream {
  const random = randomStream(seed, 'chaos/stream');
  const population = populate(random, seed, events);
  const records = [...registryOf(population), ...population.firms.flatMap((firm) => toldOf(firm, random))];
  for (let serial = 0; records.length < events; serial++) {
    const firm = random.pick(population.firms);
    if (random.chance(GARBAGE_SHARE)) {
      records.push(garbageOf(firm, serial, arrival(random, FIRST_MS), random));
      continue;
    }
    for (const record of mishapsOf(statementOf(firm, serial, random), random)) {
      if (records.length < events) records.push(record);
    }
  }
  return {
    ...population,
    topics: [
      ...population.leaders.map((leader) => erpTopic(leader.uscc)),
      platformTopic(PLATFORM),
      SUPPLIER_REPORTS,
      PROGRAMME_EVENTS,
      ACTS,
    ],
    records: records.slice(0, events).sort((a, b) => a.arrivesAtMs - b.arrivesAtMs),
  };
}

/** Some time from `fromMs` on, up to the stream's end. */
const arrival = (random: RandomStream, fromMs: number): number => random.between(fromMs, LAST_MS);

function registryOf({ leaders, firms }: Population): ChaosRecord[] {
  return [
    ...leaders.map(({ uscc, source, registeredAtMs }) =>
      recordOf(
        {
          topic: ACTS,
          firm: uscc,
          source: '/system/registry',
          id: `leader/${uscc}`,
          type: 'leader.registered.v1',
          timeMs: FIRST_MS,
          data: { leaderUscc: uscc, name: `Leader ${uscc.slice(-4)}`, sources: [source] },
        },
        registeredAtMs,
      ),
    ),
    ...firms.map(({ uscc, leader, relationAtMs }) =>
      recordOf(
        {
          topic: erpTopic(leader.uscc),
          firm: uscc,
          source: leader.source,
          id: `relation/${uscc}`,
          type: 'relation.declared.v1',
          timeMs: FIRST_MS,
          data: { buyerUscc: leader.uscc, supplierUscc: uscc, validFrom: '2020-01-01' },
        },
        relationAtMs,
      ),
    ),
  ];
}

/** An onboarding's events as they arrive: out of order, some twice, some corrected, never later than is allowed for. */
function toldOf(firm: Firm, random: RandomStream): ChaosRecord[] {
  if (!random.chance(0.5)) return [];
  const late = (one: Statement): number => one.timeMs + random.between(0, MAX_DELAY_DAYS) * DAY_MS;
  return storyOf(firm, random).flatMap((statement) => {
    const record = recordOf(statement, late(statement));
    if (statement.type.startsWith('onboarding.') && random.chance(STORY_CORRECTED_SHARE))
      return [record, ...storyCorrections(statement, random).map((one) => recordOf(one, late(one)))];
    return random.chance(0.1)
      ? [record, { ...record, arrivesAtMs: arrival(random, record.arrivesAtMs) }]
      : [record];
  });
}

/** Takes a fact back, for good or not, or puts another in its place; within days, so that some come before its effect and some after. */
function storyCorrections(statement: Statement, random: RandomStream): Statement[] {
  const soonMs = (fromMs: number): number => fromMs + random.whole(0, 3) * DAY_MS;
  const correction = (id: string, timeMs: number, data: Record<string, unknown>): Statement => ({
    ...statement,
    id,
    type: 'correction.declared.v1',
    timeMs,
    data: { reason: 'stated by mistake', ...data },
  });
  const taken = (data: Record<string, unknown>): Statement =>
    correction(`${statement.id}/taken`, soonMs(statement.timeMs), { ...data, correctedId: statement.id });
  if (random.chance(0.5)) {
    const again = {
      ...statement,
      id: `${statement.id}/again`,
      timeMs: statement.timeMs + random.whole(0, 1) * DAY_MS,
    };
    return [taken({ action: 'replace', replacementId: again.id }), again];
  }
  const first = taken({ action: 'void' });
  if (random.chance(0.5)) return [first];
  const backMs = soonMs(first.timeMs);
  return [first, correction(`${statement.id}/restored`, backMs, { action: 'void', correctedId: first.id })];
}

/** What becomes of a statement on its way: repeated, contradicted, corrected, each time in any order. */
function mishapsOf(statement: Statement, random: RandomStream): ChaosRecord[] {
  const delay = random.chance(0.1) ? random.between(0, 120) : random.between(0, MAX_DELAY_DAYS);
  const firstMs = Math.min(statement.timeMs + delay * DAY_MS, LAST_MS);
  const mode = random.chance(0.2) ? 'binary' : 'structured';
  const record = recordOf(statement, firstMs, mode);
  const anyTime = (): number => arrival(random, statement.timeMs);
  if (random.chance(DUPLICATE_SHARE))
    return [record, { ...record, arrivesAtMs: anyTime(), key: otherKey(record, random) }];
  if (random.chance(CONFLICT_SHARE)) {
    const other = { ...statement, data: { ...statement.data, note: `said again ${random.whole(1, 9)}` } };
    const contradiction = recordOf(other, anyTime());
    return [record, { ...contradiction, key: otherKey(contradiction, random) }];
  }
  if (random.chance(CORRECTED_SHARE)) return [record, ...correctionsOf(statement, random, anyTime)];
  return [record];
}

/** Half of the copies come under another key, so most of these stand in another partition. */
const otherKey = (record: ChaosRecord, random: RandomStream): string | null =>
  random.chance(0.5) ? record.key : `elsewhere-${random.whole(1, 20)}`;

function correctionsOf(statement: Statement, random: RandomStream, anyTime: () => number): ChaosRecord[] {
  const correction = (id: string, timeMs: number, data: Record<string, unknown>): Statement => ({
    ...statement,
    id,
    type: 'correction.declared.v1',
    timeMs,
    data: { reason: 'booked wrongly', ...data },
  });
  const laterMs = Math.min(statement.timeMs + random.whole(0, 20) * DAY_MS, LAST_MS);
  const send = (one: Statement): ChaosRecord => recordOf(one, Math.max(one.timeMs, anyTime()));
  const correctedId = statement.id;
  if (random.chance(0.5)) {
    const taken = correction(`${statement.id}/void`, laterMs, { action: 'void', correctedId });
    if (random.chance(0.6)) return [send(taken)];
    const back = correction(`${statement.id}/unvoid`, laterMs + random.whole(-2, 2) * DAY_MS, {
      action: 'void',
      correctedId: taken.id,
    });
    return [send(taken), send(back)];
  }
  const replacement = { ...statement, id: `${statement.id}/again`, timeMs: laterMs };
  const replacing = correction(`${statement.id}/replace`, laterMs, {
    action: 'replace',
    correctedId,
    replacementId: replacement.id,
  });
  return [send(replacement), send(replacing)];
}

/** Records that move business time on in every partition of a topic, so that all that is due falls due. */
export function pushes(stream: ChaosStream, timeMs: number, round: number): ChaosRecord[] {
  const [firm] = stream.firms;
  if (firm === undefined) return [];
  const push = (topic: string, source: string, type: string, data: Record<string, unknown>): Statement => ({
    topic,
    firm: firm.uscc,
    source,
    id: `push/${iso(timeMs)}/${round}/${topic}`,
    type,
    timeMs,
    data,
  });
  return [
    push(platformTopic(PLATFORM), firm.tenant, 'platform.heartbeat.v1', {
      firmUscc: firm.uscc,
      platform: PLATFORM,
      connectedDevices: 1,
    }),
    push(PROGRAMME_EVENTS, '/bureau/510100/jingxin', 'city.total-stated.v1', {
      regionCode: '510100',
      measure: 'pilot-firms-done',
      total: round,
      asOfDate: '2023-01-01',
    }),
    push(SUPPLIER_REPORTS, firm.books, 'headcount.reported.v1', {
      firmUscc: firm.uscc,
      period: '2023-09',
      headcount: 40,
      digitalStaff: 2,
    }),
    ...stream.leaders.map((leader) =>
      push(erpTopic(leader.uscc), leader.source, 'relation.declared.v1', {
        buyerUscc: leader.uscc,
        supplierUscc: firm.uscc,
        validFrom: '2020-01-01',
      }),
    ),
  ].map((statement) => recordOf(statement, timeMs));
}
