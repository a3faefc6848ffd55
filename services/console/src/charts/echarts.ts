import { BarChart, GraphChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GraphChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** Draws a chart in the returned element and keeps it fitting. The same figures always stand beside it as text. */
export function useChart(option: EChartsCoreOption) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (element.current === null) return;
    const chart = init(element.current, undefined, { renderer: 'svg' });
    // Charts write in the page's own typeface.
    const { fontFamily } = getComputedStyle(element.current);
    chart.setOption({ textStyle: { fontFamily }, ...option });
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(element.current);
    return () => {
      resized.disconnect();
      chart.dispose();
    };
  }, [option]);
  return element;
}
