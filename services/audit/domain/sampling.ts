import type { SampleResult } from '../../../schemas/api/audit.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { type Frame, type FrameRow, frameHash } from './frame.ts';
import { type MustRule, mustInclude } from './mustInclude.ts';
import { randomStream, shuffle } from './random.ts';

export interface DrawOptions {
  readonly n: number;
  readonly seed: number;
  readonly strata: readonly string[];
  readonly must: readonly MustRule[];
}

/**
 * Draws `n` firms at random, in proportion to the strata (largest remainders), from those that no rule includes anyway;
 * the certain ones come on top, so that the statement about the random part stands. The seed alone decides the draw. `n` may be 0 where
 * the rules include some: they may include all.
 */
export function drawSample(frame: Frame, options: DrawOptions): SampleResult {
  for (const column of [...options.strata, ...options.must.map((rule) => rule.column)]) {
    if (!frame.columns.includes(column)) {
      throw new ChainlightError(
        'BAD_INPUT',
        `There is no column "${column}"; the frame has ${frame.columns.map((name) => `"${name}"`).join(', ')}.`,
        { column },
      );
    }
  }
  const certain = mustInclude(frame, options.must);
  const isCertain = new Set(certain);
  const open = frame.rows.filter((row) => !isCertain.has(row.id));
  if (options.n === 0 && certain.length === 0) {
    throw new ChainlightError(
      'BAD_INPUT',
      bilingual(
        'Nothing would be drawn: no rule includes a firm, so draw at least one at random.',
        '抽不到任何企业：没有必抽的企业，请至少随机抽取一家',
      ),
    );
  }
  if (options.n > open.length) {
    throw new ChainlightError(
      'BAD_INPUT',
      bilingual(
        `${options.n} firms are to be drawn, but only ${open.length} are left beside the ${certain.length} that must be included.`,
        `要随机抽取 ${options.n} 家，但除必抽的 ${certain.length} 家外只剩 ${open.length} 家`,
      ),
    );
  }
  const strata = new Map<string, FrameRow[]>();
  for (const row of open) {
    const key = JSON.stringify(options.strata.map((column) => row.cells[column] ?? ''));
    const members = strata.get(key);
    if (members === undefined) strata.set(key, [row]);
    else members.push(row);
  }
  const keys = [...strata.keys()].sort();
  const sizes = allot(
    keys.map((key) => strata.get(key)?.length ?? 0),
    options.n,
  );
  const drawn: string[] = [];
  const allotted = keys.map((key, index) => {
    const members = strata.get(key) ?? [];
    const size = sizes[index] ?? 0;
    const order = shuffle([...members], randomStream(options.seed, `draw ${key}`));
    for (const row of order.slice(0, size)) drawn.push(row.id);
    const values = JSON.parse(key) as string[];
    return {
      stratum: Object.fromEntries(options.strata.map((column, at) => [column, values[at] ?? ''])),
      population: members.length,
      drawn: size,
    };
  });
  return {
    frameHash: frameHash(frame),
    seed: options.seed,
    n: options.n,
    population: frame.rows.length,
    drawn: drawn.sort(),
    mustInclude: certain,
    strata: allotted,
  };
}

/** Shares `total` among groups in proportion to their sizes, by largest remainder; never more than a group holds. */
function allot(sizes: readonly number[], total: number): number[] {
  const population = sizes.reduce((sum, size) => sum + size, 0);
  if (population === 0) return sizes.map(() => 0);
  const exact = sizes.map((size) => (size * total) / population);
  const shares = exact.map(Math.floor);
  const rest = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, rest)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
