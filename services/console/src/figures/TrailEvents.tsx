import { useTranslation } from 'react-i18next';
import type { FigureExplanation } from '../../../../schemas/api/kpi.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
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
  const columns: readonly Column<FigureExplanation['events'][number]>[] = [
    {
      key: 'type',
      label: t('trail.type'),
      isHead: true,
      cell: ({ type, period, id }) => (
        <>
          {type} <span className="quiet">{period}</span>
          <br />
          <code>{id}</code>
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
        rowKey={({ source, id }) => `${source} ${id}`}
        empty=""
      />
    </section>
  );
}
