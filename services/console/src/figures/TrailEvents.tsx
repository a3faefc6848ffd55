import { useTranslation } from 'react-i18next';
import type { FigureExplanation } from '../../../../schemas/api/kpi.ts';
import { useFormat } from '../ui/format.ts';

const SHORT_HASH = 12;

/** The events themselves, with where they stand in Kafka and the hash of what they say. */
export function TrailEvents({
  count,
  events,
}: {
  readonly count: number;
  readonly events: FigureExplanation['events'];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (events.length === 0) return null;
  return (
    <section>
      <h3>
        {t('trail.events')} <span className="quiet">{format.integer(count)}</span>
      </h3>
      {count > events.length && <p className="quiet">{t('trail.first', { count: events.length })}</p>}
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('trail.type')}</th>
              <th scope="col">{t('trail.where')}</th>
              <th scope="col">{t('trail.hash')}</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <tr key={`${event.source} ${event.id}`}>
                <td>
                  {event.type} <span className="quiet">{event.period}</span>
                  <br />
                  <code>{event.id}</code>
                </td>
                <td className="number">
                  {event.topic}
                  <br />
                  {event.partition} / {event.offset}
                </td>
                <td>
                  <code title={event.hash}>{event.hash.slice(0, SHORT_HASH)}…</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
