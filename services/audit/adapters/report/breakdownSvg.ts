import { niceTicks, tickText } from './eventStudySvg.ts';
import { type Html, html } from './html.ts';
import { effect, onScale, type Scale } from './numbers.ts';

const WIDTH = 760;
const ROW = 30;
const LEFT = 300;
const RIGHT = 110;
const TOP = 8;
const NORMAL_975 = 1.959963984540054;

export interface BreakdownRow {
  readonly label: string;
  readonly units: number | null;
  readonly att: number | null;
  readonly se: number | null;
  readonly reason?: string;
}

/** One effect a row, with its pointwise interval. */
export function breakdownSvg(rows: readonly BreakdownRow[], scale: Scale, label: string): Html {
  const drawn = rows.map((row) => {
    const { att, se } = row;
    if (att === null || se === null) return { row, shown: null };
    const [low, high] = [att - NORMAL_975 * se, att + NORMAL_975 * se];
    return { row, shown: { att: onScale(att, scale), low: onScale(low, scale), high: onScale(high, scale) } };
  });
  const values = drawn.flatMap(({ shown }) => (shown === null ? [] : [shown.low, shown.high]));
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values));
  const [from, to] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (value: number) =>
    (LEFT + ((value - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT)).toFixed(2);
  const height = TOP + rows.length * ROW + 26;
  const bottom = TOP + rows.length * ROW;
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${ticks.map((tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tickText(tick)}${scale === 'log' ? ' %' : ''}</text>`)}
<line class="zero" x1="${x(0)}" x2="${x(0)}" y1="${TOP}" y2="${bottom}"/>
${drawn.map(({ row, shown }, index) => {
  const y = TOP + index * ROW + ROW / 2;
  const name = row.units === null ? row.label : `${row.label}（${row.units}）`;
  const text = html`<text class="label" x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${name}</text>`;
  if (shown === null)
    return html`${text}<text class="tick aside" x="${LEFT + 6}" y="${y + 4}">${row.reason ?? '–'}</text>`;
  return html`${text}<line class="bar" x1="${x(shown.low)}" x2="${x(shown.high)}" y1="${y}" y2="${y}"/><circle class="dot" cx="${x(shown.att)}" cy="${y}" r="4"/><text class="value" x="${WIDTH - RIGHT + 14}" y="${y + 4}">${effect(row.att, scale)}</text>`;
})}
</svg>`;
}
