import { z } from 'zod';
import type { CityRow } from '../../../schemas/api/overview.ts';
import type { ChainSection, ClaimSection, TargetSection } from '../../../schemas/api/page.ts';
import { CityTargetState } from '../../../schemas/api/targets.ts';
import { explainCity, explainClaim, explainTurns } from './explanations.ts';

/**
 * Turns the summaries that measurement writes into parts of the page. They are read tolerantly: a summary that is not
 * there yet is an empty part with a reason, never an error and never a zero.
 */

const asOf = z.union([z.date().transform((date) => date.toISOString()), z.iso.datetime({ offset: true })]);
const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? null);

const TargetsSummary = z.object({
  asOf,
  cities: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      regionClass: z.string(),
      target: orNull(z.number()),
      targetBasis: CityTargetState.shape.targetBasis.default('plan'),
      done: z.number().int().min(0),
      notCountable: z.record(z.string(), z.number().int()).default({}),
      share: orNull(z.number()),
      status: CityTargetState.shape.status,
      markedBelow: orNull(CityTargetState.shape.markedBelow),
      figureId: z.string(),
      forecast: orNull(z.object({ low: z.number(), mid: z.number(), high: z.number() })),
    }),
  ),
});

const Figure = z.object({
  before: orNull(z.number()),
  after: orNull(z.number()),
  change: orNull(z.number()),
  firms: orNull(z.number().int()),
  reason: orNull(z.string()),
  figureId: z.string(),
});

const ChainsSummary = z.object({
  asOf,
  chains: z.array(
    z.object({
      leaderUscc: z.string(),
      name: z.string(),
      leader: Figure,
      suppliers: Figure,
      // A summary from before there was one has none.
      others: Figure.optional(),
      chain: Figure,
    }),
  ),
});

const ClaimsSummary = z.object({
  asOf,
  claims: z.array(
    z.object({
      id: z.string(),
      title: z.object({ zh: z.string(), en: z.string() }).optional(),
      claimed: orNull(z.number()),
      measured: orNull(z.number()),
      unit: z.string(),
      verdict: z.enum(['confirmed', 'partly', 'contradicted', 'not_testable']),
      reason: z.string(),
      reasonZh: z.string().optional(),
      figureId: orNull(z.string()),
    }),
  ),
});

type Empty = { state: 'empty'; reason: 'NOT_COMPUTED_YET' | 'NOTHING_REPORTED' | 'NOT_READABLE' };

function read<Summary extends z.ZodType>(schema: Summary, document: unknown): z.infer<Summary> | Empty {
  if (document === null || document === undefined) return { state: 'empty', reason: 'NOT_COMPUTED_YET' };
  const parsed = schema.safeParse(document);
  return parsed.success ? parsed.data : { state: 'empty', reason: 'NOT_READABLE' };
}

const isEmpty = (value: object): value is Empty => 'state' in value;

/** done ÷ target, as a share between 0 and 1 and beyond; null without a target. */
const shareOf = (done: number, target: number | null): number | null => (target ? done / target : null);

/** Target and done of the cities that have a target: what is done where there is none is no part of a share. */
export function sumOfTargets(cities: readonly { readonly target: number | null; readonly done: number }[]): {
  readonly target: number | null;
  readonly done: number;
} {
  const held = cities.filter(({ target }) => target !== null);
  return {
    target: held.length === 0 ? null : held.reduce((sum, { target }) => sum + (target ?? 0), 0),
    done: held.reduce((sum, { done }) => sum + done, 0),
  };
}

/** Targets against done per city, furthest behind first. */
export function targetSection(document: unknown): TargetSection {
  const summary = read(TargetsSummary, document);
  if (isEmpty(summary)) return summary;
  if (summary.cities.length === 0) return { state: 'empty', reason: 'NOTHING_REPORTED' };
  const cities = summary.cities.map((city) => {
    const { figureId, ...shown } = city;
    const share = shareOf(city.done, city.target);
    return { ...shown, share, explain: explainCity(figureId, city.code) };
  });
  cities.sort((a, b) => (a.share ?? 2) - (b.share ?? 2) || (a.code < b.code ? -1 : 1));
  const { target, done } = sumOfTargets(cities);
  return {
    state: 'ready',
    asOf: summary.asOf,
    target,
    done,
    share: shareOf(done, target),
    critical: cities.filter((city) => city.status === 'critical').length,
    lagging: cities.filter((city) => city.status === 'lagging').length,
    cities,
  };
}

/** Target against done per city, as lists show it; nothing while there is no summary. */
export function cityRows(document: unknown): { asOf: string | null; cities: CityRow[] } {
  const summary = read(TargetsSummary, document);
  if (isEmpty(summary)) return { asOf: null, cities: [] };
  const cities = summary.cities.map((city) => ({ ...city, share: shareOf(city.done, city.target) }));
  return { asOf: summary.asOf, cities };
}

/** Inventory turns before and after, of each leader, its suppliers, those without a baseline, and all together. */
export function chainSection(document: unknown): ChainSection {
  const summary = read(ChainsSummary, document);
  if (isEmpty(summary)) return summary;
  if (summary.chains.length === 0) return { state: 'empty', reason: 'NOTHING_REPORTED' };
  return {
    state: 'ready',
    asOf: summary.asOf,
    chains: summary.chains.map(({ leaderUscc, name, ...parts }) => ({
      leaderUscc,
      name,
      parts: (['leader', 'suppliers', 'others', 'chain'] as const).flatMap((part) => {
        if (parts[part] === undefined) return [];
        const { figureId, ...figure } = parts[part];
        return [{ part, ...figure, explain: explainTurns(figureId) }];
      }),
    })),
  };
}

/** The claims and what the events say about them. */
export function claimSection(document: unknown): ClaimSection {
  const summary = read(ClaimsSummary, document);
  if (isEmpty(summary)) return summary;
  if (summary.claims.length === 0) return { state: 'empty', reason: 'NOTHING_REPORTED' };
  return {
    state: 'ready',
    asOf: summary.asOf,
    claims: summary.claims.map(({ figureId, title, ...claim }) => ({
      ...claim,
      title: title ?? { zh: claim.id, en: claim.id },
      reasonZh: claim.reasonZh ?? claim.reason,
      explain: explainClaim(claim.id, figureId),
    })),
  };
}
