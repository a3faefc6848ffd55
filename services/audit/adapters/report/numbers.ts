/** How the report writes figures: one place, so that table and plot agree. */
export type Scale = 'log' | 'level';

const MINUS = '−';
const sign = (value: number): string => (value < 0 ? MINUS : '');

/** A percentage for a logarithm, four digits in the KPI's unit otherwise; a dash where there is none. */
export function effect(value: number | null, scale: Scale): string {
  if (value === null) return '–';
  const shown = onScale(value, scale);
  const digits =
    scale === 'log' ? Math.abs(shown).toFixed(1) : String(Number(Math.abs(shown).toPrecision(4)));
  return `${shown < 0 ? MINUS : '+'}${digits}${scale === 'log' ? ' %' : ''}`;
}

/** In percentage points for a logarithm, four digits otherwise. */
export function standardError(se: number | null, scale: Scale): string {
  if (se === null) return '–';
  return scale === 'log' ? `${(100 * se).toFixed(2)} %` : String(Number(se.toPrecision(4)));
}

/** The number that is drawn: 100 (e^x − 1) for a logarithm. */
export const onScale = (value: number, scale: Scale): number =>
  scale === 'log' ? 100 * Math.expm1(value) : value;

export const interval = (low: number | null, high: number | null, scale: Scale): string =>
  low === null || high === null ? '–' : `${effect(low, scale)} … ${effect(high, scale)}`;

export const share = (value: number | null, digits = 1): string =>
  value === null ? '–' : `${value > 0 ? '+' : sign(value)}${(100 * Math.abs(value)).toFixed(digits)} %`;

export const plain = (value: number | null, digits = 2): string =>
  value === null ? '–' : `${sign(value)}${Math.abs(value).toFixed(digits)}`;

export const pValue = (value: number | null): string =>
  value === null ? '–' : value < 0.001 ? '< 0.001' : value.toFixed(3);

/** Fen as 10,000 yuan. */
export const tenThousandYuan = (fen: number | null): string =>
  fen === null ? '–' : Math.round(fen / 1e6).toLocaleString('en-US');
