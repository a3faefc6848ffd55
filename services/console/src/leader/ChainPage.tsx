import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { partsOf, useChains } from '../api/programme.ts';
import { Figure } from '../figures/Figure.tsx';
import { FiguresCard } from '../figures/FiguresCard.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded, Loading } from '../ui/States.tsx';
import { nullReasonInWords } from '../ui/words.ts';
import { ChainTrend } from './ChainTrend.tsx';

const BeforeAfterChart = lazy(() => import('../charts/BeforeAfterChart.tsx'));

/** What the chain gained: leader, suppliers and both together, so that stock which only moved shows. */
export default function ChainPage({ leader }: { readonly leader: string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const query = useChains();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('chains.title')}</h1>
        <span className="quiet">{t('chains.remark')}</span>
      </div>
      <Loaded query={query}>
        {({ chains }) => {
          const own = chains.find((chain) => chain.leaderUscc === leader);
          if (own === undefined) return <Empty title={t('state.empty')} />;
          const parts = partsOf(own).map(({ name, part }) => ({
            ...part,
            part: name,
            name: t(`chains.part.${name}`),
          }));
          return (
            <section className="card">
              <Suspense fallback={<Loading />}>
                <BeforeAfterChart
                  title={t('chains.turns')}
                  rows={parts.map(({ name, before, after }) => ({ name, before, after }))}
                />
              </Suspense>
              <ul className="rows">
                {parts.map((part) => (
                  <li key={part.name} className="split">
                    <span>
                      {part.name}{' '}
                      {part.firms !== null && (
                        <span className="quiet">{t('chains.firms', { count: part.firms })}</span>
                      )}
                    </span>
                    {/* Its own part opens; the sums would tell of single suppliers. */}
                    <Figure id={part.part === 'leader' ? part.figureId : null} label={part.name}>
                      {(part.reason === null ? null : nullReasonInWords(i18n.language, part.reason)) ??
                        `${format.decimal(part.before)} → ${format.decimal(part.after)} (${format.change(part.change)})`}
                    </Figure>
                  </li>
                ))}
              </ul>
            </section>
          );
        }}
      </Loaded>
      <ChainTrend leader={leader} />
      <FiguresCard uscc={leader} />
    </div>
  );
}
