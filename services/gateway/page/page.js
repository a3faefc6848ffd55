import { chainsSection } from './chains.js';
import { claimsSection } from './claims.js';
import { patchChildren } from './dom.js';
import { createFormat } from './format.js';
import { failedBody, footer, header, loadingBody, notices } from './frame.js';
import { funnelSection } from './funnel.js';
import { keyFigures } from './keyFigures.js';
import { followOverview } from './live.js';
import { createPanel } from './panel.js';
import { streamsSection } from './streams.js';
import { targetsSection } from './targets.js';
import { en } from './text-en.js';
import { zh } from './text-zh.js';

const TEXTS = { zh, en };
const at = (id) => document.getElementById(id);
const languageOfAddress = () => (new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'zh');

let language = languageOfAddress();
let model = null;
let state = 'loading';
let receivedAt = null;
const panel = createPanel(at('panel'));

function render() {
  const t = TEXTS[language];
  const format = createFormat(t.locale);
  document.documentElement.lang = t.htmlLang;
  document.title = t.pageTitle;
  at('skip').textContent = t.skip;
  patchChildren(at('top'), header(model, state, t, format));
  patchChildren(at('foot'), footer(t));
  at('main').setAttribute('aria-busy', String(state === 'loading'));
  patchChildren(at('main'), [...notices(model, state, receivedAt, t, format), ...body(t, format)]);
}

function body(t, format) {
  if (model === null) return [state === 'failed' ? failedBody(t) : loadingBody(t)];
  return [
    keyFigures(model, t, format),
    targetsSection(model.targets, t, format),
    funnelSection(model.funnel, t, format),
    chainsSection(model.chains, t, format),
    claimsSection(model.claims, t, format),
    streamsSection(model.streams, t, format),
  ];
}

/** Every explanation of the page is somewhere in the model, next to its figure. */
function explanationOf(figureId, value = model) {
  if (value === null || typeof value !== 'object') return null;
  if (value.figureId === figureId && 'command' in value) return value;
  for (const child of Object.values(value)) {
    const found = explanationOf(figureId, child);
    if (found) return found;
  }
  return null;
}

function showLanguage(next) {
  language = next;
  panel.close();
  render();
}

document.addEventListener('click', (event) => {
  const figure = event.target.closest('[data-figure]');
  const explain = figure && explanationOf(figure.dataset.figure);
  if (explain)
    panel.open({ label: figure.dataset.label, value: figure.dataset.shown, explain }, TEXTS[language]);
  if (event.target.closest('[data-retry]')) connection.retry();
  const link = event.target.closest('[data-language]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.set('lang', link.dataset.language);
    history.pushState(null, '', address);
    showLanguage(link.dataset.language);
  }
});
addEventListener('popstate', () => {
  if (languageOfAddress() !== language) showLanguage(languageOfAddress());
});

const connection = followOverview({
  onModel: (next) => {
    const isFirst = model === null;
    model = next;
    receivedAt = new Date();
    render();
    // A link to a section can be followed only once there are sections.
    if (isFirst && location.hash) at(location.hash.slice(1))?.scrollIntoView();
  },
  onState: (next) => {
    state = next;
    render();
  },
});
