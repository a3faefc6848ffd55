import { useTranslation } from 'react-i18next';
import type { FunnelStage } from '../../../../schemas/api/page.ts';
import { useOverview } from '../api/overview.ts';
import { Bar } from '../ui/Bar.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { reasonInWords } from '../ui/words.ts';

const endedAt = (stage: FunnelStage): number =>
  stage.failed + stage.withdrawn + stage.declined + stage.expired;

/** How far onboardings come, and where and why they end. */
export default function FunnelPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const overview = useOverview();
  return (
    <>
      <div className="page-head">
        <h1>{t('funnel.title')}</h1>
        <span className="quiet">{t('funnel.remark')}</span>
      </div>
      <Loaded
        query={overview}
        isEmpty={(page) => page.funnel.state === 'empty'}
        empty={<Empty title={t('state.empty')} />}
      >
        {({ funnel }) =>
          funnel.state === 'ready' && (
            <div className="columns columns-wide">
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
                        {t('funnel.ended')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {funnel.stages.map((stage) => (
                      <tr key={stage.stage}>
                        <th scope="row">
                          {t(`stage.${stage.stage}`)}{' '}
                          <span className="quiet">{t(`funnel.phase.${stage.phase}`)}</span>
                        </th>
                        <td>
                          <Bar
                            parts={[
                              { share: shareOf(stage.done, funnel.counts.started), tone: 'done' },
                              { share: shareOf(stage.open, funnel.counts.started), tone: 'open' },
                              { share: shareOf(endedAt(stage), funnel.counts.started), tone: 'bad' },
                            ]}
                          />
                        </td>
                        <td className="right number">{format.integer(stage.entered)}</td>
                        <td className="right number">{format.integer(stage.open)}</td>
                        <td className="right number">{format.integer(endedAt(stage))}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
              <section className="card">
                <h2>{t('funnel.failures')}</h2>
                {funnel.failures.length === 0 && <p className="quiet">{t('funnel.noFailures')}</p>}
                <ul className="rows">
                  {funnel.failures.map((failure) => (
                    <li key={`${failure.stage} ${failure.group} ${failure.cause}`} className="split">
                      <span>
                        {reasonInWords(t, [failure.group, failure.cause].filter(Boolean).join('/'))}{' '}
                        <span className="quiet">{t(`stage.${failure.stage}`)}</span>
                      </span>
                      <span className="number">
                        {format.integer(failure.count)}{' '}
                        <span className="quiet">{format.share(failure.share)}</span>
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            </div>
          )
        }
      </Loaded>
    </>
  );
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
