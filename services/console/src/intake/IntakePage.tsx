import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { DeadLetterList } from '../../../../schemas/api/deadLetters.ts';
import { get } from '../api/client.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { refusalInWords } from '../ui/words.ts';
import { Partitions } from './Partitions.tsx';
import { Receipts } from './Receipts.tsx';
import { RefusalReason } from './RefusalReason.tsx';
import { VerdictKeys } from './VerdictKeys.tsx';

/** Whether events arrive and are taken; every refused record with its reason. */
export default function IntakePage({ leader }: { readonly leader?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const letters = useQuery({
    queryKey: ['dead-letters', leader],
    queryFn: () => get<DeadLetterList>('/api/v1/dead-letters', { leader, limit: 100 }),
  });
  const columns: readonly Column<DeadLetterList['items'][number]>[] = [
    {
      key: 'reason',
      label: t('intake.reason'),
      isHead: true,
      sort: ({ reason }) => reason,
      cell: ({ reason }) => refusalInWords(t, reason),
    },
    {
      key: 'explanation',
      label: t('intake.explanation'),
      isWide: true,
      cell: ({ reason, explanation, explanationZh }) => (
        <RefusalReason code={reason} explanation={explanation} explanationZh={explanationZh} remedy={null} />
      ),
    },
    { key: 'where', label: t('intake.where'), cell: ({ id }) => <code>{id}</code> },
    {
      key: 'received',
      label: t('intake.received'),
      sort: ({ receivedAt }) => receivedAt,
      cell: ({ receivedAt }) => <span className="number">{format.minute(receivedAt)}</span>,
    },
  ];
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('intake.title')}</h1>
        <span className="quiet">{t('intake.remark')}</span>
      </div>
      <VerdictKeys leader={leader} />
      {leader !== undefined && (
        <>
          <Partitions leader={leader} />
          <Receipts leader={leader} />
        </>
      )}
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
                    {refusalInWords(t, reason)} {format.integer(count)}
                  </span>
                ))}
              </p>
              <DataTable
                label={t('intake.refused')}
                columns={columns}
                rows={list.items}
                rowKey={({ id }) => id}
                query={letters}
                empty={t('intake.none')}
              />
            </>
          )}
        </Loaded>
      </section>
    </div>
  );
}
