import { h } from './dom.js';

/** Pieces that several sections share. */

/** A section with its heading, a line of remark and its body. */
export const section = (id, title, remark, ...body) =>
  h(
    'section',
    { key: id, id, class: 'section', 'aria-labelledby': `${id}-title` },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: `${id}-title` }, title),
      remark && h('p', { class: 'remark' }, remark),
    ),
    body,
  );

/** What stands in place of a part that has nothing to show. */
export const emptyBody = (reason, t) =>
  h(
    'div',
    { class: 'card empty', key: 'empty' },
    h('strong', {}, t.empty[reason].title),
    h('p', {}, t.empty[reason].text),
  );

/** A figure that opens what it rests on. `label` says in words what it is, for the panel and for screen readers. */
export const figure = (shown, explain, label, t, extra = '') =>
  h(
    'button',
    {
      type: 'button',
      key: `figure ${explain.figureId} ${extra}`,
      class: `figure ${extra}`.trim(),
      'data-figure': explain.figureId,
      'data-label': label,
      'data-shown': shown,
      'aria-haspopup': 'dialog',
      'aria-label': `${label}: ${shown}. ${t.panel.open}`,
    },
    shown,
  );

/**
 * A bar of segments. Widths are SVG attributes: the content security policy allows no style attributes.
 * @param {{ share: number, tone: string }[]} segments shares of the full width
 * @param {number[]} marks shares at which a mark stands
 */
export function bar(segments, marks = [], extra = '') {
  let from = 0;
  const rects = segments.map(({ share, tone }, index) => {
    const width = Math.max(0, Math.min(share, 1 - from));
    const rect = h('rect', {
      key: `segment ${index}`,
      class: `tone-${tone}`,
      x: percent(from),
      y: 0,
      width: percent(width),
      height: '100%',
    });
    from += width;
    return rect;
  });
  const lines = marks.map((at) =>
    h('line', { key: `mark ${at}`, class: 'mark', x1: percent(at), x2: percent(at), y1: 0, y2: '100%' }),
  );
  return h('svg', { class: `bar ${extra}`.trim(), 'aria-hidden': 'true', focusable: 'false' }, rects, lines);
}

const percent = (share) => `${(share * 100).toFixed(2)}%`;

/** A label with a colour that repeats what its words say. */
export const pill = (tone, words) => h('span', { class: `pill pill-${tone}` }, words);
