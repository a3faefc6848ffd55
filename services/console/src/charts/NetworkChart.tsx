import { useMemo } from 'react';
import type { Network } from '../../../../schemas/api/overview.ts';
import { useChart } from './echarts.ts';
import { placeFirms } from './networkLayout.ts';

const COLOURS = ['#0b4f6c', '#14788f', '#8fc3d3', '#a9b6c6'];
const NARROW_PX = 720;
const colourOf = (tier: number): string => COLOURS[Math.min(tier, COLOURS.length - 1)] ?? '';

/** The chain's firms in rings by tier; a line joins a buyer and its supplier. Pointing at a firm shows it and whom it deals with. */
export default function NetworkChart({
  network,
  title,
  tierName,
}: {
  readonly network: Network;
  readonly title: string;
  readonly tierName: (tier: number) => string;
}) {
  const option = useMemo(() => {
    const tiers = [...new Set(network.nodes.map(({ tier }) => tier))].sort((a, b) => a - b);
    return {
      animation: false,
      tooltip: {
        renderMode: 'richText',
        formatter: ({ dataType, data }: { dataType: string; data: { full?: string } }) =>
          dataType === 'node' ? (data.full ?? '') : '',
      },
      legend: { bottom: 0, icon: 'circle', data: tiers.map(tierName), selectedMode: false },
      series: [
        {
          type: 'graph',
          layout: 'none',
          roam: true,
          scaleLimit: { min: 0.5, max: 8 },
          left: 'center',
          top: 'middle',
          categories: tiers.map((tier) => ({ name: tierName(tier), itemStyle: { color: colourOf(tier) } })),
          data: placeFirms(network, window.innerWidth < NARROW_PX).map((firm) => ({
            id: firm.uscc,
            name: firm.label,
            full: `${firm.name}\n${tierName(firm.tier)}`,
            category: tierName(firm.tier),
            x: firm.x,
            y: firm.y,
            symbolSize: firm.size,
            label: {
              show: firm.label !== '',
              position: firm.side,
              color: '#15233b',
              backgroundColor: 'rgba(255, 255, 255, 0.85)',
              borderRadius: 3,
              padding: [1, 4],
              fontWeight: firm.tier === 0 ? 600 : 400,
            },
          })),
          links: network.edges.map(({ buyer, supplier }) => ({ source: buyer, target: supplier })),
          lineStyle: { color: '#c3ccd8', width: 1, opacity: network.edges.length > 200 ? 0.35 : 0.8 },
          emphasis: { focus: 'adjacency', lineStyle: { color: '#14788f', width: 1.5, opacity: 1 } },
          blur: { itemStyle: { opacity: 0.25 }, lineStyle: { opacity: 0.1 } },
        },
      ],
    };
  }, [network, tierName]);
  const element = useChart(option);
  return <div ref={element} className="chart chart-tall" role="img" aria-label={title} />;
}
