import type { MonthsOf } from './figures.ts';
import type { Firm } from './firm.ts';
import type { Kpi } from './kpi.ts';
import { contributionOf, figureOfPool, type PooledFigure, PoolSum } from './pools.ts';

export const SCOPE_LEVELS = ['province', 'city', 'district', 'zone', 'chain', 'suppliers', 'leader'] as const;
export type ScopeLevel = (typeof SCOPE_LEVELS)[number];

/** Whose figures are taken together. */
export interface Scope {
  /** `chain`: the leader and its suppliers; `suppliers`: without the leader; `leader`: the leader alone. */
  readonly level: ScopeLevel;
  /** Region code, zone's name, or the leader's USCC. */
  readonly code: string;
}

const LEADER_LEVELS = ['chain', 'suppliers', 'leader'] as const;

/** Reads `region:<code>`, `zone:<name>`, `chain:<USCC>`, `suppliers:<USCC>` or `leader:<USCC>`; null for anything else. */
export function scopeOf(text: string): Scope | null {
  const cut = text.indexOf(':');
  const [kind, code] = [text.slice(0, cut), text.slice(cut + 1)];
  if (cut < 0 || code === '') return null;
  const level = LEADER_LEVELS.find((candidate) => candidate === kind);
  if (level !== undefined) return { level, code };
  if (kind === 'zone') return isRegionCode(code) ? null : { level: 'zone', code };
  if (kind !== 'region' || !/^[1-8]\d{5}$/.test(code)) return null;
  return { level: code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'city' : 'district', code };
}

const isRegionCode = (place: string): boolean => /^\d{6}$/.test(place);

export const scopeText = ({ level, code }: Scope): string =>
  level === 'province' || level === 'city' || level === 'district' ? `region:${code}` : `${level}:${code}`;

/** First digits that the codes of a region share. */
export const regionPrefix = (code: string): string => code.replace(/(0000|00)$/, '');

/** Whether a firm's nominations or trade put it into a scope. */
export function isWithin(firm: Pick<Firm, '_id' | 'places' | 'chains'>, scope: Scope): boolean {
  switch (scope.level) {
    case 'province':
    case 'city':
    case 'district':
      return firm.places.some((place) => isRegionCode(place) && place.startsWith(regionPrefix(scope.code)));
    case 'zone':
      return firm.places.includes(scope.code);
    case 'leader':
      return firm._id === scope.code;
    case 'suppliers':
      return firm._id !== scope.code && firm.chains.includes(scope.code);
    case 'chain':
      return firm._id === scope.code || firm.chains.includes(scope.code);
    default: {
      const unknown: never = scope.level;
      return unknown;
    }
  }
}

/** The regions, zones and supplier bases that a firm belongs to, as text: those whose figures are kept. */
export function scopesOf(firm: Pick<Firm, '_id' | 'places' | 'chains'>): string[] {
  const regions = firm.places
    .filter(isRegionCode)
    .flatMap((code) => [code, `${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`])
    .filter((code) => scopeOf(`region:${code}`) !== null)
    .map((code) => `region:${code}`);
  const zones = firm.places.map((place) => `zone:${place}`);
  const suppliers = firm.chains
    .filter((leader) => leader !== firm._id)
    .map((leader) => `suppliers:${leader}`);
  const within = (text: string): boolean => {
    const scope = scopeOf(text);
    return scope !== null && isWithin(firm, scope);
  };
  return [...new Set([...regions, ...zones, ...suppliers])].filter(within).sort();
}

/** One KPI of several firms in a month, with the firms that have a figure. */
export interface GroupFigure extends PooledFigure {
  readonly firms: readonly string[];
}

/**
 * Takes a month of several firms together, from sums, never from a mean of ratios. Firms without a figure are left out
 * of both sides and counted.
 */
export function groupFigure(
  kpi: Kpi,
  members: readonly { readonly uscc: string; readonly months: MonthsOf }[],
  period: string,
): GroupFigure {
  const sum = new PoolSum();
  const firms: string[] = [];
  for (const { uscc, months } of members) {
    const one = contributionOf(kpi, months(period), period);
    if (one === null) continue;
    if (one.figure.reason === null) firms.push(uscc);
    sum.add(one, 1);
  }
  return { ...figureOfPool(kpi, sum.toPool(), period, members.length), firms };
}
