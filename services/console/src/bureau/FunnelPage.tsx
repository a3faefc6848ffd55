import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Funnel } from '../../../../schemas/api/onboarding.ts';
import { useCities, useFunnel } from '../api/programme.ts';
import { useSession } from '../app/session.ts';
import { Figure } from '../figures/Figure.tsx';
import { Bar } from '../ui/Bar.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { reasonInWords } from '../ui/words.ts';
import { ExportLinks } from './ExportLinks.tsx';

/** How far onboardings come, and where and why they end; for the whole jurisdiction or one city. */
export default function FunnelPage() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const city = parameters.get('city') ?? undefined;
  const funnel = useFunnel({ city });
  // A rater has no list of cities and no exports.
  const isOfficial = useSession().data?.tenancy.role !== 'rater';
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('funnel.title')}</h1>
        <span className="quiet">{t('funnel.remark')}</span>
        {isOfficial && <ExportLinks list="funnel" city={city} />}
      </div>
      {isOfficial && (
        <div className="filters">
          <CityFilter city={city} choose={(chosen) => setParameters(chosen === '' ? {} : { city: chosen })} />
        </div>
      )}
      <Loaded
        query={funnel}
        isEmpty={({ stages }) => stages.every(({ entered }) => entered === 0)}
        empty={<Empty title={t('funnel.none')} />}
      >
        {(data) => (
          <div className="columns columns-wide">
            <Stages stages={data.stages} city={city} />
            <Failures failures={data.failures} city={city} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

function CityFilter({
  city,
  choose,
}: {
  readonly city: string | undefined;
  readonly choose: (city: string) => void;
}) {
  const { t } = useTranslation();
  const cities = useCities();
  return (
    <label className="field">
      <span>{t('target.city')}</span>
      <select value={city ?? ''} onChange={(event) => choose(event.target.value)}>
        <option value="">{t('action.all')}</option>
        {cities.data?.items.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Name of a count of the funnel, by which it is opened. */
const figureOf = (count: string, stage: string, city: string | undefined, reason?: string): string =>
  ['onboardings', count, stage, city ?? '-', ...(reason === undefined ? [] : [reason])].join('/');

function Stages({ stages, city }: { readonly stages: Funnel['stages']; readonly city: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const started = Math.max(1, ...stages.map(({ entered }) => entered));
  const count = (key: 'entered' | 'atRisk' | 'stalled' | 'failed', name: string, label: string) => ({
    key,
    label,
    isNumber: true,
    cell: (row: Funnel['stages'][number]) => (
      <Figure id={figureOf(name, row.stage, city)} label={`${t(`stage.${row.stage}`)} ${label}`}>
        {format.integer(row[key])}
      </Figure>
    ),
  });
  const share = (key: 'failureShare' | 'shareOfFailures', name: string, label: string) => ({
    key,
    label,
    isNumber: true,
    cell: (row: Funnel['stages'][number]) => (
      <Figure
        id={row[key] === null ? null : figureOf(name, row.stage, city)}
        label={`${t(`stage.${row.stage}`)} ${label}`}
      >
        {format.share(row[key])}
      </Figure>
    ),
  });
  const columns: readonly Column<Funnel['stages'][number]>[] = [
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
          id={medianDays === null ? null : figureOf('median', stage, city)}
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
    </section>
  );
}

function Failures({
  failures,
  city,
}: {
  readonly failures: Funnel['failures'];
  readonly city: string | undefined;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card">
      <h2>{t('funnel.failures')}</h2>
      {failures.length === 0 && <p className="quiet">{t('funnel.noFailures')}</p>}
      <ul className="rows">
        {failures.map((failure) => (
          <li key={`${failure.stage} ${failure.reason}`} className="split">
            <span>
              {reasonInWords(t, failure.reason)} <span className="quiet">{t(`stage.${failure.stage}`)}</span>
            </span>
            <span className="number">
              <Figure
                id={figureOf('failed', failure.stage, city, failure.reason)}
                label={reasonInWords(t, failure.reason)}
              >
                {format.integer(failure.count)}
              </Figure>{' '}
              <Figure
                id={figureOf('share', failure.stage, city, failure.reason)}
                label={`${reasonInWords(t, failure.reason)} ${t('funnel.share')}`}
              >
                {format.share(failure.shareOfFailures)}
              </Figure>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
