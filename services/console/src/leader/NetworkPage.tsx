import { lazy, Suspense, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Network } from '../../../../schemas/api/overview.ts';
import { useNetwork } from '../api/chain.ts';
import { useSession } from '../app/session.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded, Loading } from '../ui/States.tsx';

const NetworkChart = lazy(() => import('../charts/NetworkChart.tsx'));

/** Who supplies whom, by tier; as a picture and as a table. */
export default function NetworkPage({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useNetwork(leader);
  const ownName = useSession().data?.firms.find(({ uscc }) => uscc === leader)?.name ?? null;
  const shown = useMemo(
    (): Network | undefined =>
      query.data && {
        ...query.data,
        nodes: query.data.nodes.map((node) =>
          node.uscc === leader ? { ...node, name: node.name ?? ownName } : node,
        ),
      },
    [query.data, leader, ownName],
  );
  const tierName = useCallback(
    (tier: number) => t(tier === 0 ? 'network.leader' : 'network.tier', { tier }),
    [t],
  );
  const columns: readonly Column<Network['nodes'][number]>[] = [
    {
      key: 'name',
      label: t('suppliers.name'),
      isHead: true,
      sort: ({ name, uscc }) => name ?? uscc,
      cell: ({ name, uscc }) => <Link to={`/suppliers/${uscc}`}>{name ?? uscc}</Link>,
    },
    {
      key: 'tier',
      label: t('network.tierLabel'),
      sort: ({ tier }) => tier,
      cell: ({ tier }) => tierName(tier),
    },
    {
      key: 'stage',
      label: t('suppliers.stage'),
      sort: ({ stage }) => stage,
      cell: ({ stage }) => (stage === null ? '—' : t(`stage.${stage}`)),
    },
  ];
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('network.title')}</h1>
        <span className="quiet">{t('network.remark')}</span>
      </div>
      <Loaded
        query={query}
        isEmpty={({ edges }) => edges.length === 0}
        empty={<Empty title={t('network.none')} text={t('network.noneText')} />}
      >
        {(network) => (
          <section className="card">
            <p className="quiet">
              {t('network.firms')} {format.integer(network.nodes.length)} · {t('network.links')}{' '}
              {format.integer(network.edges.length)}
            </p>
            <Suspense fallback={<Loading />}>
              <NetworkChart network={shown ?? network} title={t('network.title')} tierName={tierName} />
            </Suspense>
            <details>
              <summary>{t('network.table')}</summary>
              <DataTable
                label={t('network.title')}
                columns={columns}
                rows={(shown ?? network).nodes}
                rowKey={({ uscc }) => uscc}
                empty={t('state.empty')}
              />
            </details>
          </section>
        )}
      </Loaded>
    </div>
  );
}
