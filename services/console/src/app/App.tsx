import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Route, Routes } from 'react-router';
import { isSignedOut } from '../api/client.ts';
import { Failed, Loading } from '../ui/States.tsx';
import { Boundary } from './Boundary.tsx';
import { Frame } from './Frame.tsx';
import { INVITATION_PAGE, takeInvitationCode } from './invitationCode.ts';
import { type Session, signIn, useSession } from './session.ts';

// Split by role: a supplier's phone loads nothing of what a bureau needs.
const SupplierArea = lazy(() => import('../supplier/SupplierArea.tsx'));
const LeaderArea = lazy(() => import('../leader/LeaderArea.tsx'));
const InvitationPage = lazy(() => import('../invitation/InvitationPage.tsx'));
const BureauArea = lazy(() => import('../bureau/BureauArea.tsx'));

export function App() {
  const session = useSession();
  const { t } = useTranslation();
  if (session.data !== undefined && !isSignedOut(session.error)) {
    return (
      <BrowserRouter>
        <Boundary>
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path={INVITATION_PAGE} element={<InvitationPage session={session.data} />} />
              <Route path="*" element={areaOf(session.data)} />
            </Routes>
          </Suspense>
        </Boundary>
      </BrowserRouter>
    );
  }
  if (isSignedOut(session.error)) {
    const isInvited = window.location.pathname === INVITATION_PAGE;
    if (isInvited) takeInvitationCode();
    return (
      <Frame>
        <div className="state">
          <h1>{t(isInvited ? 'invited.title' : 'signIn.title')}</h1>
          <p>{t(isInvited ? 'invited.signIn' : 'signIn.text')}</p>
          <button type="button" className="button button-main" onClick={signIn}>
            {t('signIn.action')}
          </button>
        </div>
      </Frame>
    );
  }
  const retry = (): void => void session.refetch();
  return (
    <Frame>
      {session.isError ? <Failed error={session.error} retry={retry} /> : <Loading retry={retry} />}
    </Frame>
  );
}

function areaOf(session: Session): ReactNode {
  const { role } = session.tenancy;
  switch (role) {
    case 'supplier':
    case 'provider':
      return <SupplierArea session={session} />;
    case 'leader':
      return <LeaderArea session={session} />;
    case 'operator':
    case 'bureau':
    case 'rater':
    case 'financial-auditor':
    case 'platform':
    case 'replayer':
      return <BureauArea session={session} />;
    default: {
      const unknown: never = role;
      return unknown;
    }
  }
}
