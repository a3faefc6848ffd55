import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useBoard } from '../api/onboardings.ts';
import { useChains, useCities, useClaims } from '../api/programme.ts';
import type { Session } from '../app/session.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { Key } from '../ui/Key.tsx';
import { Empty, Loaded } from '../ui/States.tsx';
import { ChainsCard } from './ChainsCard.tsx';
import { TargetsCard } from './TargetsCard.tsx';

/** The meeting's first page: how far the cities are, who is stuck, what was gained. */
export function OverviewPage({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cities = useCities();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('nav.overview')}</h1>
        <span className="quiet">{t('businessTime', { day: format.day(session.businessTime) })}</span>
      </div>
      {session.simulated && <p className="notice">{t('simulated')}</p>}
      <KeyFigures />
      <TargetsCard cities={cities} />
      {/* Stocks of whole chains are not shown to an auditor of firms. */}
      {session.tenancy.role !== 'financial-auditor' && <Chains />}
    </div>
  );
}

function Chains() {
  const { t } = useTranslation();
  return (
    <Loaded
      query={useChains()}
      isEmpty={(page) => page.chains.length === 0}
      empty={<Empty title={t('chains.title')} text={t('state.empty')} />}
    >
      {(page) => <ChainsCard chains={page.chains} />}
    </Loaded>
  );
}

function KeyFigures() {
  const { t } = useTranslation();
  const format = useFormat();
  // What is not there yet is a dash, never a zero.
  const cities = useCities().data?.items;
  const board = useBoard({ rows: '0' }).data;
  const claims = useClaims().data;
  // What is done where there is no target is no part of a share.
  const held = cities?.filter(({ target }) => target !== null);
  const sum = (field: 'done' | 'target') =>
    held === undefined || held.length === 0
      ? null
      : held.reduce((total, city) => total + (city[field] ?? 0), 0);
  const count = (status: string) => cities?.filter((city) => city.status === status).length ?? null;
  const behind = cities && (count('critical') ?? 0) + (count('lagging') ?? 0);
  const shareOf = (done: number | null, target: number | null) =>
    done === null || target === null || target === 0 ? null : done / target;
  const hasCities = cities !== undefined && cities.length > 0;
  const stalled = board?.stages.reduce((total, stage) => total + stage.stalled, 0) ?? null;
  return (
    <div className="keys">
      <Key
        label={t('keys.done')}
        note={t('keys.ofTarget', {
          target: format.integer(sum('target')),
          share: format.share(shareOf(sum('done'), sum('target'))),
        })}
      >
        <Figure id={hasCities ? 'targets/done/-' : null} label={t('keys.done')}>
          {format.integer(sum('done'))}
        </Figure>
      </Key>
      <Key
        label={t('keys.behind')}
        note={t('keys.behindNote', {
          critical: format.integer(count('critical')),
          lagging: format.integer(count('lagging')),
        })}
      >
        <Figure id={hasCities ? 'targets/behind/-' : null} label={t('keys.behind')}>
          {format.integer(behind)}
        </Figure>
      </Key>
      <Key
        label={t('keys.accepted')}
        note={t('keys.acceptedNote', {
          started: format.integer(board?.total),
          active: format.integer(board?.byStatus.ACTIVE ?? null),
        })}
      >
        <Figure id="onboardings/ACCEPTED/-" label={t('keys.accepted')}>
          {format.integer(board === undefined ? null : (board.byStatus.ACCEPTED ?? 0))}
        </Figure>
      </Key>
      <Key label={t('suppliers.overdue')} note={<Link to="/suppliers?stalled=true">{t('action.open')}</Link>}>
        <Figure id="onboardings/OVERDUE/-" label={t('suppliers.overdue')}>
          {format.integer(stalled)}
        </Figure>
      </Key>
      {claims?.state === 'ready' && (
        <Key
          label={t('keys.claims')}
          note={t('keys.claimsNote', {
            total: claims.claims.length,
            contradicted: claims.claims.filter(({ verdict }) => verdict === 'contradicted').length,
          })}
        >
          <Figure id="claims/confirmed" label={t('keys.claims')}>
            {format.integer(claims.claims.filter(({ verdict }) => verdict === 'confirmed').length)}
          </Figure>
        </Key>
      )}
    </div>
  );
}
