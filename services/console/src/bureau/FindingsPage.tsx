import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { FindingPage } from '../../../../schemas/api/overview.ts';
import { get } from '../api/client.ts';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { Empty, Loaded } from '../ui/States.tsx';
import { asWords } from '../ui/words.ts';

const TONES = { critical: 'bad', warning: 'warn', info: 'plain' } as const;

/** What the checks over all data found, with who has to answer and until when. */
export default function FindingsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const [parameters, setParameters] = useSearchParams();
  const cursor = parameters.get('cursor') ?? undefined;
  const findings = useQuery({
    queryKey: ['findings', cursor],
    queryFn: () => get<FindingPage>('/api/v1/findings', { cursor }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className="page-head">
        <h1>{t('findings.title')}</h1>
        <span className="quiet">{t('findings.remark')}</span>
      </div>
      <Loaded
        query={findings}
        isEmpty={(page) => page.total === 0}
        empty={<Empty title={t('findings.none')} />}
      >
        {(page) => (
          <section className="card">
            <div className="table-wrap">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('findings.code')}</th>
                    <th scope="col">{t('findings.severity')}</th>
                    <th scope="col">{t('findings.entities')}</th>
                    <th scope="col">{t('findings.stateLabel')}</th>
                  </tr>
                </thead>
                <tbody>
                  {page.items.map((finding) => (
                    <tr key={finding.id}>
                      <th scope="row">{asWords(finding.code)}</th>
                      <td>
                        <Pill tone={TONES[finding.severity]}>
                          {t(`findings.severityName.${finding.severity}`)}
                        </Pill>
                      </td>
                      <td>
                        {finding.entities.map((entity) => (
                          <div key={entity}>
                            <code>{entity}</code>
                          </div>
                        ))}
                      </td>
                      <td>{finding.state}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <div className="pager">
              <span className="quiet">{t('page.total', { total: format.integer(page.total) })}</span>
              <button
                type="button"
                className="button"
                disabled={page.nextCursor === null}
                onClick={() => setParameters({ cursor: page.nextCursor ?? '' })}
              >
                {t('action.next')}
              </button>
            </div>
          </section>
        )}
      </Loaded>
    </>
  );
}
