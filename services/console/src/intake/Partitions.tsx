import { useTranslation } from 'react-i18next';
import type { PartitionHealth } from '../../../../schemas/api/overview.ts';
import { useIntake } from '../api/chain.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';

const REFUSED = ['conflicts', 'rejected'] as const;

/** The leader's topic partition by partition: one that stands still shows, where the sum of all still grows. */
export function Partitions({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const intake = useIntake(leader);
  const number = (
    key: string,
    of: (row: PartitionHealth) => number,
    className?: (row: PartitionHealth) => string,
  ): Column<PartitionHealth> => ({
    key,
    label: t(`partitions.${key}`),
    isNumber: true,
    sort: of,
    cell: (row) => <span className={className?.(row)}>{format.integer(of(row))}</span>,
  });
  const columns: readonly Column<PartitionHealth>[] = [
    {
      key: 'partition',
      label: t('partitions.partition'),
      isHead: true,
      sort: ({ partition }) => partition,
      cell: ({ partition }) => t('partitions.name', { partition }),
    },
    number('committed', ({ committed }) => committed),
    number('end', ({ end }) => end),
    number(
      'lag',
      ({ lag }) => lag,
      ({ lag }) => (lag > 0 ? 'loss' : ''),
    ),
    number('accepted', ({ verdicts }) => verdicts.accepted),
    number('refused', ({ verdicts }) => REFUSED.reduce((sum, verdict) => sum + verdicts[verdict], 0)),
    {
      key: 'judged',
      label: t('partitions.judged'),
      sort: ({ lastVerdictAt }) => lastVerdictAt,
      cell: ({ lastVerdictAt }) => (
        <span className="number">
          {lastVerdictAt === null ? t('partitions.never') : format.minute(lastVerdictAt)}
        </span>
      ),
    },
  ];
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('partitions.title')}</h2>
        <span className="quiet">{t('partitions.remark')}</span>
      </div>
      <DataTable
        label={t('partitions.title')}
        columns={columns}
        rows={intake.data?.partitions}
        rowKey={({ partition }) => String(partition)}
        query={intake}
        empty={t('partitions.none')}
      />
    </section>
  );
}
