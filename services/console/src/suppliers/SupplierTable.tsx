import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OnboardingPage, OnboardingRow } from '../../../../schemas/api/board.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import type { Paging, Sorting } from '../ui/tableState.ts';
import { reasonInWords } from '../ui/words.ts';
import { RiskPill } from './RiskPill.tsx';
import { StatusPill } from './StatusPill.tsx';
import { WaitingFor } from './WaitingFor.tsx';

/** Onboardings, sorted and turned at the server: thousands of rows cost no more than fifty. */
export function SupplierTable({
  list,
  sorting,
  pagingOf,
}: {
  readonly list: UseQueryResult<OnboardingPage>;
  readonly sorting: Sorting;
  readonly pagingOf: (page: OnboardingPage) => Paging;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: readonly Column<OnboardingRow>[] = [
    {
      key: 'name',
      label: t('suppliers.name'),
      isHead: true,
      sort: true,
      cell: ({ name, uscc }) => (
        <>
          <Link to={`/suppliers/${uscc}`}>{name ?? uscc}</Link>
          {name !== null && (
            <>
              <br />
              <code className="quiet">{uscc}</code>
            </>
          )}
        </>
      ),
    },
    { key: 'stage', label: t('suppliers.stage'), cell: ({ stage }) => t(`stage.${stage}`) },
    {
      key: 'status',
      label: t('suppliers.statusLabel'),
      cell: ({ status, failureReason }) => (
        <>
          <StatusPill status={status} />
          {failureReason !== null && <div className="quiet">{reasonInWords(t, codeOf(failureReason))}</div>}
        </>
      ),
    },
    {
      key: 'waiting',
      label: t('suppliers.waiting'),
      cell: ({ waiting }) => (waiting.length === 0 ? '—' : <WaitingFor waiting={waiting} />),
    },
    {
      key: 'nextDueAt',
      label: t('suppliers.deadline'),
      sort: true,
      cell: (row) => <span className="number">{format.day(earliest(row))}</span>,
    },
    {
      key: 'risk',
      label: t('suppliers.risk'),
      cell: ({ risk, help }) => (
        <>
          <RiskPill risk={risk} />
          {help.map(({ step, comment }) => (
            <div key={step}>
              <Pill tone="warn">{t('help.wanted')}</Pill> <span className="quiet">{comment}</span>
            </div>
          ))}
        </>
      ),
    },
  ];
  return (
    <DataTable
      label={t('suppliers.title')}
      columns={columns}
      rows={list.data?.items}
      rowKey={({ workflowId }) => workflowId}
      query={list}
      empty={t('suppliers.none')}
      sorting={sorting}
      {...(list.data === undefined ? {} : { paging: pagingOf(list.data) })}
    />
  );
}

const codeOf = ({ group, cause }: NonNullable<OnboardingRow['failureReason']>): string =>
  [group, cause].filter(Boolean).join('/');

const earliest = (row: OnboardingRow): string | null =>
  row.waiting
    .map(({ deadline }) => deadline)
    .filter((deadline) => deadline !== null)
    .sort()[0] ?? null;
