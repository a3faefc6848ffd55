import { z } from 'zod';

const Count = z.number().int().min(0);

export const ServerState = z.object({
  ok: z.boolean(),
  address: z.string(),
  version: z.string().optional(),
  /** Why it is not well. */
  problem: z.string().optional(),
});
export type ServerState = z.infer<typeof ServerState>;

export const Servers = z.object({ kafka: ServerState, temporal: ServerState, mongodb: ServerState });
export type Servers = z.infer<typeof Servers>;

/** Offsets of one partition: where the topic ends, how far ingest's durable verdicts reach, and what lies between. */
export const PartitionState = z.object({ partition: Count, end: Count, committed: Count, lag: Count });

/** Offsets are summed over the partitions; `committed` is how far ingest's durable verdicts reach. */
export const TopicState = z.object({
  topic: z.string(),
  partitions: Count,
  end: Count,
  committed: Count,
  lag: Count,
  byPartition: z.array(PartitionState),
});
export type TopicState = z.infer<typeof TopicState>;

export const Verdicts = z.object({
  accepted: Count,
  duplicates: Count,
  conflicts: Count,
  rejected: Count,
  parked: Count,
});
export type Verdicts = z.infer<typeof Verdicts>;

/** `started` is the sum of the others. */
export const OnboardingCounts = z.object({
  started: Count,
  accepted: Count,
  withdrawn: Count,
  declined: Count,
  failed: Count,
  expired: Count,
  active: Count,
});
export type OnboardingCounts = z.infer<typeof OnboardingCounts>;

export const Status = z.object({
  servers: Servers,
  topics: z.array(TopicState),
  verdicts: Verdicts,
  onboardings: OnboardingCounts,
  /** The event-time watermark; null before the first event. */
  businessTime: z.object({ at: z.string().nullable(), caughtUp: z.boolean() }),
});
export type Status = z.infer<typeof Status>;
