import { h } from './dom.js';
import { figure, section } from './parts.js';

const VERDICTS = ['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'];

/** What became of the records that arrived. */
export function streamsSection(streams, t, format) {
  const words = t.streams;
  return section(
    'streams',
    words.title,
    words.remark,
    h(
      'ul',
      { key: 'verdicts', class: 'card verdicts' },
      VERDICTS.map((verdict) =>
        h(
          'li',
          { key: verdict },
          h('span', { class: 'verdict-name' }, words[verdict]),
          h(
            'span',
            { class: 'verdict-count number' },
            figure(format.integer(streams[verdict]), streams.explain, words[verdict], t, verdict),
          ),
          h('span', { class: 'quiet' }, words.notes[verdict]),
        ),
      ),
    ),
  );
}
