import { createHash } from 'node:crypto';
import type { SampleResult } from '../../../schemas/api/audit.ts';
import type { AuditResultsResult } from '../../../schemas/api/auditSample.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Jurisdiction } from '../../../schemas/events/audit.ts';
import { extrapolate } from './extrapolation.ts';

/** Rules that include a firm whatever the draw: level reached exactly, score at the edge, shared files, a late jump. */
export const MUST_RULES = 'level=2,score=38..42,sharedEvidence=yes,outcomeJump=yes';
export const STRATA = ['district', 'provider', 'subsidy'] as const;

/** Name of a draw: whoever draws the same sample from the same frame, for the same jurisdiction, gets the same name. */
export const drawIdOf = (
  { frameHash, seed, n, strata }: SampleResult,
  rules: string,
  jurisdiction?: Jurisdiction | undefined,
): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        frameHash,
        seed,
        n,
        strata.map(({ stratum }) => Object.keys(stratum)).at(0) ?? [],
        rules,
        ...(jurisdiction === undefined ? [] : [jurisdiction.region, jurisdiction.zone ?? '']),
      ]),
    )
    .digest('hex')
    .slice(0, 16);

/** A draw as it was recorded, with the stratum of each drawn firm. */
export interface RecordedDraw {
  readonly drawId: string;
  readonly drawn: readonly string[];
  readonly mustInclude: readonly string[];
  readonly population: number;
}

export interface AuditorResult {
  readonly uscc: string;
  readonly result: 'sound' | 'faulty';
  readonly comment: string | null;
}

/** One row of a results file, counted as its reader counts. */
export interface ResultRow {
  readonly row: number;
  readonly cells: Readonly<Record<string, unknown>>;
}

/**
 * Reads an auditor's rows. Throws BAD_INPUT that names row and column for an unknown or repeated firm, or another result
 * than sound or faulty.
 */
export function readResults(rows: readonly ResultRow[], draw: RecordedDraw): AuditorResult[] {
  const known = new Set([...draw.drawn, ...draw.mustInclude]);
  const seen = new Map<string, number>();
  return rows.map(({ row: at, cells }) => {
    const bad = (column: string, text: string) =>
      new ChainlightError('BAD_INPUT', `Row ${at}, column "${column}": ${text}`, { row: at, column });
    const uscc = String(cells.uscc ?? '').trim();
    if (!known.has(uscc)) throw bad('uscc', `"${uscc}" is not a firm of draw ${draw.drawId}.`);
    const earlier = seen.get(uscc);
    if (earlier !== undefined) throw bad('uscc', `${uscc} stands in row ${earlier} already.`);
    seen.set(uscc, at);
    const result = String(cells.result ?? '').trim();
    if (result !== 'sound' && result !== 'faulty')
      throw bad('result', `"${result}" is not a result; write sound or faulty.`);
    const comment = String(cells.comment ?? '').trim();
    if (result === 'faulty' && comment === '')
      throw bad('comment', 'a faulty firm needs a comment that says why.');
    return { uscc, result, comment: comment === '' ? null : comment };
  });
}

type Evaluation = Pick<AuditResultsResult, 'open' | 'random' | 'byRule' | 'total'>;

/**
 * From the firms checked to the whole frame: the random part by the exact hypergeometric interval (95 %) over the firms that
 * no rule includes, the others counted one by one. A draw in proportion to strata is at least as precise as the simple random
 * draw that the interval assumes, so it errs to the safe side. Firms not checked yet shrink the sample. Where nothing was drawn at
 * random nothing is said about the firms that no rule includes.
 */
export function evaluateDraw(
  draw: RecordedDraw,
  results: ReadonlyMap<string, 'sound' | 'faulty'>,
): Evaluation {
  const faultyAmong = (usccs: readonly string[]) =>
    usccs.filter((uscc) => results.get(uscc) === 'faulty').length;
  const checked = (usccs: readonly string[]) => usccs.filter((uscc) => results.has(uscc));
  const [random, certain] = [checked(draw.drawn), checked(draw.mustInclude)];
  const population = draw.population - draw.mustInclude.length;
  const byRule = { checked: certain.length, faulty: faultyAmong(certain), of: draw.mustInclude.length };
  const open = [...draw.drawn, ...draw.mustInclude].filter((uscc) => !results.has(uscc)).sort();
  const unknown = byRule.of - byRule.checked;
  if (random.length === 0) {
    // Where the rules include every file there is nothing to infer: what is checked is known.
    const isCensus = population === 0 && byRule.checked > 0;
    const known = {
      estimate: byRule.faulty,
      low: byRule.faulty,
      high: byRule.faulty + unknown,
      confidence: 1,
    };
    return { open, random: null, byRule, total: isCensus ? known : null };
  }
  const faulty = faultyAmong(random);
  const { estimate, low, high, confidence } = extrapolate(population, random.length, faulty);
  return {
    open,
    random: { population, drawn: random.length, faulty, estimate, low, high },
    byRule,
    total: {
      estimate: estimate + byRule.faulty,
      low: low + byRule.faulty,
      high: high + byRule.faulty + unknown,
      confidence,
    },
  };
}
