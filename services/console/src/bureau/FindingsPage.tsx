import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../../schemas/api/findings.ts';
import type { FindingPage } from '../../../../schemas/api/overview.ts';
import { get } from '../api/client.ts';
import { FindingPanel } from '../findings/FindingPanel.tsx';
import { findingInWords, ownerInWords } from '../findings/findingWords.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { useListAddress } from '../ui/tableState.ts';
import { ExportLinks } from './ExportLinks.tsx';

const TONES = { critical: 'bad', warning: 'warn', info: 'plain' } as const;
const STATES = ['open', 'replied', 'appealed', 'closed'] as const;

/** What the checks over all data found, with who has to answer and until when. */
export default function FindingsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { filter, change, pagingOf } = useListAddress();
  const [openId, setOpenId] = useState<string | null>(null);
  const findings = useQuery({
    queryKey: ['findings', filter],
    queryFn: () => get<FindingPage>('/api/v1/findings', filter),
    placeholderData: keepPreviousData,
  });
  const opened = findings.data?.items.find(({ id }) => id === openId);
  const columns: readonly Column<Finding>[] = [
    {
      key: 'code',
      label: t('findings.code'),
      isHead: true,
      cell: ({ id, code, entities }) => (
        <>
          <button type="button" className="figure" onClick={() => setOpenId(id)}>
            {findingInWords(t, code)}
          </button>
          <div className="quiet">{entities.join(' · ')}</div>
        </>
      ),
    },
    {
      key: 'severity',
      label: t('findings.severity'),
      cell: ({ severity }) => <Pill tone={TONES[severity]}>{t(`findings.severityName.${severity}`)}</Pill>,
    },
    { key: 'owner', label: t('findings.owner'), cell: ({ owner }) => ownerInWords(t, owner) },
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
    { key: 'state', label: t('findings.stateLabel'), cell: ({ state }) => t(`findings.state.${state}`) },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t('findings.title')}</h1>
        <span className="quiet">{t('findings.remark')}</span>
        <ExportLinks list="findings" />
      </div>
      <section className="card">
        <search className="filters no-print">
          <label className="field">
            <span>{t('findings.stateLabel')}</span>
            <select
              value={filter.state ?? ''}
              onChange={(event) => change({ state: event.target.value || undefined })}
            >
              <option value="">{t('action.all')}</option>
              {STATES.map((state) => (
                <option key={state} value={state}>
                  {t(`findings.state.${state}`)}
                </option>
              ))}
            </select>
          </label>
        </search>
        <DataTable
          label={t('findings.title')}
          columns={columns}
          rows={findings.data?.items}
          rowKey={({ id }) => id}
          query={findings}
          empty={t('findings.none')}
          {...(findings.data === undefined ? {} : { paging: pagingOf(findings.data) })}
        />
      </section>
      {opened !== undefined && <FindingPanel finding={opened} onClose={() => setOpenId(null)} />}
    </>
  );
}
