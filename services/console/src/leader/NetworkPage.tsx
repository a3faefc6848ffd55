import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useNetwork } from '../api/chain.ts';
import { useFormat } from '../ui/format.ts';
import { Loaded, Loading } from '../ui/States.tsx';

const NetworkChart = lazy(() => import('../charts/NetworkChart.tsx'));

/** Who supplies whom, by tier; as a picture and as a table. */
export default function NetworkPage({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useNetwork(leader);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('network.title')}</h1>
        <span className="quiet">{t('network.remark')}</span>
      </div>
      <Loaded query={query}>
        {(network) => (
          <section className="card">
            <p className="quiet">
              {t('network.firms')} {format.integer(network.nodes.length)} · {t('network.links')}{' '}
              {format.integer(network.edges.length)}
            </p>
            <Suspense fallback={<Loading />}>
              <NetworkChart network={network} title={t('network.title')} />
            </Suspense>
            <details>
              <summary>{t('network.table')}</summary>
              <ul className="rows">
                {network.nodes.map((node) => (
                  <li key={node.uscc} className="split">
                    <Link to={`/suppliers/${node.uscc}`}>{node.name ?? node.uscc}</Link>
                    <span className="quiet">{t('network.tier', { tier: node.tier })}</span>
                  </li>
                ))}
              </ul>
            </details>
          </section>
        )}
      </Loaded>
    </div>
  );
}
