import { useTranslation } from 'react-i18next';
import { useConnection } from '../api/onboardings.ts';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { eventInWords } from '../ui/words.ts';
import { RefusedRecord } from './Refusals.tsx';

/** Whether our data arrive: the last of each kind, and what was refused, why, and how to mend it here. */
export default function ConnectionPage({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const connection = useConnection(uscc);
  const typeName = (type: string): string => eventInWords(t, type);
  return (
    <div className="stack">
      <h1>{t('nav.connection')}</h1>
      <Loaded query={connection}>
        {({ received, refused }) => {
          const last = received.find(({ type }) => type === 'inventory.closed.v1') ?? received[0];
          return (
            <>
              <section className={refused.open > 0 ? 'card next next-warn' : 'card next'}>
                <p>
                  <strong>
                    {last === undefined
                      ? t('connection.never')
                      : t('connection.good', {
                          type: typeName(last.type),
                          ago: format.ago(last.lastRecordedAt),
                        })}
                  </strong>
                </p>
                <p>
                  {refused.open > 0
                    ? t('connection.refusedSome', { count: refused.open })
                    : t('connection.refusedNone')}
                </p>
              </section>
              {refused.items.length > 0 && (
                <section className="card">
                  <h2>
                    {t('connection.refused')} <span className="number">{format.integer(refused.total)}</span>
                  </h2>
                  <ul className="rows">
                    {refused.items.map((refusal) => (
                      <RefusedRecord key={refusal.id} refusal={refusal} />
                    ))}
                  </ul>
                </section>
              )}
              <section className="card">
                <h2>{t('connection.kinds')}</h2>
                {received.length === 0 && <Empty title={t('connection.never')} />}
                <ul className="rows">
                  {received.map((row) => (
                    <li key={`${row.source} ${row.type}`}>
                      <div className="split">
                        <strong>{typeName(row.type)}</strong>
                        <span className="number">{format.integer(row.events)}</span>
                      </div>
                      <div className="quiet">
                        {row.source} · {format.minute(row.lastRecordedAt)}
                      </div>
                    </li>
                  ))}
                </ul>
              </section>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
