import { useTranslation } from 'react-i18next';
import type { WorkPaperDetail } from '../../../../../schemas/api/samples.ts';
import { Figure } from '../../figures/Figure.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { useFormat } from '../../ui/format.ts';
import { Pill } from '../../ui/Pill.tsx';
import { eventInWords, kpiInWords, kpiOfSlug, nullReasonInWords } from '../../ui/words.ts';

const SHORT_HASH = 12;
type Props = { readonly paper: WorkPaperDetail };

/** The files that the firm handed in, and whether contract, invoices and payments match. */
export function Documents({ paper }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (paper.documents.every(({ files }) => files.length === 0))
    return <p className="quiet">{t('samples.noDocuments')}</p>;
  const columns: readonly Column<WorkPaperDetail['documents'][number]['files'][number]>[] = [
    {
      key: 'file',
      label: t('samples.documents'),
      isHead: true,
      cell: ({ fileName, sha256 }) => (
        <a href={`/api/v1/suppliers/${paper.uscc}/evidence/${sha256}`} download>
          {fileName}
        </a>
      ),
    },
    { key: 'kind', label: t('evidence.kind'), cell: ({ kind }) => t(`evidence.kinds.${kind}`) },
    { key: 'number', label: t('samples.number'), cell: ({ documentNumber }) => documentNumber ?? '—' },
    {
      key: 'amount',
      label: t('samples.amount'),
      isNumber: true,
      cell: ({ amountFen }) => format.decimal(amountFen === null ? null : amountFen / 100),
    },
    {
      key: 'hash',
      label: 'SHA-256',
      cell: ({ sha256 }) => <code title={sha256}>{sha256.slice(0, SHORT_HASH)}…</code>,
    },
  ];
  return paper.documents.map(({ programme, match, files }) => (
    <div key={programme}>
      <p>
        <Pill tone={match.state === 'matched' ? 'good' : match.state === 'mismatched' ? 'bad' : 'warn'}>
          {t(`evidence.match.${match.state}`)}
        </Pill>{' '}
        <span className="quiet">{programme}</span>
      </p>
      <DataTable
        label={t('samples.documents')}
        columns={columns}
        rows={files}
        rowKey={({ event }) => event}
        empty={t('samples.noDocuments')}
      />
    </div>
  ));
}

/** What has come from the firm's own systems and its platform. */
export function Received({ paper }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: readonly Column<WorkPaperDetail['received'][number]>[] = [
    { key: 'type', label: t('trail.type'), isHead: true, cell: ({ type }) => type },
    { key: 'source', label: t('samples.source'), cell: ({ source }) => <code>{source}</code> },
    {
      key: 'events',
      label: t('samples.events'),
      isNumber: true,
      cell: ({ events }) => format.integer(events),
    },
    { key: 'last', label: t('samples.last'), cell: ({ lastTime }) => format.day(lastTime) },
  ];
  return (
    <>
      <h3>{t('samples.received')}</h3>
      <DataTable
        label={t('samples.received')}
        columns={columns}
        rows={paper.received}
        rowKey={({ source, type }) => `${source} ${type}`}
        empty={t('samples.receivedNone')}
      />
    </>
  );
}

/** Figures with their trails, the frozen baseline, and the events of the file with their hashes. */
export function Figures({ paper }: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { baseline, timeline } = paper;
  const intact = timeline.filter(({ isIntact }) => isIntact).length;
  const kpis: readonly Column<WorkPaperDetail['kpis'][number]>[] = [
    {
      key: 'kpi',
      label: t('samples.kpi'),
      isHead: true,
      cell: ({ kpi }) => kpiInWords(t, kpiOfSlug(kpi)),
    },
    {
      key: 'values',
      label: t('samples.beforeAfter'),
      isNumber: true,
      cell: ({ before, after, reason }) =>
        reason === null
          ? `${format.decimal(before)} → ${format.decimal(after)}`
          : nullReasonInWords(i18n.language, reason),
    },
    {
      key: 'change',
      label: t('mine.change'),
      isNumber: true,
      cell: ({ change, figureId, kpi }) => (
        <Figure id={figureId} label={kpiInWords(t, kpiOfSlug(kpi))}>
          {format.change(change)}
        </Figure>
      ),
    },
  ];
  const events: readonly Column<WorkPaperDetail['timeline'][number]>[] = [
    { key: 'at', label: t('samples.time'), cell: ({ at }) => format.day(at) },
    {
      key: 'type',
      label: t('trail.type'),
      isHead: true,
      cell: ({ type, source }) => (
        <>
          {eventInWords(t, type)}
          <div className="quiet">{source}</div>
        </>
      ),
    },
    {
      key: 'where',
      label: t('trail.where'),
      cell: ({ topic, partition, offset }) => `${topic} ${partition} / ${offset}`,
    },
    {
      key: 'hash',
      label: t('trail.hash'),
      cell: ({ hash, isIntact }) => (
        <>
          <code title={hash}>{hash.slice(0, SHORT_HASH)}…</code>{' '}
          <Pill tone={isIntact ? 'good' : 'bad'}>{isIntact ? '✓' : '✗'}</Pill>
        </>
      ),
    },
  ];
  return (
    <div className="stack">
      <p>
        <Pill tone={intact === timeline.length ? 'good' : 'bad'}>
          {t('samples.intact', { intact, total: timeline.length })}
        </Pill>
      </p>
      <dl className="facts">
        <dt>{t('samples.baseline')}</dt>
        <dd>
          {baseline === null
            ? t('samples.noBaseline')
            : t('samples.baselineText', {
                months: baseline.months.length,
                month: baseline.contractMonth,
                hash: `${baseline.figuresSha256.slice(0, SHORT_HASH)}…`,
              })}
        </dd>
      </dl>
      <DataTable
        label={t('samples.check.figures-traceable')}
        columns={kpis}
        rows={paper.kpis}
        rowKey={({ kpi }) => kpi}
        empty={t('state.empty')}
      />
      <details>
        <summary>{t('samples.timeline')}</summary>
        <DataTable
          label={t('samples.timeline')}
          columns={events}
          rows={timeline}
          rowKey={({ source, id }) => `${source} ${id}`}
          empty={t('state.empty')}
        />
      </details>
    </div>
  );
}
