import { z } from 'zod';
import { ChainPositions, PublishedFigure } from '../events/measurement.ts';
import { Instant, Period, Sha256 } from '../ids.ts';
import { BEARINGS, CAUSES_BY } from '../measurement.ts';
import { EventPlace } from './kpi.ts';

/** Output of `cli figures`. */
const Count = z.number().int().min(0);
const KeyId = z.string().regex(/^[0-9a-f]{16}$/);

export const FiguresPublished = z.object({
  source: z.string(),
  id: z.string(),
  confirmed: z.boolean(),
  figures: Count,
  figuresSha256: Sha256,
  keyId: KeyId,
});

const PublicationHead = z.object({
  period: Period,
  publishedAt: Instant,
  /** Recording time up to which statements counted. */
  knownAt: Instant,
  by: z.string(),
  figures: Count,
  figuresSha256: Sha256,
  keyId: KeyId,
});
export const PublicationList = z.object({ publications: z.array(PublicationHead) });
export const PublicationDetail = PublicationHead.extend({
  signature: z.object({
    algorithm: z.string(),
    keyId: KeyId,
    publicKeyPem: z.string(),
    value: z.string(),
  }),
  /** What counted; absent where it was published before that was kept. */
  positions: ChainPositions.optional(),
  values: z.array(PublishedFigure),
});
export const PublicationCheck = z.object({
  ok: z.boolean(),
  publications: z.array(
    z.object({ period: Period, ok: z.boolean(), keyId: KeyId, problems: z.array(z.string()) }),
  ),
});

export const Restatements = z.object({
  asOf: Instant,
  restatements: z.array(
    z.object({
      period: Period,
      figureId: z.string(),
      before: PublishedFigure,
      /** null where the figure no longer exists. */
      after: PublishedFigure.nullable(),
      /** What tells since from before: the places in the chains that were published with the month, or, for one published before these were kept, the time of recording alone. */
      causesBy: z.enum(CAUSES_BY),
      causeCount: Count,
      /** Events recorded since that changed it, the first 20: what was reported of the month first. */
      cause: z.array(
        EventPlace.extend({
          identity: z.string(),
          /** How: what a firm reported, which firms are taken together, what counts towards a target. */
          bears: z.enum(BEARINGS),
          firm: z.string().nullable(),
          recordedAt: Instant,
        }),
      ),
    }),
  ),
});
export type Restatements = z.infer<typeof Restatements>;
