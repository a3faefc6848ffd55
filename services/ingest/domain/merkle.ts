import { createHash } from 'node:crypto';

/** What stands before the hashed bytes, so that a leaf can never pass for an inner node. */
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** SHA-256 over the byte 0x00 and the text in UTF-8. */
export const leafHash = (text: string): Buffer => createHash('sha256').update(LEAF).update(text).digest();

const nodeHash = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

/** Root over no leaf: SHA-256 of nothing. */
const EMPTY = createHash('sha256').digest();

/** The Merkle tree of RFC 6962, section 2.1, built leaf by leaf; it holds one hash for each level, however many leaves. */
export class MerkleTree {
  private readonly peaks: { hash: Buffer; width: number }[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(leaf: Buffer): void {
    let peak = { hash: leaf, width: 1 };
    for (let left = this.peaks.at(-1); left?.width === peak.width; left = this.peaks.at(-1)) {
      this.peaks.pop();
      peak = { hash: nodeHash(left.hash, peak.hash), width: 2 * peak.width };
    }
    this.peaks.push(peak);
    this.count++;
  }

  /** Root over the leaves so far. */
  root(): Buffer {
    const [last, ...others] = [...this.peaks].reverse();
    if (last === undefined) return EMPTY;
    return others.reduce((right, { hash }) => nodeHash(hash, right), last.hash);
  }
}

/** One step of an inclusion proof: the hash beside the one reached so far, and on which side it stands. */
export interface PathStep {
  readonly side: 'left' | 'right';
  /** 64 hex digits. */
  readonly hash: string;
}

/** Collects, in one pass over all leaves in order, what proves that the leaf at `index` (from 0) of `size` is in the tree. */
export class InclusionPath {
  private readonly siblings: { side: PathStep['side']; from: number; to: number; tree: MerkleTree }[] = [];
  private seen = 0;

  constructor(index: number, size: number) {
    let [from, to] = [0, size];
    while (to - from > 1) {
      const split = from + largestPowerOfTwoBelow(to - from);
      const isLeft = index < split;
      const [siblingFrom, siblingTo] = isLeft ? [split, to] : [from, split];
      this.siblings.unshift({
        side: isLeft ? 'right' : 'left',
        from: siblingFrom,
        to: siblingTo,
        tree: new MerkleTree(),
      });
      [from, to] = isLeft ? [from, split] : [split, to];
    }
  }

  add(leaf: Buffer): void {
    const at = this.seen++;
    this.siblings.find(({ from, to }) => from <= at && at < to)?.tree.add(leaf);
  }

  /** Steps from the leaf up to the root. */
  steps(): PathStep[] {
    return this.siblings.map(({ side, tree }) => ({ side, hash: tree.root().toString('hex') }));
  }
}

/** The root that a leaf and its path lead to. */
export function rootOfPath(leaf: Buffer, path: readonly PathStep[]): Buffer {
  return path.reduce((reached, { side, hash }) => {
    const beside = Buffer.from(hash, 'hex');
    return side === 'left' ? nodeHash(beside, reached) : nodeHash(reached, beside);
  }, leaf);
}

function largestPowerOfTwoBelow(size: number): number {
  let power = 1;
  while (2 * power < size) power *= 2;
  return power;
}
