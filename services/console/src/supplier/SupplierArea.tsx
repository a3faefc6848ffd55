import { useQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes } from 'react-router';
import type { FindingPage } from '../../../../schemas/api/overview.ts';
import { get } from '../api/client.ts';
import { Pages } from '../app/Boundary.tsx';
import { firmsToChoose, useChosenFirm } from '../app/chosenFirm.ts';
import { FirmChoice } from '../app/FirmChoice.tsx';
import { Frame } from '../app/Frame.tsx';
import { INVITATION_PAGE } from '../app/invitationCode.ts';
import type { Session } from '../app/session.ts';
import { FiguresCard } from '../figures/FiguresCard.tsx';
import { HomePage } from './HomePage.tsx';

const ConnectionPage = lazy(() => import('./ConnectionPage.tsx'));
const EvidenceList = lazy(() => import('./EvidenceList.tsx'));
const ConsentPage = lazy(() => import('./ConsentPage.tsx'));
const FindingsPage = lazy(() => import('./FindingsPage.tsx'));

/**
 * What a supplier's one person for IT sees, on a phone: the one next thing to do first. A provider sees the same of each firm that lets
 * it act for it, without what a firm says for itself alone.
 */
export default function SupplierArea({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const firms = firmsToChoose(session);
  const { firm, choose, pathOf } = useChosenFirm(firms);
  const isProvider = session.tenancy.role === 'provider';
  const unanswered = useUnanswered(isProvider ? undefined : firm);
  const findings = t('nav.ownFindings');
  const nav = [
    { to: pathOf('/'), label: t('nav.home') },
    { to: pathOf('/figures'), label: t('nav.myFigures') },
    { to: pathOf('/evidence'), label: t('nav.evidence') },
    { to: pathOf('/connection'), label: t('nav.connection') },
    ...(isProvider
      ? []
      : [
          { to: pathOf('/findings'), label: unanswered > 0 ? `${findings} (${unanswered})` : findings },
          { to: pathOf('/consent'), label: t('nav.privacy') },
        ]),
  ];
  return (
    <Frame session={session} nav={nav}>
      {session.simulated && <p className="notice">{t('simulated')}</p>}
      {firm === undefined ? (
        <NoFirm session={session} />
      ) : (
        <>
          <FirmChoice firms={firms} chosen={firm} choose={choose} />
          {isProvider && (
            <p className="quiet">
              {t('home.onBehalf', { firm: firms.find(({ uscc }) => uscc === firm)?.name ?? firm })}
            </p>
          )}
          <Pages>
            <Routes>
              <Route
                path="/figures"
                element={
                  <div className="stack">
                    <h1>{t('nav.myFigures')}</h1>
                    <FiguresCard uscc={firm} isOwn={false} />
                  </div>
                }
              />
              <Route path="/evidence" element={<EvidenceList uscc={firm} />} />
              <Route path="/connection" element={<ConnectionPage uscc={firm} />} />
              {!isProvider && (
                <>
                  <Route path="/findings" element={<FindingsPage key={firm} uscc={firm} />} />
                  <Route path="/consent" element={<ConsentPage uscc={firm} />} />
                </>
              )}
              <Route path="*" element={<HomePage uscc={firm} />} />
            </Routes>
          </Pages>
        </>
      )}
    </Frame>
  );
}

/** Findings about a firm that nobody has answered yet. */
function useUnanswered(firm: string | undefined): number {
  const open = useQuery({
    queryKey: ['findings', 'unanswered', firm],
    queryFn: () => get<FindingPage>('/api/v1/findings', { supplier: firm, state: 'open', limit: 1 }),
    enabled: firm !== undefined,
  });
  return open.data?.total ?? 0;
}

/** Nobody to work for yet: a firm comes by invitation, a provider by delegation. */
function NoFirm({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  if (session.tenancy.role === 'provider')
    return (
      <div className="state">
        <h1>{t('home.noDelegation')}</h1>
        <p>{t('home.noDelegationText', { own: session.firms.map(({ uscc }) => uscc).join(' / ') })}</p>
      </div>
    );
  return (
    <div className="state">
      <h1>{t('nav.home')}</h1>
      <p>{t('home.noOnboarding')}</p>
      <Link className="button button-main" to={INVITATION_PAGE}>
        {t('invited.enter')}
      </Link>
    </div>
  );
}
