import { z } from 'zod';
import { BusinessDate, Instant, PartyId, ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { EVIDENCE_KINDS } from '../measurement.ts';
import { ActReceipt } from './acts.ts';

/** How a file that comes over HTTP is described: the body is the file itself. */
export const EvidenceUpload = z.strictObject({
  programme: ProgrammeCode,
  kind: z.enum(EVIDENCE_KINDS),
  fileName: z
    .string()
    .trim()
    .min(1)
    .max(200)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u001f/\\]*$/, 'must be a name without path and control characters'),
  /** With both it is also handed in for a step of that onboarding. */
  platform: PartyId.optional(),
  step: z.string().min(1).max(60).optional(),
  documentNumber: z.string().min(1).max(100).optional(),
  documentDate: BusinessDate.optional(),
  amountFen: z.coerce.number().int().min(1).optional(),
  counterpartyUscc: Uscc.optional(),
});
export type EvidenceUpload = z.infer<typeof EvidenceUpload>;

/** Output of `cli evidence` and `cli subsidies`. */
const Fen = z.number().int();

export const EvidenceAdded = z.object({
  source: z.string(),
  id: z.string(),
  confirmed: z.boolean(),
  sha256: Sha256,
  mediaType: z.string(),
  sizeBytes: z.number().int().min(1),
  /** What is missing around it, so that it does not count yet. */
  remarks: z.array(z.string()),
});
export type EvidenceAdded = z.infer<typeof EvidenceAdded>;

/** Answer to an upload: the file's record, and that of the act where it was handed in for a step. */
export const EvidenceHandedIn = EvidenceAdded.extend({ act: ActReceipt.nullable() });
export type EvidenceHandedIn = z.infer<typeof EvidenceHandedIn>;

export const EvidenceList = z.object({
  uscc: Uscc,
  projects: z.array(
    z.object({
      programme: ProgrammeCode,
      match: z.object({
        /** unverified: nothing contradicts, but `notCompared` lists what papers do not state. */
        state: z.enum(['matched', 'mismatched', 'unverified', 'incomplete']),
        missing: z.array(z.enum(['contract', 'invoice', 'payment'])),
        problems: z.array(z.record(z.string(), z.unknown())),
        notCompared: z.array(
          z.object({
            kind: z.enum(EVIDENCE_KINDS),
            field: z.enum(['counterpartyUscc', 'amountFen', 'documentDate']),
            event: z.string(),
          }),
        ),
      }),
      files: z.array(
        z.object({
          kind: z.enum(EVIDENCE_KINDS),
          fileName: z.string(),
          mediaType: z.string(),
          sizeBytes: z.number().int().min(1),
          sha256: Sha256,
          documentNumber: z.string().nullable(),
          documentDate: BusinessDate.nullable(),
          amountFen: Fen.nullable(),
          currency: z.string(),
          counterparty: Uscc.nullable(),
          handedInAt: Instant,
          event: z.string(),
        }),
      ),
    }),
  ),
});
export type EvidenceList = z.infer<typeof EvidenceList>;

const Balance = { reservedFen: Fen, paidFen: Fen, clawedBackFen: Fen, netFen: Fen };

export const Subsidies = z.object({
  asOf: Instant,
  ledgers: z.array(
    z.object({
      uscc: Uscc,
      programme: ProgrammeCode,
      ...Balance,
      /** What does not add up in this ledger, as `findings` lists it. */
      findings: z.array(z.string()),
      entries: z.array(
        z.object({
          kind: z.enum(['reserved', 'set-aside', 'released', 'paid', 'clawed-back']),
          number: z.string(),
          /** Number of what it draws on: of a payment its reservation, of a claw-back its payment. */
          against: z.string().nullable(),
          /** Why it is in no sum: not in CNY, or stated again later under the same number. */
          leftOut: z.enum(['not-cny', 'stated-again']).nullable(),
          on: BusinessDate,
          amountFen: Fen,
          currency: z.string(),
          statedAt: Instant,
          event: z.string(),
        }),
      ),
    }),
  ),
  total: z.object(Balance),
});
export type Subsidies = z.infer<typeof Subsidies>;
