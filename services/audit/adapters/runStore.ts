import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Binary, type Collection, type Db } from 'mongodb';
import type { AuditRunDetail, AuditRunHead, AuditRunPage } from '../../../schemas/api/bureau.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { AuditRun } from '../domain/live/auditRun.ts';
import { reportHtml } from './report/reportHtml.ts';

/** MongoDB takes 16 MiB a document; a frozen file is kept in parts of this many compressed bytes. */
const PART_BYTES = 8 * 1024 * 1024;
const REPORT = 'report.json';

interface KeptRun {
  readonly _id: string;
  readonly storedAt: Date;
  readonly head: Omit<AuditRunHead, 'storedAt' | 'reportSha256'>;
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
}
interface FilePart {
  readonly _id: string;
  readonly run: string;
  readonly name: string;
  readonly part: number;
  readonly content: Binary;
}

const runsOf = (db: Db): Collection<KeptRun> => db.collection<KeptRun>('audit_runs');
const partsOf = (db: Db): Collection<FilePart> => db.collection<FilePart>('audit_run_files');
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/**
 * Keeps a run with its report and frozen files. The same run again changes nothing: its name is the hash of what went in. The files
 * are stored before the run that names them, so that a run which is listed can be opened.
 */
export async function storeAuditRun(db: Db, run: AuditRun, now: Date): Promise<void> {
  const { result } = run;
  const { runId } = result;
  if ((await runsOf(db).findOne({ _id: runId }, { projection: { _id: 1 } })) !== null) return;
  const contents = new Map<string, Buffer>(
    [
      [REPORT, `${JSON.stringify(result, null, 2)}\n`] as const,
      ['report.html', reportHtml(result)] as const,
      ...run.files,
    ].map(([name, text]) => [name, Buffer.from(text)]),
  );
  for (const [name, content] of contents) await storeFile(db, runId, name, content);
  const { asOf, kpi, programmes, chain, view, scale, seed, simulated, direct, spillover } = result;
  const head = { runId, asOf, kpi, programmes, chain, view, scale, seed, simulated, direct, spillover };
  const files = [...contents].map(([name, content]) => ({
    name,
    sha256: sha256(content),
    bytes: content.length,
  }));
  await runsOf(db).updateOne(
    { _id: runId },
    { $setOnInsert: { storedAt: now, head, files } },
    { upsert: true, writeConcern: { w: 'majority' } },
  );
}

async function storeFile(db: Db, run: string, name: string, content: Buffer): Promise<void> {
  const packed = await promisify(gzip)(content);
  for (let part = 0; part * PART_BYTES < packed.length; part++) {
    const bytes = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await partsOf(db).replaceOne(
      { _id: `${run}/${name}/${part}` },
      { run, name, part, content: new Binary(bytes) },
      { upsert: true, writeConcern: { w: 'majority' } },
    );
  }
}

const headOf = ({ head, storedAt, files }: KeptRun): AuditRunHead => ({
  ...head,
  storedAt: storedAt.toISOString(),
  reportSha256: files.find(({ name }) => name === REPORT)?.sha256 ?? '',
});

/** Runs that are kept, newest first. @param skip how many to leave out from the front */
export async function listAuditRuns(
  db: Db,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<Omit<AuditRunPage, 'nextCursor'>> {
  const [total, runs] = await Promise.all([
    runsOf(db).countDocuments(),
    runsOf(db).find().sort({ storedAt: -1, _id: 1 }).skip(skip).limit(limit).toArray(),
  ]);
  return { total, items: runs.map(headOf) };
}

async function runOf(db: Db, runId: string): Promise<KeptRun> {
  const found = await runsOf(db).findOne({ _id: { $eq: runId } });
  if (found === null) throw new ChainlightError('NOT_FOUND', `there is no audit run ${runId}`);
  return found;
}

/** @throws ChainlightError NOT_FOUND */
export async function readAuditRun(db: Db, runId: string): Promise<AuditRunDetail> {
  const run = await runOf(db, runId);
  const { content, isIntact } = await readAuditFile(db, runId, REPORT);
  const { storedAt, reportSha256 } = headOf(run);
  return {
    storedAt,
    reportSha256,
    isIntact,
    files: [...run.files],
    result: JSON.parse(content.toString('utf8')),
  };
}

/** One file of a run, and whether it still has its hash. @throws ChainlightError NOT_FOUND */
export async function readAuditFile(
  db: Db,
  runId: string,
  name: string,
): Promise<{ readonly content: Buffer; readonly isIntact: boolean }> {
  const run = await runOf(db, runId);
  const file = run.files.find((one) => one.name === name);
  if (file === undefined) throw new ChainlightError('NOT_FOUND', `audit run ${runId} has no file ${name}`);
  const parts = await partsOf(db).find({ run: runId, name: file.name }).sort({ part: 1 }).toArray();
  const packed = Buffer.concat(parts.map(({ content }) => Buffer.from(content.buffer)));
  const content = await promisify(gunzip)(packed);
  return { content, isIntact: sha256(content) === file.sha256 };
}
