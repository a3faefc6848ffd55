import { BarChart, GraphChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GraphChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

interface Drawing {
  show(option: EChartsCoreOption): void;
  dispose(): void;
}

/** A place without width or height, as on a page that is being hidden, is waited out: a network that is drawn into it throws. */
function drawIn(element: HTMLDivElement): Drawing {
  const hasRoom = (): boolean => element.clientWidth > 0 && element.clientHeight > 0;
  let chart: EChartsType | null = null;
  let waiting: EChartsCoreOption | null = null;
  const draw = (option: EChartsCoreOption): void => {
    chart ??= init(element, undefined, { renderer: 'svg' });
    // Charts write in the page's own typeface.
    const { fontFamily } = getComputedStyle(element);
    chart.setOption({ textStyle: { fontFamily }, ...option }, { notMerge: true });
  };
  const resized = new ResizeObserver(() => {
    if (!hasRoom()) return;
    chart?.resize();
    if (waiting !== null) draw(waiting);
    waiting = null;
  });
  resized.observe(element);
  return {
    show: (option) => {
      waiting = hasRoom() ? null : option;
      if (waiting === null) draw(option);
    },
    dispose: () => {
      resized.disconnect();
      chart?.dispose();
    },
  };
}

/**
 * Draws a chart in the returned element and keeps it fitting; new figures go into the chart that is there, so that it neither blinks nor
 * loses what the pointer shows. The same figures always stand beside it as text.
 */
export function useChart(option: EChartsCoreOption) {
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  useEffect(() => {
    if (element.current === null) return;
    drawing.current = drawIn(element.current);
    return () => {
      drawing.current?.dispose();
      drawing.current = null;
    };
  }, []);
  useEffect(() => drawing.current?.show(option), [option]);
  return element;
}
