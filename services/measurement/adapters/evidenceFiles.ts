import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Db, GridFSBucket } from 'mongodb';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { evidenceAdded } from '../../../schemas/events/measurement.ts';
import { withEarlier } from '../../../schemas/events/versions.ts';
import type { EvidenceKind } from '../../../schemas/measurement.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import { type ActRecord, recordAct } from '../../runtime/recordAct.ts';
import { FIRM_TYPES } from '../domain/firm.ts';
import { FIRM_YEAR_TYPES } from '../domain/firmYear.ts';
import { type DocumentMatch, matchDocuments } from '../domain/guards/matching.ts';
import { foldModels } from '../domain/readModels.ts';
import { type ActDeps, MEASUREMENT_SOURCE } from './caseActs.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { sniff } from './sniff.ts';
import { modelOf } from './store.ts';

export const EVIDENCE_MAX_BYTES = 20 * 1024 * 1024;
const BUCKET = 'evidence_files';

/** The refusal of a file by its size, for whoever knows that before it is read. */
export const tooLarge = (fileName: string, sizeBytes: number): ChainlightError =>
  new ChainlightError(
    'FILE_NOT_TAKEN',
    bilingual(
      `${fileName} has ${sizeBytes} bytes; at most ${EVIDENCE_MAX_BYTES} are taken`,
      `${fileName} 有 ${(sizeBytes / (1 << 20)).toFixed(1)} MB，最多 ${EVIDENCE_MAX_BYTES / (1 << 20)} MB`,
    ),
  );

/**
 * The media type of a file by its content alone.
 * @throws ChainlightError FILE_NOT_TAKEN for one that is empty, too large or of another type
 */
export async function mediaTypeOf(bytes: Uint8Array, fileName: string): Promise<string> {
  if (bytes.length === 0)
    throw new ChainlightError('FILE_NOT_TAKEN', bilingual(`${fileName} is empty`, `${fileName} 是空文件`));
  if (bytes.length > EVIDENCE_MAX_BYTES) throw tooLarge(fileName, bytes.length);
  const { found, isTaken } = await sniff(bytes);
  if (found === null || !isTaken)
    throw new ChainlightError(
      'FILE_NOT_TAKEN',
      bilingual(
        `${fileName} is ${found ?? 'of no known type'}`,
        `${fileName} 的类型不能接收${found === null ? '' : `（${found}）`}`,
      ),
    );
  return found;
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

/**
 * Keeps a file under its SHA-256 and records that it was handed in; the same file for the same project twice is one act.
 * @throws ChainlightError FILE_NOT_TAKEN; BAD_INPUT for an amount or other party that cannot be; NOT_FOUND for a firm of which
 * nothing was stated, or a programme that neither a plan nor an onboarding of the firm names
 */
export async function addEvidence(
  deps: ActDeps,
  command: EvidenceCommand,
  bytes: Uint8Array,
): Promise<ActRecord & { sha256: string; mediaType: string; sizeBytes: number; remarks: string[] }> {
  const file = await describeFile(bytes, command.fileName);
  const { sha256, mediaType } = file;
  const { supplierUscc, programme, kind } = command;
  const about = { ...file, remarks: await remarksOn(deps.db, command) };
  const known = await modelOf(deps.db, 'evidence').findOne({ firm: supplierUscc, programme, kind, sha256 });
  if (known !== null) return { ...splitIdentity(known.identity), confirmed: true, ...about };
  const data = evidenceAdded.data.parse({ ...command, ...file });
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

/** Every event about an onboarding names its programme. */
const OF_ONBOARDINGS = [...EVENT_TYPES.keys()].filter((type) => type.startsWith('onboarding.'));

/** What is missing around a file that can be taken all the same. */
async function remarksOn(db: Db, command: EvidenceCommand): Promise<string[]> {
  const { supplierUscc, programme, amountFen, counterpartyUscc } = command;
  if (amountFen !== undefined && amountFen < 1)
    throw new ChainlightError(
      'BAD_INPUT',
      bilingual(
        `amountFen: a document is over at least one fen, not ${amountFen}; leave it out where the document states no amount`,
        `金额至少为一分，不能是 ${amountFen}；单据上没有金额时请留空`,
      ),
    );
  if (counterpartyUscc === supplierUscc)
    throw new ChainlightError(
      'BAD_INPUT',
      bilingual('counterpartyUscc: the other party cannot be the firm itself', '对方单位不能是企业自己'),
    );
  const types = [...FIRM_TYPES, ...FIRM_YEAR_TYPES, ...OF_ONBOARDINGS];
  const known = { firm: supplierUscc, type: { $in: withEarlier(types) as StoredEvent['type'][] } };
  if ((await eventsOf(db).findOne(known, { projection: { _id: 1 } })) === null)
    throw new ChainlightError(
      'NOT_FOUND',
      bilingual(
        `supplierUscc: nothing has been stated about a firm ${supplierUscc}; check the code, or have it nominated or its trade declared first`,
        `没有关于企业 ${supplierUscc} 的任何记录；请核对代码，或先提名该企业、申报供货关系`,
      ),
    );
  const own = await standingFacts(db, { types: OF_ONBOARDINGS, firm: supplierUscc });
  if (own.some(({ data }) => data.programme === programme)) return [];
  const plans = await standingFacts(db, { types: ['target.plan-published.v1'] });
  if (!plans.some(({ data }) => data.programme === programme))
    throw new ChainlightError(
      'NOT_FOUND',
      bilingual(
        `programme: neither a published plan nor an onboarding of ${supplierUscc} names ${programme}; see \`targets\` and \`onboarding show\``,
        `没有已发布的计划或 ${supplierUscc} 的改造项目属于 ${programme}`,
      ),
    );
  return [
    `${supplierUscc} has no onboarding in ${programme} yet: the file counts once it is nominated there`,
  ];
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
