import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AuditRunHead, AuditRunPage } from '../../../../schemas/api/bureau.ts';
import { get } from '../api/client.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { useListAddress } from '../ui/tableState.ts';
import { kpiInWords } from '../ui/words.ts';
import { VerdictPill } from './VerdictPill.tsx';

/** Audit runs that are kept: whether a KPI rose, and whether it spread along the chain. */
export default function AuditsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { filter, pagingOf } = useListAddress();
  const runs = useQuery({
    queryKey: ['audits', filter.cursor],
    queryFn: () => get<AuditRunPage>('/api/v1/audits', { cursor: filter.cursor }),
    placeholderData: keepPreviousData,
  });
  const columns: readonly Column<AuditRunHead>[] = [
    {
      key: 'run',
      label: t('audits.run'),
      isHead: true,
      cell: ({ runId, kpi }) => (
        <>
          <Link to={`/audits/${runId}`}>{kpiInWords(t, kpi.id)}</Link>
          <div className="quiet">
            <code>{runId}</code>
          </div>
        </>
      ),
    },
    {
      key: 'scope',
      label: t('audits.scope'),
      cell: ({ chain, programmes }) => chain?.name ?? programmes?.join(' · ') ?? t('action.all'),
    },
    { key: 'asOf', label: t('trail.asOf'), cell: ({ asOf }) => format.day(asOf) },
    { key: 'direct', label: t('audits.direct'), cell: ({ direct }) => <VerdictPill verdict={direct} /> },
    {
      key: 'spillover',
      label: t('audits.spillover'),
      cell: ({ spillover }) => <VerdictPill verdict={spillover} />,
    },
    { key: 'stored', label: t('audits.stored'), cell: ({ storedAt }) => format.minute(storedAt) },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t('audits.title')}</h1>
        <span className="quiet">{t('audits.remark')}</span>
      </div>
      <section className="card">
        <DataTable
          label={t('audits.title')}
          columns={columns}
          rows={runs.data?.items}
          rowKey={({ runId }) => runId}
          query={runs}
          empty={t('audits.none')}
          {...(runs.data === undefined ? {} : { paging: pagingOf(runs.data) })}
        />
      </section>
    </>
  );
}
