import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventTime } from '../../../../schemas/api/audit.ts';
import { useFormat } from '../ui/format.ts';
import { useChart } from './echarts.ts';

const wide = (low: number | null | undefined, high: number | null | undefined): number | null =>
  low == null || high == null ? null : high - low;

/** Effects by the months since treatment, with the simultaneous band and the pointwise interval. */
export default function EventStudyChart({
  title,
  times,
  isPercent,
}: {
  readonly title: string;
  readonly times: readonly EventTime[];
  /** Whether effects are shares. */
  readonly isPercent: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const option = useMemo(() => {
    const line = (name: string, data: readonly (number | null)[], style: object) => ({
      name,
      type: 'line',
      showSymbol: false,
      data,
      lineStyle: style,
    });
    const bound = { color: '#14788f', width: 1, type: 'dashed' };
    return {
      animation: false,
      color: ['#14788f'],
      grid: { left: 56, right: 16, top: 40, bottom: 44 },
      legend: { top: 0, data: [t('audits.effect'), t('audits.band')] },
      xAxis: {
        type: 'category',
        data: times.map(({ e }) => String(e)),
        name: t('audits.since'),
        nameLocation: 'middle',
        nameGap: 28,
      },
      yAxis: {
        type: 'value',
        axisLabel: { formatter: (value: number) => (isPercent ? format.share(value) : String(value)) },
      },
      series: [
        {
          ...line(
            'low',
            times.map(({ bandLow }) => bandLow ?? null),
            { opacity: 0 },
          ),
          stack: 'band',
          stackStrategy: 'all',
        },
        {
          ...line(
            t('audits.band'),
            times.map(({ bandLow, bandHigh }) => wide(bandLow, bandHigh)),
            { opacity: 0 },
          ),
          itemStyle: { color: '#8fc3d3' },
          areaStyle: { color: '#8fc3d3', opacity: 0.45 },
          stack: 'band',
          stackStrategy: 'all',
        },
        line(
          'pointwise low',
          times.map(({ low }) => low),
          bound,
        ),
        line(
          'pointwise high',
          times.map(({ high }) => high),
          bound,
        ),
        line(
          'zero',
          times.map(() => 0),
          { color: '#526078', width: 1 },
        ),
        {
          ...line(
            t('audits.effect'),
            times.map(({ att }) => att),
            { color: '#0b4f6c', width: 2 },
          ),
          itemStyle: { color: '#0b4f6c' },
          showSymbol: true,
        },
      ],
    };
  }, [times, t, isPercent, format]);
  const element = useChart(option);
  return <div ref={element} className="chart" role="img" aria-label={title} />;
}
