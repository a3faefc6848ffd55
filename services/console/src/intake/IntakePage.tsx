import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { DeadLetterList } from '../../../../schemas/api/deadLetters.ts';
import { get } from '../api/client.ts';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { Receipts } from './Receipts.tsx';
import { VerdictKeys } from './VerdictKeys.tsx';

/** Whether events arrive and are taken; every refused record with its reason. */
export default function IntakePage({ leader }: { readonly leader?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const letters = useQuery({
    queryKey: ['dead-letters', leader],
    queryFn: () => get<DeadLetterList>('/api/v1/dead-letters', { leader, limit: 100 }),
  });
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('intake.title')}</h1>
        <span className="quiet">{t('intake.remark')}</span>
      </div>
      <VerdictKeys leader={leader} />
      {leader !== undefined && <Receipts leader={leader} />}
      <section className="card">
        <h2>{t('intake.refused')}</h2>
        <Loaded
          query={letters}
          isEmpty={(list) => list.total === 0}
          empty={<Empty title={t('intake.none')} />}
        >
          {(list) => (
            <>
              <p className="buttons">
                {Object.entries(list.byReason).map(([reason, count]) => (
                  <span key={reason} className="pill">
                    {reason} {format.integer(count)}
                  </span>
                ))}
              </p>
              <div className="table-wrap">
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t('intake.reason')}</th>
                      <th scope="col">{t('intake.explanation')}</th>
                      <th scope="col">{t('intake.where')}</th>
                      <th scope="col">{t('intake.received')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {list.items.map((item) => (
                      <tr key={item.id}>
                        <th scope="row">
                          <code>{item.reason}</code>
                        </th>
                        <td>{item.explanation}</td>
                        <td className="number">
                          <code>{item.id}</code>
                        </td>
                        <td className="number">{format.minute(item.receivedAt)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )}
        </Loaded>
      </section>
    </div>
  );
}
