import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Db } from 'mongodb';
import { type AnchoredDay, AnchorLine, type AnchorRun } from '../../../schemas/api/anchors.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { type AnchoredVerdict, anchorOf, decodeRun, encodeRun } from '../domain/anchors.ts';
import {
  type Anchors,
  type ChainReport,
  type PartitionChain,
  type VerifyOptions,
  verifyChains,
} from './verifyChain.ts';

const RUN_LENGTH = 1_000;
const LINE_FEED = 0x0a;

/**
 * Verifies all chains and, if they are sound, writes what finds every later change: heads, day roots, and a fingerprint of every
 * verdict. Nothing is left at `path` when they are not sound. Memory does not grow with the number of events.
 */
export async function writeAnchors(
  db: Db,
  path: string,
  takenAt: Date,
  onProgress?: VerifyOptions['onProgress'],
): Promise<ChainReport> {
  const draft = `${path}.part`;
  const file = await open(draft, 'w').catch((cause: unknown) => {
    throw new ChainlightError('BAD_USAGE', `${path} cannot be written`, {}, { cause });
  });
  try {
    const hash = createHash('sha256');
    let lines = 0;
    const write = async (line: AnchorLine): Promise<void> => {
      const text = `${JSON.stringify(line)}\n`;
      hash.update(text);
      lines++;
      await file.write(text);
    };
    await write({ line: 'anchors', version: 1, takenAt: takenAt.toISOString() });
    const report = await verifyChains(db, {
      onProgress,
      onPartition: async (chain) => {
        await write({ line: 'partition', ...chain });
        let run: AnchoredVerdict[] = [];
        const flush = async (): Promise<void> => {
          const verdicts = run;
          run = [];
          if (verdicts.length > 0) await write(encodeRun(verdicts));
        };
        return {
          onLink: ({ entry, leaf }) => {
            run.push(anchorOf(entry, leaf));
            return run.length < RUN_LENGTH ? undefined : flush();
          },
          end: flush,
        };
      },
    });
    if (report.firstFault === null) {
      for (const day of report.days) await write({ line: 'day', ...day });
      await write({ line: 'end', lines, sha256: hash.copy().digest('hex') });
      await file.sync();
      await rename(draft, path);
    }
    return report;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

interface Section extends PartitionChain {
  /** Bytes of the file between which its runs stand. */
  readonly start: number;
  end: number;
  read: number;
}

/**
 * Reads a file of `writeAnchors` through once, so that a damaged one is known before anything is compared with it.
 * @throws ChainlightError BAD_USAGE: it cannot be read, is no such file, or is not whole
 */
export async function openAnchors(path: string): Promise<Anchors> {
  const hash = createHash('sha256');
  const sections: Section[] = [];
  const days: AnchoredDay[] = [];
  let number = 0;
  let isEnded = false;
  const demand = (holds: boolean, what: string): void => {
    if (!holds) throw notAnchors(path, number, what);
  };
  for await (const { text, end } of linesOf(path)) {
    number++;
    demand(!isEnded, 'something stands after the end');
    const line = parseLine(text);
    if (line === null) throw notAnchors(path, number, 'it is not a line of such a file');
    demand((line.line === 'anchors') === (number === 1), 'the first line is out of place');
    const section = sections.at(-1);
    switch (line.line) {
      case 'anchors':
        break;
      case 'partition': {
        const { topic, partition, length, head } = line;
        sections.push({ topic, partition, length, head, start: end, end, read: 0 });
        break;
      }
      case 'verdicts': {
        demand(section?.read === line.from - 1 && decodeRun(line) !== null, 'its verdicts do not fit');
        if (section !== undefined) {
          section.read += line.verdicts.length;
          section.end = end;
        }
        break;
      }
      case 'day':
        days.push(line);
        break;
      case 'end':
        demand(line.lines === number - 1, 'lines are missing');
        demand(line.sha256 === hash.copy().digest('hex'), 'what stands before it was changed');
        demand(
          sections.every(({ length, read }) => length === read),
          'verdicts are missing',
        );
        isEnded = true;
        break;
      default: {
        const unknown: never = line;
        return unknown;
      }
    }
    hash.update(text).update('\n');
  }
  demand(isEnded, number === 0 ? 'it is empty' : 'it breaks off');
  const sectionOf = ({ topic, partition }: PartitionChain): Section | undefined =>
    sections.find((section) => section.topic === topic && section.partition === partition);
  return {
    partitions: sections,
    days,
    of: (chain) => ({
      length: chain.length,
      head: chain.head,
      verdicts: (afterSeq) => verdictsIn(path, sectionOf(chain), afterSeq),
    }),
  };
}

async function* verdictsIn(
  path: string,
  section: Section | undefined,
  afterSeq: number,
): AsyncGenerator<AnchoredVerdict> {
  if (section === undefined || section.start === section.end) return;
  for await (const { text } of linesOf(path, section.start, section.end)) {
    const run = JSON.parse(text.toString('utf8')) as AnchorRun;
    if (run.from + run.verdicts.length <= afterSeq) continue;
    for (const verdict of decodeRun(run) ?? []) if (verdict.seq > afterSeq) yield verdict;
  }
}

/** Lines between two positions of a file, each with the position after it; what follows the last line feed is a line too. */
async function* linesOf(path: string, from = 0, to?: number): AsyncGenerator<{ text: Buffer; end: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let start = from;
  const bytes = createReadStream(path, { start: from, end: to === undefined ? undefined : to - 1 });
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let feed = rest.indexOf(LINE_FEED); feed >= 0; feed = rest.indexOf(LINE_FEED)) {
        const end = start + feed + 1;
        yield { text: rest.subarray(0, feed), end };
        rest = rest.subarray(feed + 1);
        start = end;
      }
    }
  } catch (cause) {
    if (cause instanceof ChainlightError) throw cause;
    throw new ChainlightError('BAD_USAGE', `${path} cannot be read`, {}, { cause });
  }
  if (rest.length > 0) yield { text: rest, end: start + rest.length };
}

function parseLine(text: Buffer): AnchorLine | null {
  try {
    return AnchorLine.safeParse(JSON.parse(text.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

const notAnchors = (path: string, line: number, what: string): ChainlightError =>
  new ChainlightError(
    'BAD_USAGE',
    `${path} is not a whole file of \`anchors export\`: line ${line}: ${what}`,
  );
