import { h } from './dom.js';
import { bar, emptyBody, figure, section } from './parts.js';

const ENDINGS = ['failed', 'withdrawn', 'declined', 'expired'];
const SHOWN_FAILURES = 8;

/** How far onboardings came, and where and why they ended. */
export function funnelSection(funnel, t, format) {
  const words = t.funnel;
  if (funnel.state === 'empty') return section('funnel', words.title, '', emptyBody(funnel.reason, t));
  const most = Math.max(1, ...funnel.stages.map(({ entered }) => entered));
  return section(
    'funnel',
    words.title,
    words.remark,
    h(
      'div',
      { key: 'columns', class: 'columns' },
      h(
        'div',
        { class: 'card' },
        legend(words),
        h(
          'ol',
          { class: 'rows stages' },
          funnel.stages.map((stage, index) =>
            stageRow(stage, funnel.stages[index - 1]?.phase !== stage.phase, most, t, format),
          ),
        ),
      ),
      h(
        'div',
        { class: 'card' },
        h('h3', {}, words.failures),
        funnel.failures.length === 0
          ? h('p', { class: 'quiet' }, words.failuresNone)
          : failures(funnel.failures, t, format),
      ),
    ),
  );
}

const legend = (words) =>
  h(
    'ul',
    { class: 'legend' },
    [
      ['done', words.done],
      ['open', words.open],
      ['bad', words.ended],
    ].map(([tone, text]) => h('li', {}, h('span', { class: `swatch swatch-${tone}` }), text)),
  );

function stageRow(stage, isFirstOfPhase, most, t, format) {
  const words = t.funnel;
  const ended = ENDINGS.reduce((sum, ending) => sum + stage[ending], 0);
  const name = words.stage[stage.stage];
  const notes = [
    stage.open > 0 && `${words.open} ${format.integer(stage.open)}`,
    ...ENDINGS.map(
      (ending) => stage[ending] > 0 && `${words.endings[ending]} ${format.integer(stage[ending])}`,
    ),
  ].filter(Boolean);
  return h(
    'li',
    { key: stage.stage, class: isFirstOfPhase ? 'stage phase-start' : 'stage' },
    h('span', { class: 'stage-phase quiet' }, isFirstOfPhase ? words.phase[stage.phase] : null),
    h('span', { class: 'stage-name' }, name),
    h(
      'span',
      { class: 'stage-bar' },
      bar([
        { share: stage.done / most, tone: 'done' },
        { share: stage.open / most, tone: 'open' },
        { share: ended / most, tone: 'bad' },
      ]),
    ),
    h(
      'span',
      { class: 'stage-entered number' },
      figure(format.integer(stage.entered), stage.explain, `${name} · ${words.entered}`, t),
    ),
    h('span', { class: 'stage-note quiet number' }, notes.join(' · ')),
  );
}

function failures(list, t, format) {
  const most = Math.max(...list.map(({ share }) => share));
  const rows = list.map((failure) => failureRow(failure, most, t, format));
  const rest = rows.slice(SHOWN_FAILURES);
  return [
    h('ol', { key: 'first', class: 'rows failures' }, rows.slice(0, SHOWN_FAILURES)),
    rest.length > 0 &&
      h(
        'details',
        { key: 'rest', class: 'rest' },
        h('summary', {}, t.funnel.more(format.integer(rest.length))),
        h('ol', { class: 'rows failures' }, rest),
      ),
  ];
}

function failureRow({ stage, group, cause, count, share, explain }, most, t, format) {
  const words = t.funnel;
  const reason =
    cause === null ? words.group[group] : `${words.group[group]}: ${words.cause[cause] ?? cause}`;
  const label = `${words.stage[stage]} · ${reason}`;
  return h(
    'li',
    { key: explain.figureId, class: 'failure' },
    h('span', { class: 'failure-reason' }, reason),
    h('span', { class: 'failure-stage quiet' }, words.stage[stage]),
    h('span', { class: 'failure-bar' }, bar([{ share: share / most, tone: 'bad' }], [], 'bar-thin')),
    h('span', { class: 'failure-count number' }, figure(format.integer(count), explain, label, t)),
    h('span', { class: 'failure-share quiet number' }, format.share(share)),
  );
}
