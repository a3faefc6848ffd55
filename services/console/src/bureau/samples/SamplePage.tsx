import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { SampleDetail } from '../../../../../schemas/api/samples.ts';
import { get } from '../../api/client.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { useFormat } from '../../ui/format.ts';
import { Key } from '../../ui/Key.tsx';
import { Pill } from '../../ui/Pill.tsx';
import { Loaded } from '../../ui/States.tsx';
import { ExportLinks } from '../ExportLinks.tsx';
import { ResultPill } from './ResultPill.tsx';

/** One sample: what its results say about all files, its work-papers, and how it was drawn. */
export default function SamplePage() {
  const { drawId = '' } = useParams();
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({
    queryKey: ['samples', drawId],
    queryFn: () => get<SampleDetail>(`/api/v1/samples/${drawId}`),
  });
  return (
    <Loaded query={query}>
      {(sample) => (
        <div className="stack">
          <div className="page-head">
            <Link to="/samples" className="no-print">
              ← {t('samples.title')}
            </Link>
            <h1>{format.day(sample.drawnAt)}</h1>
            <span className="quiet">{t('businessTime', { day: format.day(sample.asOf) })}</span>
            <ExportLinks list="sample" draw={drawId} />
          </div>
          <Results sample={sample} />
          <Papers sample={sample} />
          <Drawing sample={sample} />
        </div>
      )}
    </Loaded>
  );
}

function Results({ sample }: { readonly sample: SampleDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { total, random, ruled, papers, closed } = sample;
  const others = sample.population - sample.byRule;
  const isUndrawn = sample.drawn === 0 && others > 0;
  return (
    <div className="keys">
      <Key
        label={t('samples.bound')}
        note={
          total === null
            ? t(isUndrawn ? 'samples.boundUndrawn' : 'samples.boundNone', { others: format.integer(others) })
            : random === null
              ? t('samples.boundCensus', { checked: ruled.checked })
              : t('samples.boundNote', { checked: random.drawn + ruled.checked })
        }
      >
        {total === null
          ? '—'
          : `${format.integer(total.low)} – ${format.integer(total.high)} / ${format.integer(sample.population)}`}
      </Key>
      <Key label={t('samples.progress')}>
        {format.integer(closed)} / {format.integer(papers.length)}
      </Key>
      <Key
        label={t('samples.faulty')}
        note={`${t('samples.random')} ${random?.faulty ?? 0} · ${t('samples.ruled')} ${ruled.faulty}`}
      >
        {format.integer(sample.faulty)}
      </Key>
    </div>
  );
}

function Papers({ sample }: { readonly sample: SampleDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: readonly Column<SampleDetail['papers'][number]>[] = [
    {
      key: 'name',
      label: t('suppliers.name'),
      isHead: true,
      sort: ({ name }) => name,
      cell: ({ name, uscc }) => (
        <>
          <Link to={`/samples/${sample.drawId}/${uscc}`}>{name}</Link>
          <div className="quiet">{uscc}</div>
        </>
      ),
    },
    { key: 'district', label: t('suppliers.city'), cell: ({ district }) => district },
    {
      key: 'chosen',
      label: t('samples.chosen'),
      sort: ({ chosenBy }) => chosenBy,
      cell: ({ chosenBy }) => t(`samples.chosenBy.${chosenBy}`),
    },
    {
      key: 'checks',
      label: t('samples.checks'),
      isNumber: true,
      sort: ({ checked }) => checked,
      cell: ({ checked, checks }) => `${format.integer(checked)} / ${format.integer(checks)}`,
    },
    {
      key: 'result',
      label: t('samples.resultLabel'),
      sort: ({ result }) => result,
      cell: ({ status, result }) => <ResultPill status={status} result={result} />,
    },
  ];
  return (
    <section className="card">
      <h2>{t('samples.papers')}</h2>
      <DataTable
        label={t('samples.papers')}
        columns={columns}
        rows={sample.papers}
        rowKey={({ uscc }) => uscc}
        empty={t('state.empty')}
      />
    </section>
  );
}

/** What anyone needs to draw the same again, and where the draw is on record. */
function Drawing({ sample }: { readonly sample: SampleDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { event, redrawn } = sample;
  const columns: readonly Column<SampleDetail['strata'][number]>[] = [
    {
      key: 'stratum',
      label: t('samples.strata'),
      isHead: true,
      cell: ({ stratum }) => Object.values(stratum).join(' · '),
    },
    {
      key: 'population',
      label: t('samples.inFrame'),
      isNumber: true,
      cell: ({ population }) => format.integer(population),
    },
    { key: 'drawn', label: t('samples.random'), isNumber: true, cell: ({ drawn }) => format.integer(drawn) },
  ];
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('samples.record')}</h2>
        <Pill tone={redrawn === 'same' ? 'good' : redrawn === 'other' ? 'bad' : 'plain'}>
          {t(`samples.redrawn.${redrawn}`)}
        </Pill>
      </div>
      <dl className="facts">
        <dt>{t('samples.by')}</dt>
        <dd>{sample.actor.name}</dd>
        <dt>{t('samples.drawn')}</dt>
        <dd>{format.minute(sample.drawnAt)}</dd>
        <dt>{t('samples.seed')}</dt>
        <dd className="number">{sample.seed}</dd>
        <dt>{t('samples.population')}</dt>
        <dd className="number">{format.integer(sample.population)}</dd>
        <dt>{t('samples.frameHash')}</dt>
        <dd>
          <code>{sample.frameHash}</code>
        </dd>
        <dt>{t('samples.rules')}</dt>
        <dd>
          <code>{sample.rules}</code>
        </dd>
        <dt>{t('trail.where')}</dt>
        <dd>
          {event.topic} {event.partition} / {event.offset}
        </dd>
        <dt>{t('trail.hash')}</dt>
        <dd>
          <code>{event.hash}</code>
        </dd>
      </dl>
      <details>
        <summary>{t('samples.strata')}</summary>
        <DataTable
          label={t('samples.strata')}
          columns={columns}
          rows={sample.strata}
          rowKey={({ stratum }) => JSON.stringify(stratum)}
          empty={t('state.empty')}
        />
      </details>
    </section>
  );
}
