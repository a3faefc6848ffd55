import { z } from 'zod';
import { Instant } from './ids.ts';

/**
 * CloudEvents 1.0 envelope as Chainlight takes it. Identity is (source, id). `partitionkey` is the USCC of the firm that
 * the event is about (or the region code, for events about a region) and the key of the Kafka record.
 * Unknown extension attributes are kept.
 */
export const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(200),
  type: z.string().min(1).max(100),
  time: Instant,
  subject: z.string().min(1).max(200).optional(),
  partitionkey: z.string().min(1).max(100).optional(),
  dataschema: z.string().min(1).max(300).optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/(json|[\w.+-]+\+json)(\s*;.*)?$/i, 'must be a JSON media type')
    .optional(),
  /** Follows the work an event sets off, through logs, workflows and figures; the event's id where absent. */
  correlationid: z.string().min(1).max(200).optional(),
  data: z.record(z.string(), z.unknown()),
});

export type Envelope = z.infer<typeof Envelope>;

/** A record whose value is longer is refused by intake. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;

/** The identity of an event as one string; a blank cannot stand in a source, so it is unambiguous. */
export const identityOf = (source: string, id: string): string => `${source} ${id}`;

/** Takes an identity apart again. */
export function splitIdentity(identity: string): { source: string; id: string } {
  const blank = identity.indexOf(' ');
  return { source: identity.slice(0, blank), id: identity.slice(blank + 1) };
}
