import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventPlace } from '../../../../schemas/api/kpi.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { eventInWords } from '../ui/words.ts';
import { EventPanel } from './EventPanel.tsx';

const SHORT_HASH = 12;

/** The events themselves, with where they stand in Kafka and the hash of what they say; each opens. */
export function TrailEvents({
  count,
  events,
}: {
  readonly count: number;
  readonly events: readonly EventPlace[];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [opened, setOpened] = useState<EventPlace | null>(null);
  if (events.length === 0) return null;
  const columns: readonly Column<EventPlace>[] = [
    {
      key: 'type',
      label: t('trail.type'),
      isHead: true,
      cell: (event) => (
        <>
          {event.type === '' ? t('trail.unread') : eventInWords(t, event.type)}{' '}
          <span className="quiet">{event.period}</span>
          <br />
          {/* A record that could not be read has a place and a hash, and nothing more to say. */}
          {event.source === '' || event.id === `${event.topic}/${event.partition}/${event.offset}` ? (
            <code>{event.id}</code>
          ) : (
            <button type="button" className="figure" onClick={() => setOpened(event)}>
              <code>{event.id}</code>
            </button>
          )}
        </>
      ),
    },
    {
      key: 'where',
      label: t('trail.where'),
      cell: ({ topic, partition, offset }) => (
        <span className="number">
          {topic}
          <br />
          {partition} / {offset}
        </span>
      ),
    },
    {
      key: 'hash',
      label: t('trail.hash'),
      cell: ({ hash }) => <code title={hash}>{hash.slice(0, SHORT_HASH)}…</code>,
    },
  ];
  return (
    <section>
      <h3>
        {t('trail.events')} <span className="quiet">{format.integer(count)}</span>
      </h3>
      {count > events.length && <p className="quiet">{t('trail.first', { count: events.length })}</p>}
      <DataTable
        label={t('trail.events')}
        columns={columns}
        rows={events}
        rowKey={({ topic, partition, offset }) => `${topic} ${partition} ${offset}`}
        empty=""
      />
      {opened !== null && <EventPanel event={opened} onClose={() => setOpened(null)} />}
    </section>
  );
}
