import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useChart } from './echarts.ts';

/** Two bars a row: before and after. */
export default function BeforeAfterChart({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly {
    readonly name: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
}) {
  const { t } = useTranslation();
  const option = useMemo(
    () => ({
      animation: false,
      color: ['#a9b6c6', '#14788f'],
      grid: { left: 48, right: 16, top: 40, bottom: 32 },
      legend: { top: 0 },
      tooltip: { trigger: 'axis', renderMode: 'richText' },
      xAxis: { type: 'category', data: rows.map(({ name }) => name) },
      yAxis: { type: 'value', name: title },
      series: [
        { name: t('mine.before'), type: 'bar', data: rows.map(({ before }) => before) },
        { name: t('mine.after'), type: 'bar', data: rows.map(({ after }) => after) },
      ],
    }),
    [rows, title, t],
  );
  const element = useChart(option);
  return <div ref={element} className="chart" role="img" aria-label={title} />;
}
