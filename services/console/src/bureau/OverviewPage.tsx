import { useTranslation } from 'react-i18next';
import type { PageModel } from '../../../../schemas/api/page.ts';
import { useOverview } from '../api/overview.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { Key } from '../ui/Key.tsx';
import { Loaded } from '../ui/States.tsx';
import { ChainsCard } from './ChainsCard.tsx';
import { TargetsCard } from './TargetsCard.tsx';

/** The meeting's first page: how far the cities are, what ended, what was gained. */
export function OverviewPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const overview = useOverview();
  return (
    <Loaded query={overview}>
      {(page) => (
        <div className="stack">
          <div className="page-head">
            <h1>{t('nav.overview')}</h1>
            <span className="quiet">{t('businessTime', { day: format.day(page.businessTime.at) })}</span>
            <button type="button" className="button button-quiet no-print" onClick={() => window.print()}>
              {t('action.print')}
            </button>
          </div>
          {page.simulated && <p className="notice">{t('simulated')}</p>}
          <KeyFigures page={page} />
          <TargetsCard targets={page.targets} />
          <ChainsCard chains={page.chains} />
        </div>
      )}
    </Loaded>
  );
}

function KeyFigures({ page }: { readonly page: PageModel }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { targets, funnel, claims, streams } = page;
  return (
    <div className="keys">
      {targets.state === 'ready' && (
        <>
          <Key
            label={t('keys.done')}
            note={t('keys.ofTarget', {
              target: format.integer(targets.target),
              share: format.share(targets.share),
            })}
          >
            {format.integer(targets.done)}
          </Key>
          <Key
            label={t('keys.behind')}
            note={t('keys.behindNote', { critical: targets.critical, lagging: targets.lagging })}
          >
            {format.integer(targets.critical + targets.lagging)}
          </Key>
        </>
      )}
      {funnel.state === 'ready' && (
        <Key
          label={t('keys.accepted')}
          note={t('keys.acceptedNote', {
            started: format.integer(funnel.counts.started),
            active: format.integer(funnel.counts.active),
          })}
        >
          {format.integer(funnel.counts.accepted)}
        </Key>
      )}
      {claims.state === 'ready' && (
        <Key
          label={t('keys.claims')}
          note={t('keys.claimsNote', {
            total: claims.claims.length,
            contradicted: claims.claims.filter(({ verdict }) => verdict === 'contradicted').length,
          })}
        >
          {claims.claims.filter(({ verdict }) => verdict === 'confirmed').length}
        </Key>
      )}
      <Key label={t('keys.events')} note={t('keys.eventsNote', { records: format.integer(streams.records) })}>
        <Figure id={null} label={t('keys.events')}>
          {format.integer(streams.accepted)}
        </Figure>
      </Key>
    </div>
  );
}
