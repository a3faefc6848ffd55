import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../../schemas/api/findings.ts';
import type { FindingPage } from '../../../../schemas/api/overview.ts';
import { get } from '../api/client.ts';
import { FindingPanel } from '../findings/FindingPanel.tsx';
import { findingInWords } from '../findings/findingWords.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { useListAddress } from '../ui/tableState.ts';

/** What the checks found about the firm: what it rests on, to be answered, and after the decision to be appealed against. */
export default function FindingsPage({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { filter, pagingOf } = useListAddress();
  const [openId, setOpenId] = useState<string | null>(null);
  const asked = { supplier: uscc, cursor: filter.cursor };
  const findings = useQuery({
    queryKey: ['findings', asked],
    queryFn: () => get<FindingPage>('/api/v1/findings', asked),
    placeholderData: keepPreviousData,
  });
  const opened = findings.data?.items.find(({ id }) => id === openId);
  const columns: readonly Column<Finding>[] = [
    {
      key: 'code',
      label: t('findings.code'),
      isHead: true,
      cell: ({ id, code }) => (
        <button type="button" className="figure" onClick={() => setOpenId(id)}>
          {findingInWords(t, code)}
        </button>
      ),
    },
    { key: 'state', label: t('findings.stateLabel'), cell: ({ state }) => t(`findings.state.${state}`) },
    {
      key: 'due',
      label: t('findings.due'),
      cell: ({ dueOn, isOverdue }) => (
        <>
          <span className="number">{format.day(dueOn)}</span>{' '}
          {isOverdue && <Pill tone="bad">{t('suppliers.overdue')}</Pill>}
        </>
      ),
    },
  ];
  return (
    <div className="stack">
      <h1>{t('findings.ownTitle')}</h1>
      <p>{t('findings.ownText')}</p>
      <section className="card">
        <DataTable
          label={t('findings.ownTitle')}
          columns={columns}
          rows={findings.data?.items}
          rowKey={({ id }) => id}
          query={findings}
          empty={t('findings.none')}
          {...(findings.data === undefined ? {} : { paging: pagingOf(findings.data) })}
        />
      </section>
      {opened !== undefined && <FindingPanel finding={opened} isConcerned onClose={() => setOpenId(null)} />}
    </div>
  );
}
