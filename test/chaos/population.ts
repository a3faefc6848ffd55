import type { RandomStream } from '../../services/simulator/domain/random.ts';
import { testUscc } from '../support/events.ts';

export const PLATFORM = 'huanyu';
export const PROGRAMME = 'sme-510100-2023';
export const DAY_MS = 86_400_000;
export const FIRST_MS = Date.parse('2022-01-01T00:00:00Z');
/** Business time at which every ending that shall have come has come. */
export const LAST_MS = Date.parse('2023-09-01T00:00:00Z');
/** How long after its business time a fact may arrive; what the services are told to allow for. */
export const LATENESS_DAYS = 20;

export interface Leader {
  readonly uscc: string;
  readonly source: string;
  /** When it is registered; what its ERP says before that has to wait. */
  readonly registeredAtMs: number;
}

export interface Firm {
  readonly uscc: string;
  readonly leader: Leader;
  readonly books: string;
  readonly tenant: string;
  /** When its leader declares the relation; what the leader says about it before that has to wait. */
  readonly relationAtMs: number;
}

/** A record as it is to be sent. `partition` is a choice among however many there are; null leaves it to the key. */
export interface ChaosRecord {
  readonly arrivesAtMs: number;
  readonly topic: string;
  readonly key: string | null;
  readonly value: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a source states, before it is put into a record. */
export interface Statement {
  readonly topic: string;
  readonly firm: string;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly timeMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Population {
  readonly leaders: readonly Leader[];
  readonly firms: readonly Firm[];
}

/** Leaders, one of them registered late, and their firms; a third of the relations are declared late. */
export function populate(random: RandomStream, seed: number, events: number): Population {
  const serial = 100_000 + (seed % 1_000) * 800;
  const leaders = [0, 0, 200].map((days, index): Leader => {
    const uscc = testUscc(serial + index);
    return { uscc, source: `/chain/${uscc}/erp/sap`, registeredAtMs: FIRST_MS + days * DAY_MS };
  });
  const firms = Array.from({ length: Math.max(12, Math.min(600, Math.round(events / 80))) }, (_, index) => {
    const uscc = testUscc(serial + 10 + index);
    const lateDays = random.chance(0.33) ? random.whole(10, 500) : 0;
    return {
      uscc,
      leader: random.pick(leaders),
      books: `/supplier/${uscc}/erp`,
      tenant: `/platform/${PLATFORM}/tenant/${uscc}`,
      relationAtMs: FIRST_MS + lateDays * DAY_MS,
    };
  });
  return { leaders, firms };
}

export const iso = (ms: number): string => new Date(ms).toISOString();
export const day = (ms: number): string => iso(ms).slice(0, 10);

/** The statement as a CloudEvent in a record, structured or binary. */
export function recordOf(
  statement: Statement,
  arrivesAtMs: number,
  mode: 'structured' | 'binary' = 'structured',
  key: string | null = statement.firm,
): ChaosRecord {
  const { topic, source, id, type, timeMs, data, firm } = statement;
  const attributes = { specversion: '1.0', id, source, type, time: iso(timeMs), partitionkey: firm };
  if (mode === 'structured')
    return {
      arrivesAtMs,
      topic,
      key,
      value: JSON.stringify({ ...attributes, datacontenttype: 'application/json', data }),
      headers: { 'content-type': 'application/cloudevents+json' },
    };
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]),
  );
  return {
    arrivesAtMs,
    topic,
    key,
    value: JSON.stringify(data),
    headers: { ...headers, 'content-type': 'application/json' },
  };
}
