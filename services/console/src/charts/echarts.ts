import { BarChart, GraphChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GraphChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/**
 * Draws a chart in the returned element and keeps it fitting; new figures go into the chart that is there, so that it neither blinks nor
 * loses what the pointer shows. The same figures always stand beside it as text.
 */
export function useChart(option: EChartsCoreOption) {
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<EChartsType | null>(null);
  useEffect(() => {
    if (element.current === null) return;
    const chart = init(element.current, undefined, { renderer: 'svg' });
    drawn.current = chart;
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(element.current);
    return () => {
      resized.disconnect();
      drawn.current = null;
      chart.dispose();
    };
  }, []);
  useEffect(() => {
    if (element.current === null) return;
    // Charts write in the page's own typeface.
    const { fontFamily } = getComputedStyle(element.current);
    drawn.current?.setOption({ textStyle: { fontFamily }, ...option }, { notMerge: true });
  }, [option]);
  return element;
}
