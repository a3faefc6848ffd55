import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Displacement } from '../../../../schemas/api/claims.ts';
import { CHAIN_PARTS, isOnlyShifted } from '../api/programme.ts';
import { useSession } from '../app/session.ts';
import { useFormat } from '../ui/format.ts';

type Value = ComponentType<{
  readonly id: string | null;
  readonly label: string;
  readonly children: ReactNode;
}>;

const Plain: Value = ({ children }) => children;

/**
 * Beside a gain: how inventory turned meanwhile at the leader, its suppliers and over the whole chain, so that stock which only moved
 * shows. Nothing where the reader may see no chain.
 */
export function Meanwhile({
  chains,
  value = Plain,
}: {
  readonly chains: readonly Displacement[] | undefined;
  /** What a change is shown by: `Figure` where it opens. */
  readonly value?: Value;
}) {
  const { t } = useTranslation();
  if (chains === undefined || chains.length === 0) return null;
  return (
    <section className="meanwhile" aria-label={t('meanwhile.title')}>
      <h3>{t('meanwhile.title')}</h3>
      <p className="quiet">{t('meanwhile.why')}</p>
      {chains.map((chain) => (
        <ChainMeanwhile key={chain.leaderUscc} chain={chain} value={value} />
      ))}
    </section>
  );
}

function ChainMeanwhile({ chain, value: Value }: { readonly chain: Displacement; readonly value: Value }) {
  const { t } = useTranslation();
  const format = useFormat();
  // A leader opens its own part: the sums of the others would tell of single suppliers.
  const isLeader = useSession().data?.tenancy.role === 'leader';
  return (
    <div>
      <strong>{chain.name}</strong>
      <dl className="keys">
        {CHAIN_PARTS.map((part) => (
          <div key={part}>
            <dt className="key-label">{t(`chains.part.${part}`)}</dt>
            <dd>
              <Value
                id={isLeader && part !== 'leader' ? null : `turns/${chain.leaderUscc}/${part}`}
                label={`${chain.name} ${t(`chains.part.${part}`)}`}
              >
                {format.change(chain[part])}
              </Value>
            </dd>
          </div>
        ))}
      </dl>
      {CHAIN_PARTS.some((part) => chain[part] === null) && <p className="quiet">{t('meanwhile.missing')}</p>}
      {chain.unmeasured > 0 && (
        <p className="quiet">{t('meanwhile.unmeasured', { count: chain.unmeasured })}</p>
      )}
      {isOnlyShifted(chain) && <p className="notice">{t('chains.shifted')}</p>}
    </div>
  );
}
