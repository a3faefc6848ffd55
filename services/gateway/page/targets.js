import { h } from './dom.js';
import { bar, emptyBody, figure, pill, section } from './parts.js';

/** Shares of the target under which the service marks a city. */
const MARKS = [0.15, 0.3];
const TONES = {
  critical: 'bad',
  lagging: 'warn',
  'on-track': 'good',
  reached: 'good',
  'no-target': 'quiet',
};

/** Targets against done, a row for each city, furthest behind first. */
export function targetsSection(targets, t, format) {
  const words = t.targets;
  if (targets.state === 'empty') return section('targets', words.title, '', emptyBody(targets.reason, t));
  return section(
    'targets',
    words.title,
    `${words.remark} · ${t.asOf(format.businessDay(targets.asOf))}`,
    h(
      'ol',
      { key: 'cities', class: 'card rows cities' },
      targets.cities.map((city) => cityRow(city, t, format)),
    ),
  );
}

function cityRow(city, t, format) {
  const words = t.targets;
  const shown = `${format.integer(city.done)} / ${format.integer(city.target)}`;
  const tone = TONES[city.status];
  return h(
    'li',
    { key: city.code, class: 'city' },
    h(
      'div',
      { class: 'city-name' },
      h('strong', {}, city.name),
      h('span', { class: 'quiet' }, words.region[city.regionClass] ?? city.regionClass),
    ),
    h('div', { class: 'city-bar' }, bar([{ share: city.share ?? 0, tone }], MARKS)),
    h('div', { class: 'city-share number' }, format.share(city.share)),
    h(
      'div',
      { class: 'city-done number' },
      figure(shown, city.explain, `${city.name} · ${words.progress}`, t),
    ),
    h('div', { class: 'city-status' }, pill(tone, words.status[city.status])),
    h(
      'div',
      { class: 'city-forecast quiet number' },
      city.forecast === null
        ? words.noForecast
        : words.forecast(
            format.integer(city.forecast.low),
            format.integer(city.forecast.mid),
            format.integer(city.forecast.high),
          ),
    ),
  );
}
