import type { EventTime } from '../../../../schemas/api/audit.ts';
import { type Html, html } from './html.ts';
import { onScale, type Scale } from './numbers.ts';

const WIDTH = 760;
const HEIGHT = 300;
const MARGIN = { left: 56, right: 16, top: 16, bottom: 46 };
/** Event times further out rest on few cohorts; the report shows two years on either side. */
const REACH = 24;

interface Point {
  readonly e: number;
  readonly att: number;
  readonly low: number;
  readonly high: number;
  readonly bandLow: number;
  readonly bandHigh: number;
}

/**
 * Effect by months since the treatment: the estimate as a dot, the pointwise interval as a bar, the simultaneous band as an
 * area. Without scripts and without anything from outside.
 */
export function eventStudySvg(egt: readonly EventTime[], scale: Scale, unit: string, label: string): Html {
  const points = egt.flatMap((row): Point[] => {
    const { e, att, low, high } = row;
    if (att === null || low === null || high === null || Math.abs(e) > REACH) return [];
    const [bandLow, bandHigh] = [row.bandLow ?? low, row.bandHigh ?? high];
    const draw = (value: number) => onScale(value, scale);
    return [
      {
        e,
        att: draw(att),
        low: draw(low),
        high: draw(high),
        bandLow: draw(bandLow),
        bandHigh: draw(bandHigh),
      },
    ];
  });
  if (points.length === 0) return html`<p class="note">没有可绘制的月份 / nothing to draw</p>`;
  const x = scaleOf(
    [Math.min(...points.map(({ e }) => e)) - 0.5, Math.max(...points.map(({ e }) => e)) + 0.5],
    [MARGIN.left, WIDTH - MARGIN.right],
  );
  const extent: [number, number] = [
    Math.min(0, ...points.map(({ bandLow }) => bandLow)),
    Math.max(0, ...points.map(({ bandHigh }) => bandHigh)),
  ];
  const ticks = niceTicks(...extent);
  const y = scaleOf(
    [Math.min(extent[0], ticks[0] ?? 0), Math.max(extent[1], ticks.at(-1) ?? 0)],
    [HEIGHT - MARGIN.bottom, MARGIN.top],
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${ticks.map(
  (tick) =>
    html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text class="tick" x="${MARGIN.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tickText(tick)}</text>`,
)}
${areas(points, x, y)}
<line class="zero" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(y(0))}" y2="${at(y(0))}"/>
<line class="start" x1="${at(x(-0.5))}" x2="${at(x(-0.5))}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"/>
${points.map(
  (point) =>
    html`<line class="${point.e < 0 ? 'bar before' : 'bar'}" x1="${at(x(point.e))}" x2="${at(x(point.e))}" y1="${at(y(point.low))}" y2="${at(y(point.high))}"/><circle class="${point.e < 0 ? 'dot before' : 'dot'}" cx="${at(x(point.e))}" cy="${at(y(point.att))}" r="2.8"/>`,
)}
${points
  .filter(({ e }) => e % 6 === 0)
  .map(
    ({ e }) =>
      html`<text class="tick" x="${at(x(e))}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${e < 0 ? `−${-e}` : e}</text>`,
  )}
<text class="axis" x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">距处理起始的月数 / months since the treatment began</text>
<text class="axis" x="14" y="${(HEIGHT - MARGIN.bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(HEIGHT - MARGIN.bottom) / 2})">${scale === 'log' ? '%' : unit}</text>
</svg>`;
}

type Map1 = (value: number) => number;

const scaleOf =
  ([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Map1 =>
  (value) =>
    start + ((value - from) / (to - from || 1)) * (end - start);

/** Two decimals are enough for a pixel, and keep the file the same on every machine. */
const at = (pixels: number): string => String(Number(pixels.toFixed(2)));

/** Simultaneous band, one area per unbroken run of months. */
function areas(points: readonly Point[], x: Map1, y: Map1): Html[] {
  const runs: Point[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.e === point.e - 1) run.push(point);
    else runs.push([point]);
  }
  return runs.map((run) => {
    const upper = run.map((point) => `${at(x(point.e))},${at(y(point.bandHigh))}`);
    const lower = run.map((point) => `${at(x(point.e))},${at(y(point.bandLow))}`).reverse();
    return html`<polygon class="band" points="${[...upper, ...lower].join(' ')}"/>`;
  });
}

/** Four to eight round steps that cover a range. */
export function niceTicks(low: number, high: number): number[] {
  const raw = (high - low || 1) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= raw) ?? raw;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

export const tickText = (tick: number): string => {
  const text = String(Number(Math.abs(tick).toPrecision(6)));
  return tick < 0 ? `−${text}` : text;
};
