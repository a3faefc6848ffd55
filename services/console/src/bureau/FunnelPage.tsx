import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Funnel } from '../../../../schemas/api/onboarding.ts';
import { useCities, useFunnel } from '../api/programme.ts';
import { Bar } from '../ui/Bar.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { reasonInWords } from '../ui/words.ts';

/** How far onboardings come, and where and why they end; for the whole jurisdiction or one city. */
export default function FunnelPage() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const city = parameters.get('city') ?? undefined;
  const funnel = useFunnel({ city });
  const cities = useCities();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('funnel.title')}</h1>
        <span className="quiet">{t('funnel.remark')}</span>
      </div>
      <div className="filters">
        <label className="field">
          <span>{t('target.city')}</span>
          <select
            value={city ?? ''}
            onChange={(event) => setParameters(event.target.value === '' ? {} : { city: event.target.value })}
          >
            <option value="">{t('action.all')}</option>
            {cities.data?.items.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded
        query={funnel}
        isEmpty={({ stages }) => stages.every(({ entered }) => entered === 0)}
        empty={<Empty title={t('state.empty')} />}
      >
        {(data) => (
          <div className="columns columns-wide">
            <Stages stages={data.stages} />
            <Failures failures={data.failures} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

function Stages({ stages }: { readonly stages: Funnel['stages'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const started = Math.max(1, ...stages.map(({ entered }) => entered));
  return (
    <section className="card table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('funnel.stage')}</th>
            <th scope="col">
              {t('funnel.done')} / {t('funnel.open')} / {t('funnel.ended')}
            </th>
            <th scope="col" className="right">
              {t('funnel.entered')}
            </th>
            <th scope="col" className="right">
              {t('funnel.open')}
            </th>
            <th scope="col" className="right">
              {t('suppliers.overdue')}
            </th>
            <th scope="col" className="right">
              {t('funnel.ended')}
            </th>
            <th scope="col" className="right">
              {t('funnel.medianDays')}
            </th>
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.stage}>
              <th scope="row">{t(`stage.${stage.stage}`)}</th>
              <td className="wide">
                <Bar
                  parts={[
                    { share: stage.done / started, tone: 'done' },
                    { share: stage.atRisk / started, tone: 'open' },
                    { share: stage.failed / started, tone: 'bad' },
                  ]}
                />
              </td>
              <td className="right number">{format.integer(stage.entered)}</td>
              <td className="right number">{format.integer(stage.atRisk)}</td>
              <td className="right number">{format.integer(stage.stalled)}</td>
              <td className="right number">{format.integer(stage.failed)}</td>
              <td className="right number">{format.integer(stage.medianDays)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Failures({ failures }: { readonly failures: Funnel['failures'] }) {
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
              {format.integer(failure.count)}{' '}
              <span className="quiet">{format.share(failure.shareOfFailures)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
