import { useTranslation } from 'react-i18next';
import type { Comparison, SupplierFigures } from '../../../../schemas/api/supplier.ts';
import { useComparison, useFigures } from '../api/onboardings.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { type Format, useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { kpiInWords, nullReasonInWords } from '../ui/words.ts';
import { Figure } from './Figure.tsx';
import { Meanwhile } from './Meanwhile.tsx';

/** Baseline, latest year and change of one firm, beside the median of its chain. Never another firm's figures. */
export function FiguresCard({ uscc, isOwn = true }: { readonly uscc: string; readonly isOwn?: boolean }) {
  const { t } = useTranslation();
  const figures = useFigures(uscc);
  const comparison = useComparison(uscc);
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t(isOwn ? 'mine.title' : 'mine.ofFirm')}</h2>
        <span className="quiet">{t('mine.remark')}</span>
      </div>
      <Loaded
        query={figures}
        isEmpty={(data) => Object.keys(data.improvement).length === 0}
        empty={<Empty title={t('mine.noBaseline')} />}
      >
        {(data) => (
          <>
            <FigureTable data={data} comparison={comparison.data} />
            <Meanwhile chains={data.displacement} value={Figure} />
          </>
        )}
      </Loaded>
    </section>
  );
}

type Improvement = SupplierFigures['improvement'][string];

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
  const columns: readonly Column<readonly [string, Improvement]>[] = [
    { key: 'kpi', label: t('mine.kpi'), isHead: true, cell: ([kpi]) => kpiInWords(t, kpi) },
    {
      key: 'before',
      label: t('mine.before'),
      isNumber: true,
      cell: ([kpi]) => {
        const before = data.baseline?.figures[kpi];
        return (
          <Figure id={before?.figureId ?? null} label={`${kpiInWords(t, kpi)} ${t('mine.before')}`}>
            {format.decimal(before?.value)}
          </Figure>
        );
      },
    },
    {
      key: 'after',
      label: t('mine.after'),
      isNumber: true,
      cell: ([, improvement]) => format.decimal(afterOf(improvement)),
    },
    {
      key: 'change',
      label: t('mine.change'),
      isNumber: true,
      cell: ([kpi, { figureId, value, reason }]) => (
        <>
          <Figure id={figureId} label={kpiInWords(t, kpi)}>
            {format.change(value)}
          </Figure>
          {reason !== undefined && <div className="quiet">{nullReasonInWords(i18n.language, reason)}</div>}
        </>
      ),
    },
    {
      key: 'median',
      label: t('mine.median'),
      isNumber: true,
      cell: ([kpi]) => medianInWords(medians.get(kpi), format, t('mine.suppressed')),
    },
  ];
  return (
    <DataTable
      label={t('mine.title')}
      columns={columns}
      rows={Object.entries(data.improvement)}
      rowKey={([kpi]) => kpi}
      empty={t('mine.noBaseline')}
    />
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
const afterOf = ({ after }: Improvement): number | null => (typeof after === 'number' ? after : null);
