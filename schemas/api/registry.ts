import { z } from 'zod';
import { BusinessDate, Instant, PartyId, Uscc } from '../ids.ts';
import { readSource } from '../sources.ts';

const at = Instant.optional().meta({
  description: 'Business time of the registration; now where absent. For loading history.',
});
/** Marks a scenario's firms, so that every page can say that the data are simulated. */
const simulated = z.boolean().optional();

/** A chain leader and the sources that may speak for it. */
export const RegisterLeader = z
  .strictObject({
    uscc: Uscc,
    name: z.string().trim().min(1).max(120),
    sources: z.array(z.string().min(1).max(200)).min(1).max(50),
    at,
    simulated,
  })
  .superRefine((body, context) => {
    for (const [index, text] of body.sources.entries()) {
      const reading = readSource(text);
      const fits =
        'source' in reading && reading.source.class === 'chain' && reading.source.uscc === body.uscc;
      if (!fits)
        context.addIssue({
          code: 'custom',
          path: ['sources', index],
          message: `${text} cannot speak for this leader: a leader's source is /chain/${body.uscc}/erp/<system>`,
        });
    }
  });
export type RegisterLeader = z.infer<typeof RegisterLeader>;

export const RegisterPlatform = z.strictObject({ platform: PartyId });
export type RegisterPlatform = z.infer<typeof RegisterPlatform>;

/** From `from` on, the leader may state facts about the supplier. */
export const DeclareRelation = z
  .strictObject({
    leader: Uscc,
    supplier: Uscc,
    from: BusinessDate,
    supplierName: z.string().trim().min(1).max(120).optional(),
    at,
    simulated,
  })
  .refine((body) => body.leader !== body.supplier, {
    path: ['supplier'],
    message: 'must differ from the leader',
  });
export type DeclareRelation = z.infer<typeof DeclareRelation>;

/** The answer to a registration. `confirmed` is false when ingest had not stored the event within the wait. */
export const Registration = z.object({
  source: z.string(),
  id: z.string(),
  topic: z.string(),
  time: Instant,
  confirmed: z.boolean(),
});
export type Registration = z.infer<typeof Registration>;

/** How a leader signs in to Kafka. Shown once, when it is made. */
export const KafkaCredentials = z.object({
  mechanism: z.literal('SCRAM-SHA-256'),
  username: z.string(),
  password: z.string(),
});
export type KafkaCredentials = z.infer<typeof KafkaCredentials>;

/** Output of `cli leaders credentials --json`; null where Kafka asks nobody to sign in. */
export const IssuedCredentials = z.object({ uscc: Uscc, credentials: KafkaCredentials.nullable() });
export type IssuedCredentials = z.infer<typeof IssuedCredentials>;

export const LeaderRegistration = Registration.extend({
  uscc: Uscc,
  /** The topic that takes this leader's events. */
  erpTopic: z.string(),
  /** The topic that tells what became of them. */
  receiptsTopic: z.string(),
});
export type LeaderRegistration = z.infer<typeof LeaderRegistration>;

/** Output of `cli leaders add --json`; `credentials` at the first registration on a Kafka that wants a sign-in. */
export const LeaderAdded = LeaderRegistration.extend({ credentials: KafkaCredentials.nullable() });
export type LeaderAdded = z.infer<typeof LeaderAdded>;

export const PlatformRegistration = z.object({ platform: PartyId, topic: z.string() });
export type PlatformRegistration = z.infer<typeof PlatformRegistration>;

export const LeaderList = z.object({
  leaders: z.array(
    z.object({
      uscc: z.string(),
      name: z.string(),
      sources: z.array(z.string()),
      registeredAt: Instant,
      topic: z.string(),
    }),
  ),
});
export type LeaderList = z.infer<typeof LeaderList>;
