import type { Displacement } from './chains.ts';
import type { Claim } from './claimSchema.ts';
import { type Ratio, shownValue } from './ratio.ts';

export type Verdict = 'confirmed' | 'partly' | 'contradicted' | 'not_testable';

/** One way to read a claim, with what was measured for it. */
export interface Reading {
  readonly name: string;
  readonly claimed: number;
  readonly measured: number | null;
  /** What the measured value is a quotient of; null where it is none, as a count or a change net of controls. */
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly verdict: Verdict;
}

/** Grounds in both languages of the console. */
export interface Grounds {
  readonly en: string;
  readonly zh: string;
}

/** What the events say about a claim. */
export interface Finding {
  readonly readings: readonly Reading[];
  readonly reason: Grounds;
  readonly entities: readonly string[];
  /** Figures that it rests on. */
  readonly children: readonly string[];
  /** Of a gain: what became of stock in the chains meanwhile. */
  readonly displacement?: readonly Displacement[];
}

/**
 * Judges one measured value. `about`: confirmed within the tolerance; partly when it points the same way and reaches at
 * least half of the figure; otherwise contradicted. `at-least`: the same without an upper limit. `about-or-less`, as of years
 * until money is paid back: twice the figure is half as good, and beyond that nothing of the claim is left.
 */
export function judge(
  claim: Pick<Claim, 'comparison' | 'tolerance'>,
  claimed: number,
  measured: number | null,
): Verdict {
  if (measured === null) return 'not_testable';
  const slack = 1e-9;
  const isConfirmed =
    claim.comparison === 'at-least'
      ? measured >= claimed - claim.tolerance - slack
      : Math.abs(measured - claimed) <= claim.tolerance + slack;
  if (isConfirmed) return 'confirmed';
  if (claim.comparison === 'about-or-less')
    return measured > 0 && measured <= 2 * claimed ? 'partly' : 'contradicted';
  const isSameWay = Math.sign(measured) === Math.sign(claimed) && Math.abs(measured) >= Math.abs(claimed) / 2;
  return isSameWay ? 'partly' : 'contradicted';
}

export function reading(
  claim: Claim,
  name: string,
  value: number | Ratio | null,
  claimed = claim.claimed,
): Reading {
  const { numerator = null, denominator = null } = value !== null && typeof value === 'object' ? value : {};
  const measured = value !== null && typeof value === 'object' ? shownValue(value) : value;
  return { name, claimed, measured, numerator, denominator, verdict: judge(claim, claimed, measured) };
}

/** All readings alike give that verdict; if some hold and others do not, the claim holds partly. */
export function overall(readings: readonly Reading[]): Verdict {
  const verdicts = new Set(readings.map(({ verdict }) => verdict));
  verdicts.delete('not_testable');
  if (verdicts.size === 0) return 'not_testable';
  const [only] = verdicts;
  return verdicts.size === 1 && only !== undefined ? only : 'partly';
}

export const notTestable = (claim: Claim, reason: Grounds, measured: number | null = null): Finding => ({
  readings: [{ ...reading(claim, claim.title.en, measured), verdict: 'not_testable' }],
  reason,
  entities: [],
  children: [],
});

export const percent = (share: number | null, unknown = 'unknown'): string => {
  if (share === null) return unknown;
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)} %`;
};
export const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
/** A signed share for readers of Chinese. */
export const percentZh = (value: number | null): string => percent(value, '未知');
