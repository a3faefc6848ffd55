import { useTranslation } from 'react-i18next';
import { useConnection } from '../api/onboardings.ts';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';

/** Whether our data arrive: the last of each kind, and what was refused, why, and what to do about it. */
export default function ConnectionPage({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const connection = useConnection(uscc);
  return (
    <Loaded query={connection}>
      {({ received, refused }) => (
        <div className="stack">
          <h1>{t('nav.connection')}</h1>
          <section className="card">
            <h2>{t('intake.accepted')}</h2>
            {received.length === 0 && <Empty title={t('intake.never')} />}
            <ul className="rows">
              {received.map((row) => (
                <li key={`${row.source} ${row.type}`}>
                  <div className="split">
                    <strong>{row.type}</strong>
                    <span className="number">{format.integer(row.events)}</span>
                  </div>
                  <div className="quiet">
                    {row.source} · {t('intake.last', { time: format.minute(row.lastRecordedAt) })}
                  </div>
                </li>
              ))}
            </ul>
          </section>
          <section className="card">
            <h2>
              {t('intake.refused')} <span className="number">{format.integer(refused.total)}</span>
            </h2>
            {refused.total === 0 && <p className="quiet">{t('intake.none')}</p>}
            <ul className="rows">
              {refused.items.map((item) => (
                <li key={item.id}>
                  <div className="split">
                    <code>{item.reason}</code>
                    <span className="quiet">{format.minute(item.receivedAt)}</span>
                  </div>
                  <p>{item.explanation}</p>
                  <p className="quiet">
                    {t('intake.remedy')}: {item.remedy}
                  </p>
                </li>
              ))}
            </ul>
          </section>
        </div>
      )}
    </Loaded>
  );
}
