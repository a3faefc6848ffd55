import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { EventTime } from '../../../../schemas/api/audit.ts';
import type { AuditVerdict, DisplacementRow } from '../../../../schemas/api/auditRun.ts';
import type { AuditRunDetail } from '../../../../schemas/api/bureau.ts';
import { AUDIT_GAPS_ZH, type AuditGap } from '../../../../schemas/wording.ts';
import { get } from '../api/client.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { Loaded, Loading } from '../ui/States.tsx';
import { kpiInWords } from '../ui/words.ts';
import { VerdictPill } from './VerdictPill.tsx';

/** Why there is no figure, which the audit says in English. */
const gapInWords = (language: string, reason: string | null): string =>
  (language === 'en' ? reason : AUDIT_GAPS_ZH[reason as AuditGap]) ?? '—';

const EventStudyChart = lazy(() => import('../charts/EventStudyChart.tsx'));

/** One audit run: verdicts or refusals, event study, spillover by exposure, displacement, files. */
export default function AuditPage() {
  const { runId = '' } = useParams();
  const query = useQuery({
    queryKey: ['audit', runId],
    queryFn: () => get<AuditRunDetail>(`/api/v1/audits/${runId}`),
  });
  return <Loaded query={query}>{(run) => <Run run={run} />}</Loaded>;
}

function Run({ run }: { readonly run: AuditRunDetail }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { result } = run;
  const warnings = i18n.language === 'en' ? result.warnings : (result.warningsZh ?? result.warnings);
  const { result: estimates } = result.views[result.view];
  return (
    <div className="stack">
      <div className="page-head">
        <Link to="/audits" className="no-print">
          ← {t('audits.title')}
        </Link>
        <h1>{kpiInWords(t, result.kpi.id)}</h1>
        <span className="quiet">{t('businessTime', { day: format.day(result.asOf) })}</span>
        <button type="button" className="button button-quiet no-print" onClick={() => window.print()}>
          {t('action.print')}
        </button>
      </div>
      {result.simulated && <p className="notice">{t('simulated')}</p>}
      <div className="columns">
        <Verdict title={t('audits.direct')} verdict={result.direct} />
        <Verdict title={t('audits.spillover')} verdict={result.spillover} />
      </div>
      <EventStudy title={t('audits.eventStudyDirect')} times={estimates.direct.dynamic.egt} />
      <EventStudy title={t('audits.eventStudySpillover')} times={estimates.spillover.egt} />
      <Exposure run={run} />
      <Displacement rows={result.displacement} />
      {result.warnings.length > 0 && (
        <section className="card">
          <h2>{t('audits.warnings')}</h2>
          <ul className="rows">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      )}
      <Files run={run} />
    </div>
  );
}

function Verdict({ title, verdict }: { readonly title: string; readonly verdict: AuditVerdict }) {
  const { t, i18n } = useTranslation();
  const isEnglish = i18n.language === 'en';
  return (
    <section className="card">
      <div className="card-head">
        <h2>{title}</h2>
        <VerdictPill verdict={verdict} />
      </div>
      <p>{isEnglish ? verdict.en : verdict.zh}</p>
      {verdict.refusals.length > 0 && (
        <ul className="rows">
          {verdict.refusals.map(({ code, ...said }) => (
            <li key={code}>
              <Pill tone="warn">{t(`audits.refusal.${code}`, { defaultValue: code })}</Pill>{' '}
              {isEnglish ? said.reason : said.reasonZh}
              <div className="quiet">{isEnglish ? said.remedy : said.remedyZh}</div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function EventStudy({ title, times }: { readonly title: string; readonly times: readonly EventTime[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: readonly Column<EventTime>[] = [
    { key: 'e', label: t('audits.since'), isHead: true, cell: ({ e }) => e },
    { key: 'att', label: t('audits.effect'), isNumber: true, cell: ({ att }) => format.decimal(att) },
    {
      key: 'interval',
      label: t('audits.interval'),
      isNumber: true,
      cell: ({ low, high }) => `${format.decimal(low)} – ${format.decimal(high)}`,
    },
    {
      key: 'band',
      label: t('audits.band'),
      isNumber: true,
      cell: ({ bandLow, bandHigh }) => `${format.decimal(bandLow)} – ${format.decimal(bandHigh)}`,
    },
  ];
  return (
    <section className="card">
      <h2>{title}</h2>
      {times.length > 0 && (
        <Suspense fallback={<Loading />}>
          <EventStudyChart title={title} times={times} />
        </Suspense>
      )}
      <details>
        <summary>{t('network.table')}</summary>
        <DataTable
          label={title}
          columns={columns}
          rows={times}
          rowKey={({ e }) => String(e)}
          empty={t('state.empty')}
        />
      </details>
    </section>
  );
}

function Exposure({ run }: { readonly run: AuditRunDetail }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { result } = run.result.views[run.result.view];
  const named = (name: string, parts: typeof result.spillover.byNeighbours) =>
    parts.map((part) => ({
      ...part,
      label: `${name} ${t(`audits.exposed.${part.label}`, { defaultValue: part.label })}`,
    }));
  const rows = [
    ...named(t('audits.neighbours'), result.spillover.byNeighbours),
    ...named(t('audits.tier'), result.spillover.byTier ?? []),
  ];
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { key: 'label', label: t('audits.exposure'), isHead: true, cell: ({ label }) => label },
    { key: 'units', label: t('network.firms'), isNumber: true, cell: ({ units }) => format.integer(units) },
    {
      key: 'att',
      label: t('audits.effect'),
      isNumber: true,
      cell: ({ att, reason }) =>
        att === null ? gapInWords(i18n.language, reason ?? null) : format.decimal(att),
    },
    { key: 'se', label: t('audits.se'), isNumber: true, cell: ({ se }) => format.decimal(se) },
  ];
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('audits.byExposure')}</h2>
        <span className="quiet">
          {t('audits.firms', { exposed: result.nExposed, clean: result.nCleanControl })}
        </span>
      </div>
      <DataTable
        label={t('audits.byExposure')}
        columns={columns}
        rows={rows}
        rowKey={({ label }) => label}
        empty={t('state.empty')}
      />
    </section>
  );
}

/** Leader, suppliers and chain side by side: stock that only moved shows. */
function Displacement({ rows }: { readonly rows: readonly DisplacementRow[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const columns: readonly Column<DisplacementRow>[] = [
    { key: 'name', label: t('chains.name'), isHead: true, cell: ({ name }) => name },
    ...(
      [
        ['leader', 'leader'],
        ['supplierStock', 'suppliers'],
        ['chain', 'chain'],
      ] as const
    ).map(([key, part]) => ({
      key,
      label: t(`chains.part.${part}`),
      isNumber: true,
      cell: (row: DisplacementRow) => format.change(row[key].stockChange),
    })),
    {
      key: 'displaced',
      label: t('audits.displaced'),
      isNumber: true,
      cell: ({ displaced, reason }) =>
        displaced === null ? gapInWords(i18n.language, reason) : format.share(displaced),
    },
  ];
  return (
    <section className="card">
      <h2>{t('audits.displacement')}</h2>
      <DataTable
        label={t('audits.displacement')}
        columns={columns}
        rows={rows}
        rowKey={({ leaderUscc }) => leaderUscc}
        empty={t('state.empty')}
      />
    </section>
  );
}

function Files({ run }: { readonly run: AuditRunDetail }) {
  const { t } = useTranslation();
  const { result } = run;
  const columns: readonly Column<AuditRunDetail['files'][number]>[] = [
    {
      key: 'name',
      label: t('audits.file'),
      isHead: true,
      cell: ({ name }) => (
        <a href={`/api/v1/audits/${result.runId}/files/${name}`} download>
          {name}
        </a>
      ),
    },
    { key: 'hash', label: 'SHA-256', cell: ({ sha256 }) => <code>{sha256}</code> },
  ];
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('audits.files')}</h2>
        <Pill tone={run.isIntact ? 'good' : 'bad'}>
          {t(run.isIntact ? 'figures.intact' : 'figures.broken')}
        </Pill>
      </div>
      <DataTable
        label={t('audits.files')}
        columns={columns}
        rows={run.files}
        rowKey={({ name }) => name}
        empty={t('state.empty')}
      />
      <details>
        <summary>{t('audits.recompute')}</summary>
        <code>{result.views[result.view].recompute}</code>
      </details>
    </section>
  );
}
