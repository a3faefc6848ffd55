import { useTranslation } from 'react-i18next';
import type { Funnel } from '../../../../schemas/api/onboarding.ts';
import { Figure } from '../figures/Figure.tsx';
import { Bar } from '../ui/Bar.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';

type Row = Funnel['stages'][number];

/** Whose funnel it is, as its figures name it: `-` for all, a city, or `leader:…`; null where they do not open. */
export type Scope = string | null;

/** Name of a count of the funnel, by which it is opened. */
export const figureOf = (count: string, stage: string, scope: Scope, reason?: string): string | null =>
  scope === null
    ? null
    : ['onboardings', count, stage, scope, ...(reason === undefined ? [] : [reason])].join('/');

/** The stages with their counts, and how many were still in each after so many days. */
export function FunnelStages({
  stages,
  scope,
}: {
  readonly stages: Funnel['stages'];
  readonly scope: Scope;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const started = Math.max(1, ...stages.map(({ entered }) => entered));
  const count = (key: 'entered' | 'atRisk' | 'stalled' | 'failed', name: string, label: string) => ({
    key,
    label,
    isNumber: true,
    cell: (row: Row) => (
      <Figure id={figureOf(name, row.stage, scope)} label={`${t(`stage.${row.stage}`)} ${label}`}>
        {format.integer(row[key])}
      </Figure>
    ),
  });
  const share = (key: 'failureShare' | 'shareOfFailures', name: string, label: string) => ({
    key,
    label,
    isNumber: true,
    cell: (row: Row) => (
      <Figure
        id={row[key] === null ? null : figureOf(name, row.stage, scope)}
        label={`${t(`stage.${row.stage}`)} ${label}`}
      >
        {format.share(row[key])}
      </Figure>
    ),
  });
  const columns: readonly Column<Row>[] = [
    { key: 'stage', label: t('funnel.stage'), isHead: true, cell: ({ stage }) => t(`stage.${stage}`) },
    {
      key: 'bar',
      label: `${t('funnel.done')} / ${t('funnel.open')} / ${t('funnel.ended')}`,
      isWide: true,
      cell: ({ done, atRisk, failed }) => (
        <Bar
          parts={[
            { share: done / started, tone: 'done' },
            { share: atRisk / started, tone: 'open' },
            { share: failed / started, tone: 'bad' },
          ]}
        />
      ),
    },
    count('entered', 'entered', t('funnel.entered')),
    count('atRisk', 'open', t('funnel.open')),
    count('stalled', 'overdue', t('suppliers.overdue')),
    count('failed', 'failed', t('funnel.ended')),
    share('failureShare', 'ended-of-entered', t('funnel.endedOfEntered')),
    share('shareOfFailures', 'share', t('funnel.share')),
    {
      key: 'medianDays',
      label: t('funnel.medianDays'),
      isNumber: true,
      cell: ({ stage, medianDays }) => (
        <Figure
          id={medianDays === null ? null : figureOf('median', stage, scope)}
          label={`${t(`stage.${stage}`)} ${t('funnel.medianDays')}`}
        >
          {format.integer(medianDays)}
        </Figure>
      ),
    },
  ];
  return (
    <section className="card">
      <DataTable
        label={t('funnel.title')}
        columns={columns}
        rows={stages}
        rowKey={({ stage }) => stage}
        empty={t('state.empty')}
      />
      <details>
        <summary>{t('funnel.atRisk')}</summary>
        <AtRisk stages={stages} />
      </details>
    </section>
  );
}

/** What medians and incidences rest on: few left after some days, and a median says little. */
function AtRisk({ stages }: { readonly stages: Funnel['stages'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: readonly Column<Row>[] = [
    { key: 'stage', label: t('funnel.stage'), isHead: true, cell: ({ stage }) => t(`stage.${stage}`) },
    ...(stages[0]?.numbersAtRisk ?? []).map(({ days }, index) => ({
      key: String(days),
      label: t('funnel.afterDays', { days }),
      isNumber: true,
      cell: (row: Row) => format.integer(row.numbersAtRisk[index]?.atRisk),
    })),
  ];
  return (
    <DataTable
      label={t('funnel.atRisk')}
      columns={columns}
      rows={stages}
      rowKey={({ stage }) => stage}
      empty={t('state.empty')}
    />
  );
}
