import type { Source } from './sources.ts';

export const SUPPLIER_REPORTS = 'supplier.reports';
export const PROGRAMME_EVENTS = 'programme.events';
export const ACTS = 'chainlight.acts';
export const DEAD_LETTERS = 'dead-letters';
const ERP_PREFIX = 'erp.';
const ERP_TOPIC = /^erp\.([0-9A-Z]{18})$/;
const PLATFORM_PREFIX = 'platform.';

/** Partitions of each stream topic on the local stack; a cluster may have more. */
export const STREAM_PARTITIONS = 3;

/** Topic of a chain leader's ERP events. */
export const erpTopic = (leaderUscc: string): string => `${ERP_PREFIX}${leaderUscc}`;
/** Topic that tells a leader's integrator what became of the leader's records; nothing on it is taken in. */
export const receiptsTopic = (leaderUscc: string): string => `${erpTopic(leaderUscc)}.receipts`;
/** The leader whose ERP events a topic carries; null for any other topic. */
export const leaderOfTopic = (topic: string): string | null => ERP_TOPIC.exec(topic)?.[1] ?? null;
/** Topic of one industrial internet platform. */
export const platformTopic = (platform: string): string => `${PLATFORM_PREFIX}${platform}`;

/** Topics whose records ingest takes in. */
export function isStreamTopic(topic: string): boolean {
  return (
    topic === SUPPLIER_REPORTS ||
    topic === PROGRAMME_EVENTS ||
    topic === ACTS ||
    ERP_TOPIC.test(topic) ||
    /^platform\.[a-z0-9][a-z0-9-]{0,62}$/.test(topic)
  );
}

/** The one topic on which a source may speak. */
export function topicOfSource(source: Source): string {
  switch (source.class) {
    case 'chain':
      return erpTopic(source.uscc);
    case 'supplier':
      return SUPPLIER_REPORTS;
    case 'platform':
      return platformTopic(source.platform);
    case 'provider':
    case 'rater':
    case 'bureau':
      return PROGRAMME_EVENTS;
    case 'system':
      return ACTS;
    default: {
      const unknown: never = source;
      return unknown;
    }
  }
}
