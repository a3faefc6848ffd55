import { z } from 'zod';
import { Instant, Period, Sha256, Uscc } from '../ids.ts';
import { Displacement } from './claims.ts';

/** Output of `cli kpi show`, `cli kpi rebuild` and `cli explain`. Money figures are in yuan where the unit says so; numerators and denominators are whole numbers. */

const Count = z.number().int().min(0);
const Whole = z.number().int();

/** A figure: its value, or null with a reason. */
export const FigureValue = z.looseObject({
  value: z.number().nullable(),
  reason: z.string().optional(),
  explanation: z.string().optional(),
  figureId: z.string(),
  numerator: Whole.nullable(),
  denominator: Whole.nullable(),
  /** Statements it rests on, the superseded ones included. */
  events: Count,
  /** a system record; c own books with a document; d own books. */
  grade: z.enum(['a', 'c', 'd']).nullable(),
  sourceClass: z.string().nullable(),
});
export type FigureValue = z.infer<typeof FigureValue>;

/** One month: `month`, then a figure under every KPI id. */
export const KpiMonth = z.object({ month: Period }).catchall(FigureValue);
export type KpiMonth = z.infer<typeof KpiMonth>;

export const KpiBaseline = z.object({
  programme: z.string(),
  contractMonth: Period,
  months: z.array(Period).max(12),
  figures: z.record(z.string(), z.looseObject({ value: z.number().nullable(), figureId: z.string() })),
  eventCount: Count,
  figuresSha256: Sha256,
  /** Identity of the event that froze it. */
  event: z.string(),
  frozenAt: Instant,
  /** Where an auditor replaced it: who, why, and the event and hash that it replaces; null for a first freeze. */
  refrozen: z
    .object({
      by: z.string(),
      reason: z.string(),
      replaces: z.string().nullable(),
      replacesSha256: Sha256,
    })
    .nullable(),
});

export const BaselineRefrozen = z.object({
  source: z.string(),
  id: z.string(),
  confirmed: z.boolean(),
  figuresSha256: Sha256,
  replacesSha256: Sha256,
});

export const KpiImprovement = z.looseObject({
  /** after ÷ before − 1, or null with a reason. */
  value: z.number().nullable(),
  reason: z.string().optional(),
  figureId: z.string(),
});

/** Years in which what the firm paid itself would be saved at the rate of today, beside the published average; and what was saved. */
const KpiPayback = z.object({
  value: z.number().nullable(),
  unit: z.literal('years'),
  figureId: z.string(),
  published: z.number(),
  ownOutlayFen: Whole.nullable(),
  yearlySavingFen: Whole.nullable(),
  /** Measured since the contract's month. */
  savedFen: Whole.nullable(),
  /** Months until the measured saving reached the outlay; null before. */
  paidBackAfterMonths: Count.nullable(),
  reason: z.string().optional(),
  explanation: z.string().optional(),
});

export const FirmKpis = z.object({
  uscc: Uscc,
  payback: KpiPayback,
  name: z.string(),
  asOf: Instant,
  baseline: KpiBaseline.nullable(),
  months: z.array(KpiMonth),
  improvement: z.record(z.string(), KpiImprovement),
});
/** Output of `cli kpi show`: the gains of a firm never stand without what became of stock in its chains. */
export const FirmKpisInChains = FirmKpis.extend({ displacement: z.array(Displacement) });
export type FirmKpis = z.infer<typeof FirmKpis>;

export const KpiRebuild = z.object({ events: Count, documents: Count, replaced: Count });
export type KpiRebuild = z.infer<typeof KpiRebuild>;

/** Events that one answer about a figure holds at most. */
export const EXPLAINED_AT_MOST = 1_000;

/** Which figure, and which of its events are listed. */
export const FigureQuery = z.strictObject({
  id: z.string().min(1).max(300),
  limit: z.coerce.number().int().min(1).max(EXPLAINED_AT_MOST).default(100),
  /** `next` of the page before; opaque. */
  cursor: z.string().min(1).max(2_000).optional(),
});
export type FigureQuery = z.infer<typeof FigureQuery>;

/** An event behind a figure: where it stands in Kafka, and the hash of what it says. */
export const EventPlace = z.object({
  source: z.string(),
  id: z.string(),
  type: z.string(),
  time: Instant,
  period: Period,
  topic: z.string(),
  partition: Count,
  offset: Count,
  hash: Sha256,
  /** Place in the partition's hash chain, and the chain's head after it: `cli verify` recomputes it, `cli events prove` leads to the day's root. */
  seq: Count.optional(),
  chainHash: Sha256.optional(),
  /** The sealed day (UTC, by recording time) that it stands in, and that day's Merkle root; absent while the day is open. */
  dayRoot: z.object({ day: z.string(), root: Sha256 }).optional(),
});
export type EventPlace = z.infer<typeof EventPlace>;

export const FigureExplanation = z.object({
  figureId: z.string(),
  definition: z.string(),
  formula: z.string(),
  /** The same in Chinese; the reason where it is a sentence of its own and no code’s. */
  zh: z.object({ definition: z.string(), formula: z.string(), reason: z.string().nullable() }),
  version: Count,
  unit: z.string(),
  value: z.number().nullable(),
  reason: z.string().nullable(),
  numerator: Whole.nullable(),
  denominator: Whole.nullable(),
  window: z.object({ from: z.string(), to: z.string() }).nullable(),
  entities: z.array(z.string()),
  grade: z.string().nullable(),
  sourceClass: z.string().nullable(),
  children: z.array(z.string()),
  /** Of a gain: how inventory turned meanwhile at the leaders and their suppliers, as far as the reader may see it. */
  displacement: z.array(Displacement).optional(),
  eventCount: Count,
  /** XOR of the first 128 bits of the events’ SHA-256 content hashes, hex. */
  eventsHash: z.string().regex(/^[0-9a-f]{32}$/),
  asOf: Instant,
  knownAt: Instant,
  /** In the order of business time; the first 100 unless asked otherwise. */
  events: z.array(EventPlace).max(EXPLAINED_AT_MOST),
  /** Where the next events begin; null or absent after the last. */
  next: z.string().nullable().optional(),
});
export type FigureExplanation = z.infer<typeof FigureExplanation>;

/** Output of `cli kpi list`. */
export const KpiList = z.object({
  kpis: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      version: Count,
      definition: z.string(),
      formula: z.string(),
      zh: z.object({ name: z.string(), definition: z.string(), formula: z.string() }),
      source: z.string(),
      unit: z.string(),
      direction: z.enum(['up', 'down']),
      events: z.array(z.string()),
      sourceClasses: z.array(z.string()),
      grades: z.array(z.enum(['a', 'c', 'd'])),
      nullWhen: z.array(z.object({ reason: z.string(), explanation: z.string() })),
      pool: z.enum(['ratio', 'values', 'times']),
      levels: z.array(z.string()),
    }),
  ),
});
export type KpiList = z.infer<typeof KpiList>;

/** A figure of several firms; firms without one are left out of both sides and counted by reason. */
export const GroupFigureValue = FigureValue.extend({
  firms: Count,
  without: z.record(z.string(), Count),
});

/** Output of `cli kpi region` and, for each part, `cli kpi chain`. */
export const GroupKpis = z.object({
  scope: z.string(),
  level: z.enum(['province', 'city', 'district', 'zone', 'chain', 'suppliers', 'leader']),
  members: Count,
  asOf: Instant,
  months: z.array(z.object({ month: Period }).catchall(GroupFigureValue)),
});
export type GroupKpis = z.infer<typeof GroupKpis>;

export const ChainKpis = z.object({ leader: GroupKpis, suppliers: GroupKpis, chain: GroupKpis });
export type ChainKpis = z.infer<typeof ChainKpis>;

/** Output of `cli kpi panel`. */
export const KpiPanel = z.object({
  kpi: z.string(),
  from: Period,
  to: Period,
  firms: Count,
  cells: Count,
  file: z.string(),
});
export type KpiPanel = z.infer<typeof KpiPanel>;
