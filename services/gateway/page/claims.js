import { h } from './dom.js';
import { emptyBody, figure, pill, section } from './parts.js';

const TONES = { confirmed: 'good', partly: 'warn', contradicted: 'bad', not_testable: 'quiet' };

/** Published figures, and what the events say about each. Their order stays, so that rows do not move while verdicts change. */
export function claimsSection(claims, t, format) {
  const words = t.claims;
  if (claims.state === 'empty') return section('claims', words.title, '', emptyBody(claims.reason, t));
  const countOf = (verdict) => claims.claims.filter((claim) => claim.verdict === verdict).length;
  return section(
    'claims',
    words.title,
    `${words.remark} · ${t.asOf(format.businessDay(claims.asOf))}`,
    h(
      'ul',
      { key: 'tally', class: 'tally' },
      Object.keys(TONES).map((verdict) =>
        h(
          'li',
          { key: verdict },
          pill(TONES[verdict], words.verdict[verdict]),
          h('span', { class: 'number' }, format.integer(countOf(verdict))),
        ),
      ),
    ),
    h(
      'ol',
      { key: 'claims', class: 'card rows claims' },
      claims.claims.map((claim) => claimRow(claim, t, format)),
    ),
  );
}

function claimRow(claim, t, format) {
  const words = t.claims;
  const title = claim.title[t.locale === 'en' ? 'en' : 'zh'];
  const write = (value) => amountOf(value, claim.unit, words, format);
  return h(
    'li',
    { key: claim.id, class: 'claim' },
    h('div', { class: 'claim-verdict' }, pill(TONES[claim.verdict], words.verdict[claim.verdict])),
    h('div', { class: 'claim-title' }, title),
    h(
      'dl',
      { class: 'claim-values' },
      h('div', {}, h('dt', {}, words.claimed), h('dd', { class: 'number' }, write(claim.claimed))),
      h(
        'div',
        {},
        h('dt', {}, words.measured),
        h(
          'dd',
          { class: 'number' },
          figure(write(claim.measured), claim.explain, `${title} · ${words.measured}`, t),
        ),
      ),
    ),
    h(
      'details',
      { class: 'claim-reason' },
      h('summary', {}, `${words.why}${words.whyLanguage}`),
      h('p', { lang: 'en' }, claim.reason),
    ),
  );
}

/** A change carries its sign, a share is a percentage, everything else a number with its unit. */
function amountOf(value, unit, words, format) {
  if (value === null) return format.amount(null);
  if (unit === 'change') return format.change(value);
  if (unit.startsWith('share')) return format.share(value);
  return `${format.amount(value)} ${words.unit[unit] ?? unit}`;
}
