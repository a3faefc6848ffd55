import { h } from './dom.js';
import { figure } from './parts.js';

/** The frame of the page: what stands above and below the sections. */

export function header(model, state, t, format) {
  return [
    h(
      'div',
      { key: 'brand', class: 'brand' },
      h('img', { src: 'icon.svg', alt: '', width: 36, height: 36 }),
      h('div', {}, h('h1', {}, t.name), h('p', { class: 'quiet' }, t.tagline)),
    ),
    h(
      'div',
      { key: 'time', class: 'time' },
      model === null ? null : businessTime(model.businessTime, t, format),
    ),
    h(
      'div',
      { key: 'tools', class: 'tools' },
      h('span', { key: 'state', class: `state state-${state}`, role: 'status' }, t.connection[state]),
      h(
        'nav',
        { key: 'languages', class: 'languages', 'aria-label': t.language },
        languageLink('zh', 'zh-CN', '中文', t),
        languageLink('en', 'en', 'English', t),
      ),
    ),
  ];
}

function businessTime({ at, caughtUp, explain }, t, format) {
  return [
    h('span', { class: 'quiet' }, t.businessTime),
    h(
      'strong',
      { class: 'number' },
      at === null ? t.noBusinessTime : figure(format.businessDay(at), explain, t.businessTime, t),
    ),
    at !== null && h('span', { class: 'quiet' }, caughtUp ? t.caughtUp : t.catchingUp),
  ];
}

const languageLink = (code, lang, name, t) =>
  h(
    'a',
    {
      key: code,
      href: code === 'en' ? '?lang=en' : '?lang=zh',
      lang,
      hreflang: lang,
      'data-language': code,
      'aria-current': t.htmlLang === lang ? 'true' : null,
    },
    name,
  );

export const notices = (model, state, receivedAt, t, format) => [
  model?.simulated && h('p', { key: 'simulated', class: 'notice' }, t.simulated),
  state === 'broken' &&
    h('p', { key: 'stale', class: 'notice notice-bad' }, t.stale(format.clockTime(receivedAt))),
];

export const footer = (t) => [
  h('span', { key: 'foot' }, t.foot),
  h('a', { key: 'json', href: 'api/v1/overview' }, t.json),
];

export const loadingBody = (t) =>
  h(
    'div',
    { key: 'loading', class: 'loading', role: 'status' },
    h('p', {}, t.loading),
    h(
      'div',
      { class: 'keys', 'aria-hidden': 'true' },
      Array.from({ length: 6 }, () => h('div', { class: 'key skeleton' })),
    ),
  );

export const failedBody = (t) =>
  h(
    'div',
    { key: 'failed', class: 'card empty', role: 'alert' },
    h('strong', {}, t.failed.title),
    h('p', {}, t.failed.text),
    h('button', { type: 'button', class: 'button button-main', 'data-retry': true }, t.failed.retry),
  );
