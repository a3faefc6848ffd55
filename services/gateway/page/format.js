/** Figures and times as a reader of the language writes them. A missing figure is a dash, never a zero. */

export const MISSING = '—';

export function createFormat(locale) {
  const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const days = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const amount = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  // Months of the business are those of China, wherever the page is read.
  const business = new Intl.DateTimeFormat(locale, {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: locale === 'en' ? 'short' : '2-digit',
    day: '2-digit',
  });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const orMissing = (write) => (value) => (value === null || value === undefined ? MISSING : write(value));
  return {
    integer: orMissing((value) => integer.format(value)),
    turns: orMissing((value) => decimal.format(value)),
    days: orMissing((value) => days.format(value)),
    amount: orMissing((value) => amount.format(value)),
    share: orMissing((value) => share.format(value)),
    change: orMissing((value) => change.format(value)),
    businessDay: orMissing((instant) => business.format(new Date(instant))),
    clockTime: orMissing((instant) => clock.format(new Date(instant))),
  };
}

/** Days of inventory that belong to turns a year. */
export const daysOfTurns = (turns) => (turns === null || turns <= 0 ? null : 365 / turns);
