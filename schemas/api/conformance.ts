import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';

const Count = z.number().int().min(0);

const Example = z.object({
  /** Line in the file; null for a record of the topic. */
  line: z.number().int().min(1).nullable(),
  /** Where the record stands in the topic; null for a line of a file. */
  partition: Count.nullable(),
  offset: Count.nullable(),
  source: z.string().nullable(),
  id: z.string().nullable(),
  explanation: z.string(),
});

/** The answer of `cli conformance`: what ingest would make of a sample, how to mend it, and what it is good for. */
export const Conformance = z.object({
  leader: z.string(),
  sample: z.object({
    kind: z.enum(['file', 'topic']),
    name: z.string(),
    /** Records read; a file's blank lines are not records. */
    records: Count,
    blankLines: Count,
    /** Whether there is more than was read. */
    truncated: z.boolean(),
  }),
  /** `registry`: sources, relations and what is stored already were looked up. `assumed`: no database was reachable, and all of the leader's own sources and suppliers were taken as declared. */
  authority: z.object({ checked: z.enum(['registry', 'assumed']), note: z.string() }),
  verdicts: z.object({
    accepted: Count,
    duplicates: Count,
    conflicts: Count,
    rejected: Count,
    /** Well-formed, but about a supplier without a declared relation: they would wait. */
    parked: Count,
  }),
  /** Of the waiting records those that were too many to be judged once more at the end: the sample may declare what they wait for. */
  judgedOnce: Count,
  /** Accepted now or before (the duplicates, counted apart) by all records; null for an empty sample. */
  acceptedShare: z.number().min(0).max(1).nullable(),
  refusals: z.array(
    z.object({
      code: z.enum(ERROR_CODES),
      count: Count,
      share: z.number().min(0).max(1),
      meaning: z.string(),
      remedy: z.string(),
      examples: z.array(Example),
    }),
  ),
  /** Suppliers that no relation is declared with, and how many records wait for each. */
  unknownSuppliers: z.array(z.object({ uscc: z.string(), records: Count, command: z.string() })),
  /** The leader itself is not registered yet. */
  leaderUnknown: z.boolean(),
  eventTypes: z.array(z.object({ type: z.string(), accepted: Count })),
  /** Every KPI: whether the sample's accepted or waiting events are enough for it, and what is missing. */
  kpis: z.array(
    z.object({
      id: z.string(),
      definition: z.string(),
      computable: z.boolean(),
      needs: z.array(z.string()),
      missing: z.array(z.string()),
      /** Of the missing types those that this leader's own topic may carry. */
      fromLeader: z.array(z.string()),
    }),
  ),
});
export type Conformance = z.infer<typeof Conformance>;

/** Arguments of `cli conformance`. */
export const ConformanceQuery = z.strictObject({
  leader: z.string(),
  file: z.string().min(1).optional(),
  sample: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
});
export type ConformanceQuery = z.infer<typeof ConformanceQuery>;
