import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SampleHead, SamplePage } from '../../../../../schemas/api/samples.ts';
import { get } from '../../api/client.ts';
import type { Session } from '../../app/session.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { useFormat } from '../../ui/format.ts';
import { useListAddress } from '../../ui/tableState.ts';
import { DrawForm } from './DrawForm.tsx';

/** Samples of accepted files, and the way to draw another. */
export default function SamplesPage({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { filter, pagingOf } = useListAddress();
  const samples = useQuery({
    queryKey: ['samples', filter.cursor],
    queryFn: () => get<SamplePage>('/api/v1/samples', { cursor: filter.cursor }),
    placeholderData: keepPreviousData,
  });
  const columns: readonly Column<SampleHead>[] = [
    {
      key: 'drawn',
      label: t('samples.drawn'),
      isHead: true,
      cell: ({ drawId, drawnAt }) => (
        <>
          <Link to={`/samples/${drawId}`}>{format.minute(drawnAt)}</Link>
          <div className="quiet">
            <code>{drawId}</code>
          </div>
        </>
      ),
    },
    {
      key: 'scope',
      label: t('samples.scope'),
      cell: ({ jurisdiction, programmes }) =>
        programmes?.join(' · ') ??
        jurisdiction.zone ??
        (jurisdiction.region === '000000' ? t('samples.country') : jurisdiction.region),
    },
    { key: 'by', label: t('samples.by'), cell: ({ actor }) => actor.name },
    {
      key: 'population',
      label: t('samples.population'),
      isNumber: true,
      cell: ({ population }) => format.integer(population),
    },
    {
      key: 'random',
      label: t('samples.random'),
      isNumber: true,
      cell: ({ drawn }) => format.integer(drawn),
    },
    {
      key: 'ruled',
      label: t('samples.ruled'),
      isNumber: true,
      cell: ({ byRule }) => format.integer(byRule),
    },
    {
      key: 'progress',
      label: t('samples.progress'),
      isNumber: true,
      cell: ({ closed, drawn, byRule }) => `${format.integer(closed)} / ${format.integer(drawn + byRule)}`,
    },
    {
      key: 'faulty',
      label: t('samples.faulty'),
      isNumber: true,
      cell: ({ faulty }) => format.integer(faulty),
    },
  ];
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('samples.title')}</h1>
        <span className="quiet">{t('samples.remark')}</span>
      </div>
      <section className="card">
        <DataTable
          label={t('samples.title')}
          columns={columns}
          rows={samples.data?.items}
          rowKey={({ drawId }) => drawId}
          query={samples}
          empty={t('samples.none')}
          {...(samples.data === undefined ? {} : { paging: pagingOf(samples.data) })}
        />
      </section>
      <DrawForm businessTime={session.businessTime} />
    </div>
  );
}
