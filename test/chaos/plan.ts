import { type RandomStream, randomStream } from '../../services/simulator/domain/random.ts';

export type ServerTarget = 'kafka' | 'mongodb' | 'temporal';
export type ServiceTarget = 'ingest-1' | 'ingest-2' | 'measurement' | 'onboarding';

/** Something that goes wrong, once `atRecord` records have been sent and `afterMs` more have passed. */
export type Mishap = { readonly atRecord: number; readonly afterMs: number } & (
  | { readonly kind: 'kill'; readonly target: ServiceTarget | ServerTarget }
  /** Killed, and its database with it. */
  | { readonly kind: 'lose'; readonly target: 'temporal' }
  | { readonly kind: 'pause'; readonly target: ServiceTarget }
  /** A topic is given one partition more; by number, the leaders' topics first. */
  | { readonly kind: 'widen'; readonly topic: number }
);

const SERVICES = ['ingest-1', 'ingest-2', 'measurement', 'onboarding'] as const;
const SERVERS = ['kafka', 'mongodb', 'temporal'] as const;
const RECORDS_PER_KILL = 2_000;
/** A short run has fewer, but from 2,000 records on everything is hit at least once. */
const FEWEST_KILLS = 8;
const PAUSED: readonly ServiceTarget[] = ['ingest-1', 'ingest-2', 'ingest-1', 'measurement', 'onboarding'];

/** What goes wrong during a stream of so many records, in order; the same for the same arguments. */
export function planOf(seed: number, records: number): Mishap[] {
  const random = randomStream(seed, 'chaos/plan');
  const somewhere = () => ({
    atRecord: random.whole(Math.floor(records * 0.03), Math.floor(records * 0.97)),
    afterMs: random.whole(0, 1_500),
  });
  const kills = Math.max(
    Math.min(FEWEST_KILLS, Math.round(records / 250)),
    Math.round(records / RECORDS_PER_KILL),
  );
  const pauses = Math.max(1, Math.round(kills / 6));
  const targets = [...random.shuffled([...SERVERS, ...SERVICES]), ...moreTargets(random, kills)].slice(
    0,
    kills - 1,
  );
  return [
    ...targets.map((target): Mishap => ({ ...somewhere(), kind: 'kill', target })),
    { ...somewhere(), kind: 'lose', target: 'temporal' } as const,
    ...Array.from({ length: pauses }, (_, index): Mishap => {
      const target = PAUSED[(index + (seed % 2)) % PAUSED.length] ?? 'ingest-1';
      return { ...somewhere(), kind: 'pause', target };
    }),
    { ...somewhere(), kind: 'widen', topic: random.whole(0, 2) } as const,
  ].sort((a, b) => a.atRecord - b.atRecord);
}

/** Ingest and its two servers are hit most often. */
const moreTargets = (random: RandomStream, count: number): (ServiceTarget | ServerTarget)[] =>
  Array.from({ length: count }, () =>
    random.chance(0.6)
      ? random.pick(['ingest-1', 'ingest-2', 'kafka', 'mongodb'])
      : random.pick([...SERVERS, ...SERVICES]),
  );
