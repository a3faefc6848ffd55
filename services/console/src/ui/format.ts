import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n/index.ts';

/** A missing figure is a dash, never a zero. */
export const MISSING = '—';

const FEN_PER_YUAN = 100;

export interface Format {
  integer(value: number | null | undefined): string;
  decimal(value: number | null | undefined): string;
  /** 0.15 → 15 % */
  share(value: number | null | undefined): string;
  /** 0.22 → +22.0 % */
  change(value: number | null | undefined): string;
  yuan(fen: number | null | undefined): string;
  /** Day in China, wherever it is read: the months of the business are those of China. */
  day(instant: string | null | undefined): string;
  minute(instant: string | null | undefined): string;
  /** How long ago: "2 hours ago". */
  ago(instant: string): string;
  bytes(count: number): string;
}

/** Figures, money and times as a reader of the chosen language writes them. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(localeOf(i18n.language)), [i18n.language]);
}

function createFormat(locale: string): Format {
  const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const yuan = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'CNY',
    maximumFractionDigits: 0,
  });
  const timeZone = 'Asia/Shanghai';
  const day = new Intl.DateTimeFormat(locale, {
    timeZone,
    year: 'numeric',
    month: locale === 'en' ? 'short' : '2-digit',
    day: '2-digit',
  });
  const minute = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const known =
    <Value>(write: (value: Value) => string) =>
    (value: Value | null | undefined): string =>
      value === null || value === undefined ? MISSING : write(value);
  return {
    integer: known((value: number) => integer.format(value)),
    decimal: known((value: number) => decimal.format(value)),
    share: known((value: number) => share.format(value)),
    change: known((value: number) => change.format(value)),
    yuan: known((fen: number) => yuan.format(fen / FEN_PER_YUAN)),
    day: known((instant: string) => day.format(new Date(instant))),
    minute: known((instant: string) => minute.format(new Date(instant))),
    ago: (instant) => agoInWords(relative, Date.now() - Date.parse(instant)),
    bytes: (count) =>
      count < 1_000_000
        ? `${integer.format(Math.max(1, Math.round(count / 1_000)))} kB`
        : `${decimal.format(count / 1_000_000)} MB`,
  };
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function agoInWords(relative: Intl.RelativeTimeFormat, ms: number): string {
  for (const [unit, length] of UNITS)
    if (ms >= length) return relative.format(-Math.floor(ms / length), unit);
  return relative.format(0, 'minute');
}
