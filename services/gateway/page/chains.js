import { h } from './dom.js';
import { daysOfTurns } from './format.js';
import { bar, emptyBody, figure, section } from './parts.js';

/** Turns and days before and after, of each leader, its suppliers and both together. */
export function chainsSection(chains, t, format) {
  const words = t.chains;
  if (chains.state === 'empty') return section('chains', words.title, '', emptyBody(chains.reason, t));
  return section(
    'chains',
    words.title,
    `${words.remark} · ${t.asOf(format.businessDay(chains.asOf))}`,
    h(
      'div',
      { key: 'grid', class: 'grid' },
      chains.chains.map((chain) => chainCard(chain, t, format)),
    ),
  );
}

function chainCard({ leaderUscc, name, parts }, t, format) {
  const most = Math.max(0.01, ...parts.flatMap(({ before, after }) => [before ?? 0, after ?? 0]));
  const firstMeasured = parts.find(({ before, after }) => before !== null && after !== null);
  const changeOf = (wanted) => parts.find(({ part }) => part === wanted)?.change ?? null;
  const [leader, whole] = [changeOf('leader'), changeOf('chain')];
  return h(
    'article',
    { key: leaderUscc, class: 'card chain' },
    h('h3', {}, name),
    parts.map((part) => partRow(part, part === firstMeasured, name, most, t, format)),
    leader !== null &&
      whole !== null &&
      leader > 0 &&
      whole <= 0 &&
      h('p', { class: 'notice' }, t.chains.shifted),
  );
}

function partRow({ part, before, after, change, firms, reason, explain }, hasHeads, name, most, t, format) {
  const words = t.chains;
  const title = h(
    'div',
    { class: 'part-name' },
    h('strong', {}, words.part[part]),
    firms !== null && firms > 0 && h('span', { class: 'quiet' }, words.firms(format.integer(firms))),
  );
  if (before === null || after === null)
    return h(
      'div',
      { key: part, class: `part part-${part}` },
      title,
      h(
        'div',
        { class: 'part-missing quiet' },
        figure('—', explain, `${name} · ${words.part[part]}`, t),
        ' ',
        inWords(reason, words),
      ),
    );
  const tone = change > 0 ? 'good' : change < 0 ? 'bad' : 'quiet';
  const line = (label, turns, segment) =>
    h(
      'div',
      { class: 'part-line' },
      h('span', { class: 'quiet' }, label),
      bar([{ share: turns / most, tone: segment }], [], 'bar-thin'),
      h('span', { class: 'number' }, format.turns(turns)),
      h('span', { class: 'number quiet' }, `${format.days(daysOfTurns(turns))}`),
    );
  return h(
    'div',
    { key: part, class: `part part-${part}` },
    title,
    h(
      'div',
      { class: `part-change number change-${tone}` },
      figure(format.change(change), explain, `${name} · ${words.part[part]} · ${words.change}`, t),
    ),
    h(
      'div',
      { class: 'part-lines' },
      hasHeads &&
        h(
          'div',
          { class: 'part-line part-heads quiet' },
          h('span', {}),
          h('span', {}),
          h('span', {}, words.turns),
          h('span', {}, words.days),
        ),
      line(words.before, before, 'before'),
      line(words.after, after, 'done'),
    ),
  );
}

/** Reasons come as English sentences; where there are no words for one, it is shown as it is. */
function inWords(reason, words) {
  if (reason === null) return '';
  const translated = words.nullReasons[reason];
  return translated ?? h('span', { lang: 'en' }, reason);
}
