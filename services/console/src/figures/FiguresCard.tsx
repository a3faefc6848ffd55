import { useTranslation } from 'react-i18next';
import type { Comparison, SupplierFigures } from '../../../../schemas/api/supplier.ts';
import { useComparison, useFigures } from '../api/onboardings.ts';
import { type Format, useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { kpiInWords, nullReasonInWords } from '../ui/words.ts';
import { Figure } from './Figure.tsx';

/** Baseline, latest year and change of one firm, beside the median of its chain. Never another firm's figures. */
export function FiguresCard({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const figures = useFigures(uscc);
  const comparison = useComparison(uscc);
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('mine.title')}</h2>
        <span className="quiet">{t('mine.remark')}</span>
      </div>
      <Loaded
        query={figures}
        isEmpty={(data) => Object.keys(data.improvement).length === 0}
        empty={<Empty title={t('mine.noBaseline')} />}
      >
        {(data) => <FigureTable data={data} comparison={comparison.data} />}
      </Loaded>
    </section>
  );
}

function FigureTable({
  data,
  comparison,
}: {
  readonly data: SupplierFigures;
  readonly comparison: Comparison | undefined;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const medians = new Map(comparison?.figures.map((figure) => [figure.kpi, figure]));
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('mine.kpi')}</th>
            <th scope="col" className="right">
              {t('mine.before')}
            </th>
            <th scope="col" className="right">
              {t('mine.after')}
            </th>
            <th scope="col" className="right">
              {t('mine.change')}
            </th>
            <th scope="col" className="right">
              {t('mine.median')}
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(data.improvement).map(([kpi, improvement]) => {
            const before = data.baseline?.figures[kpi];
            return (
              <tr key={kpi}>
                <th scope="row">{kpiInWords(t, kpi)}</th>
                <td className="right">
                  <Figure id={before?.figureId ?? null} label={`${kpiInWords(t, kpi)} ${t('mine.before')}`}>
                    {format.decimal(before?.value)}
                  </Figure>
                </td>
                <td className="right number">{format.decimal(afterOf(improvement))}</td>
                <td className="right">
                  <Figure id={improvement.figureId} label={kpiInWords(t, kpi)}>
                    {format.change(improvement.value)}
                  </Figure>
                  {improvement.reason !== undefined && (
                    <div className="quiet">{nullReasonInWords(i18n.language, improvement.reason)}</div>
                  )}
                </td>
                <td className="right number">
                  {medianInWords(medians.get(kpi), format, t('mine.suppressed'))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function medianInWords(
  figure: Comparison['figures'][number] | undefined,
  format: Format,
  suppressed: string,
): string {
  return figure?.reason === 'FEWER_THAN_FIVE' ? suppressed : format.change(figure?.median);
}

/** The latest value, where the reader may see absolute figures. */
const afterOf = ({ after }: SupplierFigures['improvement'][string]): number | null =>
  typeof after === 'number' ? after : null;
