import type { AnchorRun } from '../../../schemas/api/anchors.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { type ChainEntry, VERDICTS, type Verdict } from './chain.ts';

/**
 * Bytes kept of each Merkle leaf. They only say where a chain departs from the kept one: that it departs is shown by the full
 * heads and day roots in the same file.
 */
const FINGERPRINT_BYTES = 8;

/** What a kept file says about one verdict. */
export interface AnchoredVerdict extends Pick<ChainEntry, 'seq' | 'offset' | 'verdict' | 'identity'> {
  readonly fingerprint: Buffer;
}

export const fingerprintOf = (leaf: Buffer): Buffer => leaf.subarray(0, FINGERPRINT_BYTES);

export function anchorOf(entry: ChainEntry, leaf: Buffer): AnchoredVerdict {
  const { seq, offset, verdict, identity } = entry;
  return { seq, offset, verdict, identity, fingerprint: fingerprintOf(leaf) };
}

const letterOf = (verdict: Verdict): string => verdict.slice(0, 1);
const VERDICT_OF_LETTER = new Map(VERDICTS.map((verdict) => [letterOf(verdict), verdict]));

/** Writes consecutive verdicts of one partition as one line of the file. */
export function encodeRun(verdicts: readonly AnchoredVerdict[]): AnchorRun {
  const sources = new Map<string, number>();
  const offsets: [number, number][] = [];
  const ids = verdicts.map(({ identity, offset }): [number, string] | null => {
    const last = offsets.at(-1);
    if (last !== undefined && last[0] + last[1] === offset) last[1]++;
    else offsets.push([offset, 1]);
    if (identity === null) return null;
    const { source, id } = splitIdentity(identity);
    if (!sources.has(source)) sources.set(source, sources.size);
    return [sources.get(source) ?? 0, id];
  });
  return {
    line: 'verdicts',
    from: verdicts[0]?.seq ?? 0,
    verdicts: verdicts.map(({ verdict }) => letterOf(verdict)).join(''),
    leaves: Buffer.concat(verdicts.map(({ fingerprint }) => fingerprint)).toString('base64'),
    offsets,
    sources: [...sources.keys()],
    ids,
  };
}

/** Reads a line of verdicts back. @returns null when its parts do not belong together */
export function decodeRun(run: AnchorRun): AnchoredVerdict[] | null {
  const leaves = Buffer.from(run.leaves, 'base64');
  const count = run.verdicts.length;
  const covered = run.offsets.reduce((sum, [, length]) => sum + length, 0);
  if (leaves.length !== count * FINGERPRINT_BYTES || run.ids.length !== count || covered !== count)
    return null;
  const offsets = run.offsets.flatMap(([first, length]) => Array.from({ length }, (_, i) => first + i));
  const verdicts: AnchoredVerdict[] = [];
  for (const [index, letter] of [...run.verdicts].entries()) {
    const verdict = VERDICT_OF_LETTER.get(letter);
    const reference = run.ids[index] ?? null;
    const source = reference === null ? null : run.sources[reference[0]];
    if (verdict === undefined || source === undefined) return null;
    verdicts.push({
      seq: run.from + index,
      offset: offsets[index] ?? 0,
      verdict,
      identity: reference === null ? null : `${source} ${reference[1]}`,
      fingerprint: leaves.subarray(index * FINGERPRINT_BYTES, (index + 1) * FINGERPRINT_BYTES),
    });
  }
  return verdicts;
}

type Judged = Pick<ChainEntry, 'offset' | 'verdict' | 'identity'>;

/** Whether two verdicts are about the same thing: an accepted event is known by its identity, any other record by its offset. */
export function isSameRecord(a: Judged, b: Judged): boolean {
  if (a.offset === b.offset && a.identity === b.identity) return true;
  if (a.verdict !== b.verdict) return false;
  return a.verdict === 'accepted' && a.identity === b.identity;
}

export interface Departure {
  readonly kind: 'altered' | 'missing' | 'inserted';
  /** Whether the verdict that the file knows or the one that is stored is at fault. */
  readonly named: 'anchored' | 'stored';
  readonly detail: string;
}

/**
 * Tells what happened at the first place where the stored chain is not the kept one.
 * @param later whether the kept verdict's record stands later in the store, and the stored one's later in the kept file
 */
export function departureOf(
  anchored: Judged,
  stored: Judged,
  later: { readonly anchoredInStore: boolean; readonly storedInFile: boolean },
): Departure {
  if (isSameRecord(anchored, stored))
    return {
      kind: 'altered',
      named: 'anchored',
      detail: 'it is not what it was when the anchors were taken',
    };
  if (later.anchoredInStore && later.storedInFile)
    return { kind: 'altered', named: 'anchored', detail: 'it no longer stands where it stood in the chain' };
  if (later.anchoredInStore)
    return { kind: 'inserted', named: 'stored', detail: 'it did not stand here when the anchors were taken' };
  if (later.storedInFile)
    return {
      kind: 'missing',
      named: 'anchored',
      detail: 'it was there when the anchors were taken and is gone',
    };
  return { kind: 'altered', named: 'anchored', detail: 'another record stands in its place' };
}
