import { z } from 'zod';
import { ConsentScope } from '../events/consent.ts';
import { Instant, Uscc } from '../ids.ts';
import { Displacement } from './claims.ts';
import { FirmKpisInChains } from './kpi.ts';
import { ProgrammeLevel } from './levels.ts';
import { SupplierOnboardings } from './onboarding.ts';

const Count = z.number().int().min(0);

/** One firm with its onboardings: steps, who is waited for, attempts, history. */
export const SupplierDetail = SupplierOnboardings.extend({
  name: z.string().nullable(),
  /** Leaders in whose chain it stands. */
  leaders: z.array(z.object({ uscc: z.string(), name: z.string().nullable() })),
  /** Providers that may act on its behalf. */
  delegates: z.array(z.string()),
  /** By programme: its last rating on site beside what the programme asks for. Empty for a leader. */
  levels: z.array(ProgrammeLevel),
  /** What became of stock in its chains, as far as the reader may see it. */
  displacement: z.array(Displacement),
});
export type SupplierDetail = z.infer<typeof SupplierDetail>;

/**
 * The figures of one firm. What the reader may not see is null with the reason CONSENT_REQUIRED; changes against the baseline are
 * ratios and stay.
 */
export const SupplierFigures = FirmKpisInChains.extend({
  /** Scopes that the reader sees in absolute figures; every scope for those whose own data they are. */
  scopes: z.array(ConsentScope),
});
export type SupplierFigures = z.infer<typeof SupplierFigures>;

/** The firm's change beside the median of its chain. A median of fewer than five firms is never shown. */
export const Comparison = z.object({
  uscc: Uscc,
  leaderUscc: z.string().nullable(),
  figures: z.array(
    z.object({
      kpi: z.string(),
      unit: z.string(),
      direction: z.enum(['up', 'down']),
      /** after ÷ before − 1. */
      own: z.number().nullable(),
      median: z.number().nullable(),
      firms: Count,
      reason: z.enum(['FEWER_THAN_FIVE', 'NO_CHAIN']).nullable(),
    }),
  ),
  /** What became of stock in the chain, as far as the reader may see it. */
  displacement: z.array(Displacement),
});
export type Comparison = z.infer<typeof Comparison>;

/** Whether data arrive, and what was refused. */
export const DataConnection = z.object({
  uscc: Uscc,
  /** By source and type: the newest that was taken. */
  received: z.array(
    z.object({
      source: z.string(),
      type: z.string(),
      lastTime: Instant,
      lastRecordedAt: Instant,
      events: Count,
    }),
  ),
  refused: z.object({
    total: Count,
    /** Of all: how many wait to be mended, since no event of their identity was taken. */
    open: Count,
    byReason: z.record(z.string(), Count),
    /** The newest refusals, with what to do about each. */
    items: z.array(
      z.object({
        id: z.string(),
        source: z.string().nullable(),
        eventId: z.string().nullable(),
        type: z.string().nullable(),
        reason: z.string(),
        explanation: z.string(),
        /** The same in Chinese, where it is known for this one; the code says the rest. */
        explanationZh: z.string().optional(),
        remedy: z.string(),
        receivedAt: Instant,
        /** Whether an event of this identity has been taken since. */
        mended: z.boolean(),
      }),
    ),
  }),
});
export type DataConnection = z.infer<typeof DataConnection>;
