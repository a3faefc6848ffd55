import { useMemo } from 'react';
import type { Network } from '../../../../schemas/api/overview.ts';
import { useChart } from './echarts.ts';

const COLOURS = ['#0b4f6c', '#14788f', '#8fc3d3', '#a9b6c6'];
const LEADER_SIZE = 28;
const FIRM_SIZE = 12;

/** The chain's firms in rings by tier; a line joins a buyer and its supplier. */
export default function NetworkChart({
  network,
  title,
}: {
  readonly network: Network;
  readonly title: string;
}) {
  const option = useMemo(
    () => ({
      animation: false,
      tooltip: { renderMode: 'richText' },
      series: [
        {
          type: 'graph',
          layout: 'none',
          roam: true,
          data: placed(network),
          links: network.edges.map(({ buyer, supplier }) => ({ source: buyer, target: supplier })),
          lineStyle: { color: '#c3ccd8', width: 1 },
        },
      ],
    }),
    [network],
  );
  const element = useChart(option);
  return <div ref={element} className="chart chart-tall" role="img" aria-label={title} />;
}

/** Tier by tier on rings around the leader. */
function placed({ nodes }: Network): object[] {
  const tiers = new Map<number, Network['nodes'][number][]>();
  for (const node of nodes) tiers.set(node.tier, [...(tiers.get(node.tier) ?? []), node]);
  return [...tiers].flatMap(([tier, firms]) =>
    firms.map((firm, index) => {
      const angle = (2 * Math.PI * index) / firms.length;
      return {
        id: firm.uscc,
        name: firm.name ?? firm.uscc,
        x: tier * Math.cos(angle),
        y: tier * Math.sin(angle),
        symbolSize: tier === 0 ? LEADER_SIZE : FIRM_SIZE,
        itemStyle: { color: COLOURS[Math.min(tier, COLOURS.length - 1)] },
      };
    }),
  );
}
