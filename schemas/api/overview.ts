import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { Instant, Period } from '../ids.ts';
import { FINDING_STATES, SEVERITIES } from '../measurement.ts';
import { Receipt } from '../receipt.ts';
import { Displacement } from './claims.ts';
import { Finding } from './findings.ts';
import { ClaimSection, TargetSection } from './page.ts';
import { PageQuery, pageOf } from './paging.ts';
import { PartitionState, TopicState, Verdicts } from './status.ts';

const Count = z.number().int().min(0);

export const CITY_SORTS = ['share', 'done', 'target', 'name', 'code'] as const;
export const CityQuery = z.strictObject({
  ...PageQuery.shape,
  status: z.enum(['critical', 'lagging', 'on-track', 'reached', 'no-target']).optional(),
  sort: z.enum(CITY_SORTS).default('share'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type CityQuery = z.infer<typeof CityQuery>;

export const CityRow = z.looseObject({
  code: z.string(),
  name: z.string(),
  regionClass: z.string(),
  /** Null where neither the city's plan nor its region class has one. */
  target: Count.nullable(),
  /** Whether the city's plan states the target or its region class gives it. */
  targetBasis: z.enum(['plan', 'region-class', 'none']),
  done: Count,
  /** Accepted, but not counted: reason → how many firms. */
  notCountable: z.record(z.string(), Count),
  share: z.number().nullable(),
  status: z.enum(['critical', 'lagging', 'on-track', 'reached', 'no-target']),
  /** Shares of the target below which it is so marked. */
  markedBelow: z.object({ critical: z.number(), lagging: z.number() }).nullable(),
  forecast: z.object({ low: z.number(), mid: z.number(), high: z.number() }).nullable(),
  figureId: z.string(),
});
export type CityRow = z.infer<typeof CityRow>;
export const CityPage = pageOf(CityRow).extend({ asOf: Instant.nullable() });
export type CityPage = z.infer<typeof CityPage>;

export const Chains = z.looseObject({
  asOf: Instant.nullable(),
  chains: z.array(z.looseObject({ leaderUscc: z.string(), name: z.string() })),
});

export { ClaimSection, TargetSection };

export const FindingQuery = z.strictObject({
  ...PageQuery.shape,
  code: z.enum(ERROR_CODES).optional(),
  state: z.enum(FINDING_STATES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  supplier: z.string().max(18).optional(),
});
export type FindingQuery = z.infer<typeof FindingQuery>;
export const FindingPage = pageOf(Finding);
export type FindingPage = z.infer<typeof FindingPage>;

/** Who buys from whom, tier by tier from a leader; a firm appears once, at its nearest tier. */
export const NetworkQuery = z.strictObject({
  leader: z.string().min(18).max(18),
  tiers: z.coerce.number().int().min(1).max(3).default(2),
});
export type NetworkQuery = z.infer<typeof NetworkQuery>;
export const Network = z.object({
  leader: z.string(),
  nodes: z
    .array(
      z.object({
        uscc: z.string(),
        name: z.string().nullable(),
        tier: Count,
        status: z.string().nullable(),
        stage: z.string().nullable(),
      }),
    )
    .max(5_001),
  edges: z.array(z.object({ buyer: z.string(), supplier: z.string() })).max(20_000),
  truncated: z.boolean(),
});
export type Network = z.infer<typeof Network>;

/** One KPI of a chain over time. */
export const ChainKpiQuery = z.strictObject({
  leader: z.string().min(18).max(18),
  kpi: z.string().min(1).max(60).default('inventoryTurns'),
  /** Months up to the last complete one. */
  months: z.coerce.number().int().min(1).max(60).default(24),
});
export type ChainKpiQuery = z.infer<typeof ChainKpiQuery>;
/** A month of a part of the chain; fewer than five suppliers are never summed up. */
const ChainMonth = z.object({
  value: z.number().nullable(),
  reason: z.string().nullable(),
  firms: Count,
  /** Opens it; null for what only the sums of others are behind. */
  figureId: z.string().nullable(),
});
export const ChainKpi = z.object({
  leader: z.string(),
  kpi: z.string(),
  unit: z.string(),
  direction: z.enum(['up', 'down']),
  /** The KPIs that can be asked for. */
  kpis: z.array(z.string()),
  months: z.array(z.object({ month: Period, leader: ChainMonth, suppliers: ChainMonth, chain: ChainMonth })),
  /** The suppliers behind it by their change against the baseline, those that got on least first; null where it cannot be measured. */
  suppliers: z.array(
    z.object({ uscc: z.string(), name: z.string().nullable(), change: z.number().nullable() }),
  ),
  /** What became of stock in the chain meanwhile. */
  displacement: z.array(Displacement),
});
export type ChainKpi = z.infer<typeof ChainKpi>;

/** What a leader's integrator is told, newest first. */
export const ReceiptQuery = z.strictObject({
  leader: z.string().min(18).max(18),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type ReceiptQuery = z.infer<typeof ReceiptQuery>;
export const ReceiptList = z.object({
  /** Where the same receipts come by Kafka. */
  topic: z.string(),
  items: z.array(
    Receipt.extend({
      /** Whether it has been sent to the topic. */
      sent: z.boolean(),
    }),
  ),
});
export type ReceiptList = z.infer<typeof ReceiptList>;

/** How far one partition is, and what became of its records. */
export const PartitionHealth = PartitionState.extend({
  verdicts: Verdicts,
  /** When the last of its records was judged, by the clock of ingest; null before the first. */
  lastVerdictAt: Instant.nullable(),
});
export type PartitionHealth = z.infer<typeof PartitionHealth>;

/** Whether a leader's (or any sender's) events arrive and are taken. */
export const IntakeHealth = z.object({
  topics: z.array(TopicState),
  /** Those of the leader's topic; none before its topic is made. */
  partitions: z.array(PartitionHealth),
  /** The sum over the partitions. */
  verdicts: Verdicts,
  refused: z.object({ total: Count, byReason: z.record(z.string(), Count) }),
  parked: Count,
  lastAcceptedAt: Instant.nullable(),
});
export type IntakeHealth = z.infer<typeof IntakeHealth>;
export const IntakeQuery = z.strictObject({ leader: z.string().min(18).max(18) });

export const AuditQuery = z.strictObject({
  ...PageQuery.shape,
  subject: z.string().max(255).optional(),
  operation: z.string().max(80).optional(),
  firm: z.string().max(18).optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
/** One read of commercial data, or one act. */
export const AuditEntry = z.object({
  id: z.string(),
  at: Instant,
  kind: z.enum(['commercial-read', 'act']),
  operation: z.string(),
  subject: z.string(),
  name: z.string(),
  role: z.string(),
  /** The region in which the reader's reach ends. Null for all others. */
  jurisdiction: z.string().nullable(),
  /** The zone within it, of who sits in one. */
  zone: z.string().optional(),
  firms: z.array(z.string()),
  detail: z.string(),
  /** HTTP status of the answer. */
  status: z.number().int(),
  requestId: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = pageOf(AuditEntry);
export type AuditPage = z.infer<typeof AuditPage>;
