import { z } from 'zod';
import {
  AmountFen,
  BusinessDate,
  Currency,
  DocumentNumber,
  Instant,
  Period,
  ProgrammeCode,
  Sha256,
  Uscc,
} from '../ids.ts';
import { EVIDENCE_KINDS, FINDING_OUTCOMES } from '../measurement.ts';
import { Actor, Reason } from './acts.ts';
import { define, open } from './define.ts';

/** Acts on findings, evidence files and published figures; topic chainlight.acts, source /system/measurement. */
const bySystem = { statedBy: ['system'], speaker: {}, factDates: [] } as const;
const onFinding = { ...bySystem, about: null } as const;

/** `<code>/<key>`: names the matter; further facts of it join under the same id. */
const FindingId = z.string().min(3).max(150);
const findingAct = {
  findingId: FindingId,
  actor: Actor,
  /** Keys of the facts that stood then; `sha256:` and what follows are the first 32 hex digits of such keys' SHA-256, where they are long or many. A closure stands for these; a further one opens the finding again. */
  facts: z.array(z.string().max(500)).max(5_000).optional(),
};

export const findingAssigned = define('finding.assigned.v1', {
  ...onFinding,
  description: 'A finding was given an owner and a day by which it is to be answered.',
  data: open({ ...findingAct, owner: z.string().min(1).max(120), dueOn: BusinessDate }),
});

export const findingReplied = define('finding.replied.v1', {
  ...onFinding,
  description: 'The owner, or a firm concerned, answered a finding.',
  data: open({ ...findingAct, text: Reason }),
});

export const findingClosed = define('finding.closed.v1', {
  ...onFinding,
  description: 'A finding was decided and closed, with the reason.',
  data: open({ ...findingAct, outcome: z.enum(FINDING_OUTCOMES), text: Reason }),
});

export const findingAppealed = define('finding.appealed.v1', {
  ...onFinding,
  description: 'Somebody concerned appealed against the closure of a finding; it is open again.',
  data: open({ ...findingAct, text: Reason }),
});

export const evidenceAdded = define('evidence.added.v1', {
  ...bySystem,
  about: 'supplierUscc',
  factDates: ['documentDate'],
  description: 'A file was handed in as evidence. Its bytes are kept apart under their SHA-256.',
  data: open({
    supplierUscc: Uscc,
    programme: ProgrammeCode,
    kind: z.enum(EVIDENCE_KINDS),
    fileName: z.string().min(1).max(200),
    /** Told from the content, not from the name. */
    mediaType: z.string().min(3).max(100),
    sizeBytes: z.number().int().min(1),
    sha256: Sha256,
    documentNumber: DocumentNumber.optional(),
    documentDate: BusinessDate.optional(),
    amountFen: AmountFen.optional(),
    currency: Currency,
    /** The other party on the document. */
    counterpartyUscc: Uscc.optional(),
    actor: Actor,
  }),
});

export const PublishedFigure = z.object({
  figureId: z.string().min(1).max(200),
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  eventCount: z.number().int().min(0),
  reason: z.string().max(300).nullable(),
});
export type PublishedFigure = z.infer<typeof PublishedFigure>;

/** By `<topic>/<partition>`: number of verdicts in the chain, and the chain's head after the last of them. */
export const ChainPositions = z.record(
  z.string().max(300),
  z.object({ seq: z.number().int().min(0), chainHash: Sha256 }),
);
export type ChainPositions = z.infer<typeof ChainPositions>;

/** Figures in one publication: more do not fit into a record. */
export const MAX_PUBLISHED_FIGURES = 5_000;

export const figuresPublished = define('figures.published.v1', {
  ...bySystem,
  about: null,
  description: 'The figures of a month were frozen and signed. A later change is shown as a restatement.',
  data: open({
    period: Period,
    /** Recording time up to which statements counted. */
    knownAt: Instant,
    /** Where the figures' reader stood, by `<topic>/<partition>`: what counted is what stands in the chains up to there. */
    positions: ChainPositions.optional(),
    figures: z.array(PublishedFigure).max(MAX_PUBLISHED_FIGURES),
    /** SHA-256 of the figures as canonical JSON. */
    figuresSha256: Sha256,
    signature: z.object({
      algorithm: z.literal('Ed25519'),
      /** First 16 hex digits of the SHA-256 of the public key (DER). */
      keyId: z.string().regex(/^[0-9a-f]{16}$/),
      publicKeyPem: z.string().max(500),
      /** Over the period, a line feed and figuresSha256; base64. */
      value: z.string().max(200),
    }),
    actor: Actor,
  }),
});
