import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileTypeFromBuffer } from 'file-type';
import { type Db, GridFSBucket } from 'mongodb';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { evidenceAdded } from '../../../schemas/events/measurement.ts';
import type { EvidenceKind } from '../../../schemas/measurement.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { type ActRecord, recordAct } from '../../runtime/recordAct.ts';
import { type DocumentMatch, matchDocuments } from '../domain/guards/matching.ts';
import { foldModels } from '../domain/readModels.ts';
import { type ActDeps, MEASUREMENT_SOURCE } from './caseActs.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { modelOf } from './store.ts';

export const EVIDENCE_MAX_BYTES = 20 * 1024 * 1024;
const BUCKET = 'evidence_files';

/** Types that are taken, told from the content. */
const TAKEN: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/tiff',
  'application/xml',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  // OFD, in which Chinese e-invoices come, is a ZIP container.
  'application/zip',
]);

/**
 * The media type of a file by its content; `text/csv` for a text of that name.
 * @throws ChainlightError FILE_NOT_TAKEN for one that is empty, too large or of another type
 */
export async function mediaTypeOf(bytes: Uint8Array, fileName: string): Promise<string> {
  if (bytes.length === 0 || bytes.length > EVIDENCE_MAX_BYTES)
    throw new ChainlightError(
      'FILE_NOT_TAKEN',
      bilingual(
        `${fileName} has ${bytes.length} bytes`,
        bytes.length === 0
          ? `${fileName} 是空文件`
          : `${fileName} 有 ${(bytes.length / (1 << 20)).toFixed(1)} MB，最多 ${EVIDENCE_MAX_BYTES / (1 << 20)} MB`,
      ),
    );
  const found = (await fileTypeFromBuffer(bytes))?.mime ?? textTypeOf(bytes, fileName);
  if (found === null || !(TAKEN.has(found) || found === 'text/csv'))
    throw new ChainlightError(
      'FILE_NOT_TAKEN',
      bilingual(
        `${fileName} is ${found ?? 'of no known type'}`,
        `${fileName} 的类型不能接收${found === null ? '' : `（${found}）`}`,
      ),
    );
  return found;
}

function textTypeOf(bytes: Uint8Array, fileName: string): string | null {
  if (!fileName.toLowerCase().endsWith('.csv') || bytes.includes(0)) return null;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'text/csv';
  } catch {
    return null;
  }
}

export interface EvidenceCommand {
  readonly supplierUscc: string;
  readonly programme: string;
  readonly kind: EvidenceKind;
  readonly fileName: string;
  readonly documentNumber?: string;
  readonly documentDate?: string;
  readonly amountFen?: number;
  readonly counterpartyUscc?: string;
  readonly actor: Actor;
}

async function describeFile(bytes: Uint8Array, fileName: string) {
  const mediaType = await mediaTypeOf(bytes, fileName);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, mediaType, sizeBytes: bytes.length };
}

/**
 * Keeps the bytes of a file under their SHA-256, without saying whose they are.
 * @throws ChainlightError FILE_NOT_TAKEN
 */
export async function keepEvidenceFile(db: Db, bytes: Uint8Array, fileName: string) {
  const about = await describeFile(bytes, fileName);
  await keep(db, about.sha256, bytes, about.mediaType);
  return about;
}

/** Keeps a file under its SHA-256 and records that it was handed in; the same file for the same project twice is one act. */
export async function addEvidence(
  deps: ActDeps,
  command: EvidenceCommand,
  bytes: Uint8Array,
): Promise<ActRecord & { sha256: string; mediaType: string; sizeBytes: number }> {
  const about = await describeFile(bytes, command.fileName);
  const { sha256, mediaType } = about;
  const { supplierUscc, programme, kind } = command;
  const known = await modelOf(deps.db, 'evidence').findOne({ firm: supplierUscc, programme, kind, sha256 });
  if (known !== null) return { ...splitIdentity(known.identity), confirmed: true, ...about };
  const data = evidenceAdded.data.parse({ ...command, ...about });
  await keep(deps.db, sha256, bytes, mediaType);
  const record = await recordAct(deps, {
    source: MEASUREMENT_SOURCE,
    id: `evidence/${deps.actId}`,
    type: evidenceAdded.type,
    time: deps.now().toISOString(),
    partitionkey: supplierUscc,
    data,
  });
  return { ...record, ...about };
}

async function keep(db: Db, sha256: string, bytes: Uint8Array, mediaType: string): Promise<void> {
  const bucket = new GridFSBucket(db, { bucketName: BUCKET });
  const isKept = (await bucket.find({ filename: sha256 }).limit(1).toArray()).length > 0;
  if (isKept) return;
  await pipeline(
    Readable.from(Buffer.from(bytes)),
    bucket.openUploadStream(sha256, { metadata: { mediaType } }),
  );
}

/** The bytes of a file that was handed in. @throws ChainlightError NOT_FOUND */
export async function readEvidenceFile(db: Db, sha256: string): Promise<Buffer> {
  const bucket = new GridFSBucket(db, { bucketName: BUCKET });
  const [file] = await bucket.find({ filename: sha256 }).limit(1).toArray();
  if (file === undefined) throw new ChainlightError('NOT_FOUND', `no file ${sha256} was handed in`);
  const chunks: Buffer[] = [];
  for await (const chunk of bucket.openDownloadStream(file._id)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Files of a firm by programme, and whether contract, invoices and payments match. */
export async function listEvidence(db: Db, uscc: string, horizon: Horizon = {}) {
  const types = ['evidence.added.v1', 'onboarding.contract-signed.v1'];
  const { evidence, baselines } = foldModels(await standingFacts(db, { types, firm: uscc }, horizon));
  const files = [...evidence.values()].sort((a, b) => a.timeMs - b.timeMs || (a._id < b._id ? -1 : 1));
  const programmes = [
    ...new Set([
      ...files.map(({ programme }) => programme),
      ...[...baselines.values()].map((one) => one.programme),
    ]),
  ].sort();
  return {
    uscc,
    projects: programmes.map((programme) => {
      const own = files.filter((file) => file.programme === programme);
      const match: DocumentMatch = matchDocuments(baselines.get(`${programme}/${uscc}`)?.contract, own);
      return {
        programme,
        match,
        files: own.map(({ _id, timeMs, identity, firm: _firm, ...file }) => ({
          ...file,
          handedInAt: new Date(timeMs).toISOString(),
          event: identity,
        })),
      };
    }),
  };
}
