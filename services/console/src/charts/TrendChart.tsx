import { useMemo } from 'react';
import { useChart } from './echarts.ts';

const COLOURS = ['#0b4f6c', '#d98a1f', '#2b8a66'];

/** Lines over months; a month without a figure is a gap, never a zero. */
export default function TrendChart({
  title,
  months,
  lines,
}: {
  readonly title: string;
  readonly months: readonly string[];
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}) {
  const option = useMemo(
    () => ({
      animation: false,
      color: COLOURS,
      grid: { left: 48, right: 16, top: 40, bottom: 32 },
      legend: { top: 0 },
      tooltip: { trigger: 'axis', renderMode: 'richText' },
      xAxis: { type: 'category', data: months, boundaryGap: false },
      yAxis: { type: 'value', scale: true },
      series: lines.map(({ name, values }) => ({ name, type: 'line', showSymbol: false, data: values })),
    }),
    [months, lines],
  );
  const element = useChart(option);
  return <div ref={element} className="chart" role="img" aria-label={title} />;
}
