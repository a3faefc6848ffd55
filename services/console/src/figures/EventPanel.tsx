import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EventRecord } from '../../../../schemas/api/events.ts';
import { get } from '../api/client.ts';
import { useFormat } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Loaded } from '../ui/States.tsx';
import { eventInWords } from '../ui/words.ts';

export interface EventName {
  readonly source: string;
  readonly id: string;
  readonly type: string;
}

/** One event as it was taken in: what it says, where it stands in Kafka, its hash, and what has corrected it since. */
export function EventPanel({ event, onClose }: { readonly event: EventName; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { source, id, type } = event;
  const query = useQuery({
    queryKey: ['event', source, id],
    queryFn: () => get<EventRecord>('/api/v1/events', { source, id }),
  });
  return (
    <Panel title={`${t('trail.event')} · ${eventInWords(t, type)}`} onClose={onClose}>
      <Loaded query={query}>
        {(record) => (
          <div className="stack">
            <dl className="facts">
              <dt>{t('trail.type')}</dt>
              <dd>
                <code>{type}</code>
              </dd>
              <dt>{t('trail.source')}</dt>
              <dd>
                <code>
                  {source} {id}
                </code>
              </dd>
              <dt>{t('trail.where')}</dt>
              <dd className="number">
                {record.topic} · {record.partition} / {record.offset}
              </dd>
              <dt>{t('trail.hash')}</dt>
              <dd>
                <code>{record.hash ?? '—'}</code>
              </dd>
              <dt>{t('trail.chainHash')}</dt>
              <dd>
                <code>{record.chainHash ?? '—'}</code>
              </dd>
              <dt>{t('trail.knownAt')}</dt>
              <dd>{format.minute(record.recordedAt)}</dd>
              {record.corrections.length > 0 && (
                <>
                  <dt>{t('trail.corrections')}</dt>
                  <dd>
                    {record.corrections.map((correction) => (
                      <div key={correction.id}>
                        {format.minute(correction.time)} <code>{correction.id}</code>
                      </div>
                    ))}
                  </dd>
                </>
              )}
            </dl>
            <h3>{t('trail.content')}</h3>
            <pre className="content-text">{JSON.stringify(record.event, null, 2)}</pre>
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
