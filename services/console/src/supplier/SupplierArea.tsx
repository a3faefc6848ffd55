import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes } from 'react-router';
import { Pages } from '../app/Boundary.tsx';
import { useChosenFirm } from '../app/chosenFirm.ts';
import { FirmChoice } from '../app/FirmChoice.tsx';
import { Frame } from '../app/Frame.tsx';
import { INVITATION_PAGE } from '../app/invitationCode.ts';
import type { Session } from '../app/session.ts';
import { FiguresCard } from '../figures/FiguresCard.tsx';
import { HomePage } from './HomePage.tsx';

const ConnectionPage = lazy(() => import('./ConnectionPage.tsx'));
const EvidenceList = lazy(() => import('./EvidenceList.tsx'));
const ConsentPage = lazy(() => import('./ConsentPage.tsx'));

/** What a supplier's one person for IT sees, on a phone: the one next thing to do first. */
export default function SupplierArea({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const { firm, choose, pathOf } = useChosenFirm(session.firms);
  const nav = [
    { to: pathOf('/'), label: t('nav.home') },
    { to: pathOf('/figures'), label: t('nav.myFigures') },
    { to: pathOf('/evidence'), label: t('nav.evidence') },
    { to: pathOf('/connection'), label: t('nav.connection') },
    { to: pathOf('/consent'), label: t('nav.privacy') },
  ];
  return (
    <Frame session={session} nav={nav}>
      {session.simulated && <p className="notice">{t('simulated')}</p>}
      {firm === undefined ? (
        <div className="state">
          <h1>{t('nav.home')}</h1>
          <p>{t('home.noOnboarding')}</p>
          <Link className="button button-main" to={INVITATION_PAGE}>
            {t('invited.enter')}
          </Link>
        </div>
      ) : (
        <>
          <FirmChoice firms={session.firms} chosen={firm} choose={choose} />
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
              <Route path="/consent" element={<ConsentPage uscc={firm} />} />
              <Route path="*" element={<HomePage uscc={firm} />} />
            </Routes>
          </Pages>
        </>
      )}
    </Frame>
  );
}
