import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Publication, Publications } from '../../../../schemas/api/bureau.ts';
import type { Restatements } from '../../../../schemas/api/figures.ts';
import { get } from '../api/client.ts';
import { Figure } from '../figures/Figure.tsx';
import { TrailEvents } from '../figures/TrailEvents.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Pill } from '../ui/Pill.tsx';
import { Loaded } from '../ui/States.tsx';
import { figureInWords, nullReasonInWords } from '../ui/words.ts';
import { ExportLinks } from './ExportLinks.tsx';

type Head = Publications['publications'][number];
type Restatement = Restatements['restatements'][number];
const SHORT_HASH = 12;

/** Months that were frozen and signed, and what has become another figure since. */
export default function PublicationsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const [period, setPeriod] = useState<string | null>(null);
  const [caused, setCaused] = useState<Restatement | null>(null);
  const published = useQuery({
    queryKey: ['publications'],
    queryFn: () => get<Publications>('/api/v1/publications'),
  });
  const restated = useQuery({
    queryKey: ['restatements'],
    queryFn: () => get<Restatements>('/api/v1/restatements'),
  });
  const months: readonly Column<Head>[] = [
    {
      key: 'period',
      label: t('figures.period'),
      isHead: true,
      sort: (row) => row.period,
      cell: (row) => (
        <button type="button" className="figure" onClick={() => setPeriod(row.period)}>
          {row.period}
        </button>
      ),
    },
    { key: 'at', label: t('figures.publishedAt'), cell: (row) => format.minute(row.publishedAt) },
    { key: 'by', label: t('figures.by'), cell: ({ by }) => by },
    { key: 'count', label: t('figures.count'), isNumber: true, cell: (row) => format.integer(row.figures) },
    {
      key: 'hash',
      label: t('figures.hash'),
      cell: (row) => <code title={row.figuresSha256}>{row.figuresSha256.slice(0, SHORT_HASH)}…</code>,
    },
    {
      key: 'intact',
      label: t('figures.signature'),
      cell: ({ isIntact, problems }) => (
        <>
          <Pill tone={isIntact ? 'good' : 'bad'}>{t(isIntact ? 'figures.intact' : 'figures.broken')}</Pill>
          {problems.map((problem) => (
            <div key={problem} className="quiet">
              {problem}
            </div>
          ))}
        </>
      ),
    },
  ];
  const changes: readonly Column<Restatement>[] = [
    { key: 'period', label: t('figures.period'), sort: (row) => row.period, cell: (row) => row.period },
    {
      key: 'figure',
      label: t('trail.definition'),
      isHead: true,
      cell: (row) => <span title={row.figureId}>{figureInWords(t, row.figureId)}</span>,
    },
    {
      key: 'old',
      label: t('figures.old'),
      isNumber: true,
      cell: ({ before }) => format.decimal(before.value),
    },
    {
      key: 'new',
      label: t('figures.new'),
      isNumber: true,
      cell: ({ figureId, after }) => (
        <Figure id={figureId} label={figureId}>
          {format.decimal(after?.value)}
        </Figure>
      ),
    },
    {
      key: 'cause',
      label: t('figures.cause'),
      cell: (row) => (
        <button
          type="button"
          className="figure"
          title={t('trail.open', { figure: row.figureId })}
          onClick={() => setCaused(row)}
        >
          {t('figures.causes', { count: row.causeCount })}
        </button>
      ),
    },
  ];
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('figures.title')}</h1>
        <span className="quiet">{t('figures.remark')}</span>
        <ExportLinks list="publications" />
      </div>
      <section className="card">
        <DataTable
          label={t('figures.title')}
          columns={months}
          rows={published.data?.publications}
          rowKey={(row) => row.period}
          query={published}
          empty={t('figures.none')}
        />
      </section>
      <section className="card">
        <h2>{t('figures.restatements')}</h2>
        <DataTable
          label={t('figures.restatements')}
          columns={changes}
          rows={restated.data?.restatements}
          rowKey={(row) => `${row.period} ${row.figureId}`}
          query={restated}
          empty={t('figures.noRestatements')}
        />
      </section>
      {period !== null && <PublicationPanel period={period} onClose={() => setPeriod(null)} />}
      {caused !== null && (
        <Panel
          title={`${t('figures.cause')} · ${figureInWords(t, caused.figureId)}`}
          onClose={() => setCaused(null)}
        >
          {caused.causesBy === 'time' && <p className="quiet">{t('figures.causesByTime')}</p>}
          <TrailEvents count={caused.causeCount} events={caused.cause} />
        </Panel>
      )}
    </div>
  );
}

function PublicationPanel({ period, onClose }: { readonly period: string; readonly onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const query = useQuery({
    queryKey: ['publication', period],
    queryFn: () => get<Publication>(`/api/v1/publications/${period}`),
  });
  const columns: readonly Column<Publication['values'][number]>[] = [
    {
      key: 'figure',
      label: t('trail.definition'),
      isHead: true,
      cell: (row) => <span title={row.figureId}>{figureInWords(t, row.figureId)}</span>,
    },
    {
      key: 'value',
      label: t('figures.value'),
      isNumber: true,
      cell: ({ figureId, value, reason }) => (
        <Figure id={figureId} label={figureId}>
          {reason === null ? format.decimal(value) : nullReasonInWords(i18n.language, reason)}
        </Figure>
      ),
    },
    {
      key: 'events',
      label: t('trail.events'),
      isNumber: true,
      cell: (row) => format.integer(row.eventCount),
    },
  ];
  return (
    <Panel title={`${t('figures.title')} · ${period}`} onClose={onClose}>
      <Loaded query={query}>
        {(data) => (
          <div className="stack">
            <dl className="facts">
              <dt>{t('figures.by')}</dt>
              <dd>{data.by}</dd>
              <dt>{t('trail.knownAt')}</dt>
              <dd>{format.minute(data.knownAt)}</dd>
              <dt>{t('figures.hash')}</dt>
              <dd>
                <code>{data.figuresSha256}</code>
              </dd>
              <dt>{t('figures.signature')}</dt>
              <dd>
                <code>{data.signature.value}</code>
              </dd>
            </dl>
            <DataTable
              label={period}
              columns={columns}
              rows={data.values}
              rowKey={(row) => row.figureId}
              empty={t('state.empty')}
            />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
