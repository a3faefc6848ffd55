import { h } from './dom.js';
import { MISSING } from './format.js';
import { bar } from './parts.js';

/** The six figures a reader sees first; each leads to its section. */
export function keyFigures(model, t, format) {
  const { targets, funnel, chains, claims, streams } = model;
  const whole = chains.chains?.flatMap(({ parts }) => parts.filter(({ part }) => part === 'chain')) ?? [];
  const measured = whole.filter(({ change }) => change !== null);
  const judged = (verdict) => claims.claims.filter((claim) => claim.verdict === verdict).length;
  const isReady = (part) => part.state === 'ready';
  const { keys } = t;
  return h(
    'section',
    { key: 'keys', class: 'keys', 'aria-label': keys.title },
    card('targets', keys.done, isReady(targets) && format.integer(targets.done), [
      isReady(targets) && `${keys.ofTarget(format.integer(targets.target))} · ${format.share(targets.share)}`,
      isReady(targets) && bar([{ share: targets.share ?? 0, tone: 'done' }], [], 'bar-thin'),
    ]),
    card(
      'targets',
      keys.behind,
      isReady(targets) && format.integer(targets.critical + targets.lagging),
      isReady(targets) && keys.behindNote(format.integer(targets.critical), format.integer(targets.lagging)),
      'behind',
    ),
    card(
      'funnel',
      keys.accepted,
      isReady(funnel) && format.integer(funnel.counts.accepted),
      isReady(funnel) &&
        keys.acceptedNote(format.integer(funnel.counts.started), format.integer(funnel.counts.active)),
    ),
    card(
      'chains',
      keys.chains,
      measured.length > 0 && format.integer(measured.filter(({ change }) => change > 0).length),
      isReady(chains) && keys.chainsNote(format.integer(measured.length)),
    ),
    card(
      'claims',
      keys.claims,
      isReady(claims) && format.integer(judged('confirmed')),
      isReady(claims) &&
        keys.claimsNote(format.integer(claims.claims.length), format.integer(judged('contradicted'))),
    ),
    card(
      'streams',
      keys.events,
      format.integer(streams.accepted),
      keys.eventsNote(format.integer(streams.records)),
    ),
  );
}

const card = (target, label, value, note, key = target) =>
  h(
    'a',
    { key: `key ${key}`, class: 'key', href: `#${target}` },
    h('span', { class: 'key-label' }, label),
    h('span', { class: 'key-value' }, value === false ? MISSING : value),
    h('span', { class: 'key-note' }, note),
  );
