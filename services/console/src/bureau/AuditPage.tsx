import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { EventTime } from '../../../../schemas/api/audit.ts';
import type { AuditVerdict, DisplacementRow } from '../../../../schemas/api/auditRun.ts';
import type { AuditRunDetail } from '../../../../schemas/api/bureau.ts';
import { AUDIT_GAPS_ZH, type AuditGap } from '../../../../schemas/wording.ts';
import { get } from '../api/client.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { MISSING, useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { Loaded, Loading } from '../ui/States.tsx';
import { kpiInWords } from '../ui/words.ts';
import { VerdictPill } from './VerdictPill.tsx';

/** Why there is no figure, which the audit says in English. */
const gapInWords = (language: string, reason: string | null): string =>
  (language === 'en' ? reason : AUDIT_GAPS_ZH[reason as AuditGap]) ?? '—';

type AuditScale = AuditRunDetail['result']['scale'];

/** An effect on a logarithm as the share that it changes by; any other as it is. */
const inScale = (value: number, scale: AuditScale): number => (scale === 'log' ? Math.expm1(value) : value);

function timeInScale(time: EventTime, scale: AuditScale): EventTime {
  const of = <Value extends number | null | undefined>(value: Value) =>
    typeof value === 'number' ? inScale(value, scale) : value;
  const { att, low, high, bandLow, bandHigh } = time;
  return {
    ...time,
    att: of(att),
    low: of(low),
    high: of(high),
    bandLow: of(bandLow),
    bandHigh: of(bandHigh),
  };
}

/** Writes an effect, or a standard error, in the scale of the run. */
function useEffectFormat(scale: AuditScale) {
  const format = useFormat();
  return (value: number | null | undefined, isError = false): string => {
    if (scale !== 'log') return format.decimal(value);
    return isError ? format.share(value) : format.change(value);
  };
}

const rangeOf = (low: string, high: string): string => (low === MISSING ? MISSING : `${low} – ${high}`);

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
  const warnings = i18n.language === 'en' ? result.warnings : (result.warningsZh ?? []);
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
      <EventStudy
        title={t('audits.eventStudyDirect')}
        times={estimates.direct.dynamic.egt}
        scale={result.scale}
      />
      <EventStudy
        title={t('audits.eventStudySpillover')}
        times={estimates.spillover.egt}
        scale={result.scale}
      />
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
          {warnings.length === 0 && (
            <details>
              <summary>{t('audits.inEnglishAlone')}</summary>
              <ul className="rows" lang="en">
                {result.warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            </details>
          )}
        </section>
      )}
      <Files run={run} />
    </div>
  );
}

function Verdict({ title, verdict }: { readonly title: string; readonly verdict: AuditVerdict }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const isEnglish = i18n.language === 'en';
  const inScale = (percent: number | null, value: number | null): string =>
    percent === null ? format.decimal(value) : format.change(percent / 100);
  return (
    <section className="card">
      <div className="card-head">
        <h2>{title}</h2>
        <VerdictPill verdict={verdict} />
      </div>
      {verdict.finding !== 'refused' && verdict.att !== null && (
        <>
          <div className="key-value">{inScale(verdict.percent?.att ?? null, verdict.att)}</div>
          <p className="quiet">
            {t('audits.interval95', {
              low: inScale(verdict.percent?.low ?? null, verdict.low),
              high: inScale(verdict.percent?.high ?? null, verdict.high),
            })}
          </p>
        </>
      )}
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

interface EventStudyProps {
  readonly title: string;
  readonly times: readonly EventTime[];
  readonly scale: AuditScale;
}

function EventStudy({ title, times: estimated, scale }: EventStudyProps) {
  const { t } = useTranslation();
  const write = useEffectFormat(scale);
  const times = useMemo(() => estimated.map((time) => timeInScale(time, scale)), [estimated, scale]);
  const columns: readonly Column<EventTime>[] = [
    { key: 'e', label: t('audits.since'), isHead: true, cell: ({ e }) => e },
    { key: 'att', label: t('audits.effect'), isNumber: true, cell: ({ att }) => write(att) },
    {
      key: 'interval',
      label: t('audits.interval'),
      isNumber: true,
      cell: ({ low, high }) => rangeOf(write(low), write(high)),
    },
    {
      key: 'band',
      label: t('audits.band'),
      isNumber: true,
      cell: ({ bandLow, bandHigh }) => rangeOf(write(bandLow), write(bandHigh)),
    },
  ];
  return (
    <section className="card">
      <h2>{title}</h2>
      {times.length > 0 && (
        <Suspense fallback={<Loading />}>
          <EventStudyChart title={title} times={times} isPercent={scale === 'log'} />
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
  const { scale } = run.result;
  const write = useEffectFormat(scale);
  const named = (nameOf: (label: string) => string, parts: typeof result.spillover.byNeighbours) =>
    parts.map((part) => ({
      ...part,
      label: nameOf(part.label),
    }));
  const rows = [
    ...named(
      (label) => `${t('audits.neighbours')} ${t(`audits.exposed.${label}`, { defaultValue: label })}`,
      result.spillover.byNeighbours,
    ),
    ...named((tier) => t('audits.tier', { tier }), result.spillover.byTier ?? []),
  ];
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { key: 'label', label: t('audits.exposure'), isHead: true, cell: ({ label }) => label },
    { key: 'units', label: t('network.firms'), isNumber: true, cell: ({ units }) => format.integer(units) },
    {
      key: 'att',
      label: t('audits.effect'),
      isNumber: true,
      cell: ({ att, reason }) =>
        att === null ? gapInWords(i18n.language, reason ?? null) : write(inScale(att, scale)),
    },
    { key: 'se', label: t('audits.se'), isNumber: true, cell: ({ se }) => write(se, true) },
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
