import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Routes } from 'react-router';
import { useChosenFirm } from '../app/chosenFirm.ts';
import { FirmChoice } from '../app/FirmChoice.tsx';
import { Frame } from '../app/Frame.tsx';
import type { Session } from '../app/session.ts';
import { FiguresCard } from '../figures/FiguresCard.tsx';
import { Empty, Loading } from '../ui/States.tsx';
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
        <Empty title={t('home.noOnboarding')} />
      ) : (
        <>
          <FirmChoice firms={session.firms} chosen={firm} choose={choose} />
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/figures" element={<FiguresCard uscc={firm} />} />
              <Route path="/evidence" element={<EvidenceList uscc={firm} />} />
              <Route path="/connection" element={<ConnectionPage uscc={firm} />} />
              <Route path="/consent" element={<ConsentPage uscc={firm} />} />
              <Route path="*" element={<HomePage uscc={firm} />} />
            </Routes>
          </Suspense>
        </>
      )}
    </Frame>
  );
}
