import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FigureExplanation } from '../../../../schemas/api/kpi.ts';
import { get } from '../api/client.ts';
import { useFormat } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Loaded } from '../ui/States.tsx';
import { figureInWords, nullReasonInWords, valueInUnit } from '../ui/words.ts';
import { Meanwhile } from './Meanwhile.tsx';
import { TrailEvents } from './TrailEvents.tsx';

const MAX_CHILDREN_SHOWN = 60;

/** Definition, numerator, denominator, window and events of a figure; a figure made of others leads on to them. */
export function TrailPanel({
  id,
  title,
  onClose,
}: {
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const [path, setPath] = useState<readonly string[]>([id]);
  const current = path.at(-1) ?? id;
  const query = useQuery({
    queryKey: ['figure', current],
    queryFn: () => get<FigureExplanation>('/api/v1/figures', { id: current }),
  });
  return (
    <Panel title={`${t('trail.title')} · ${title}`} onClose={onClose}>
      {path.length > 1 && (
        <button type="button" className="button button-quiet" onClick={() => setPath(path.slice(0, -1))}>
          ← {t('action.back')}
        </button>
      )}
      <Loaded query={query}>
        {(figure) => <Trail figure={figure} open={(child) => setPath([...path, child])} />}
      </Loaded>
    </Panel>
  );
}

function Trail({
  figure,
  open,
}: {
  readonly figure: FigureExplanation;
  readonly open: (id: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const said = i18n.language === 'en' ? { ...figure, reason: null } : figure.zh;
  return (
    <div className="stack">
      {figureInWords(t, figure.figureId) !== figure.figureId && (
        <strong>{figureInWords(t, figure.figureId)}</strong>
      )}
      <dl className="facts">
        <dt>{t('trail.id')}</dt>
        <dd>
          <code>{figure.figureId}</code>
        </dd>
        <dt>{t('trail.definition')}</dt>
        <dd>{said.definition}</dd>
        <dt>{t('trail.formula')}</dt>
        <dd>{said.formula}</dd>
        <dt>{t('trail.value')}</dt>
        <dd className="number">{valueInUnit(t, format, figure.value, figure.unit)}</dd>
        {figure.reason !== null && (
          <>
            <dt>{t('trail.reason')}</dt>
            <dd>{said.reason ?? nullReasonInWords(i18n.language, figure.reason)}</dd>
          </>
        )}
        <dt>{t('trail.ratio')}</dt>
        <dd className="number">
          {format.integer(figure.numerator)} / {format.integer(figure.denominator)}
        </dd>
        {figure.window !== null && (
          <>
            <dt>{t('trail.window')}</dt>
            <dd>
              {figure.window.from} – {figure.window.to}
            </dd>
          </>
        )}
        <dt>{t('trail.version')}</dt>
        <dd>{figure.version}</dd>
        <dt>{t('trail.asOf')}</dt>
        <dd>{format.minute(figure.asOf)}</dd>
        <dt>{t('trail.knownAt')}</dt>
        <dd>{format.minute(figure.knownAt)}</dd>
        <dt>{t('trail.eventsHash')}</dt>
        <dd>
          <code>{figure.eventsHash}</code>
        </dd>
      </dl>
      <Meanwhile chains={figure.displacement} />
      {figure.children.length > 0 && (
        <section>
          <h3>{t('trail.children')}</h3>
          <ul className="buttons">
            {figure.children.slice(0, MAX_CHILDREN_SHOWN).map((child) => (
              <li key={child}>
                <button
                  type="button"
                  className="button button-quiet"
                  title={child}
                  onClick={() => open(child)}
                >
                  {figureInWords(t, child)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <TrailEvents count={figure.eventCount} events={figure.events} />
    </div>
  );
}
