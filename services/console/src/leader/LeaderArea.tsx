import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Routes } from 'react-router';
import { Pages } from '../app/Boundary.tsx';
import { useChosenFirm } from '../app/chosenFirm.ts';
import { FirmChoice } from '../app/FirmChoice.tsx';
import { Frame } from '../app/Frame.tsx';
import type { Session } from '../app/session.ts';
import SuppliersPage from '../suppliers/SuppliersPage.tsx';

const SupplierPage = lazy(() => import('../suppliers/SupplierPage.tsx'));
const ApprovalsPage = lazy(() => import('../suppliers/ApprovalsPage.tsx'));
const ChainPage = lazy(() => import('./ChainPage.tsx'));
const NetworkPage = lazy(() => import('./NetworkPage.tsx'));
const NominatePage = lazy(() => import('./NominatePage.tsx'));
const WebhooksPage = lazy(() => import('../webhooks/WebhooksPage.tsx'));
const IntakePage = lazy(() => import('../intake/IntakePage.tsx'));

/** What a chain leader's purchasing manager sees: who is stuck, what the chain gained, whether the events arrive. */
export default function LeaderArea({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const { firm: leader = '', choose, pathOf } = useChosenFirm(session.firms);
  const nav = [
    { to: pathOf('/'), label: t('nav.suppliers') },
    { to: pathOf('/approvals'), label: t('nav.approvals') },
    { to: pathOf('/chain'), label: t('nav.chain') },
    { to: pathOf('/network'), label: t('nav.network') },
    { to: pathOf('/nominate'), label: t('suppliers.nominate') },
    { to: pathOf('/intake'), label: t('nav.intake') },
    { to: pathOf('/webhooks'), label: t('webhooks.nav') },
  ];
  return (
    <Frame session={session} nav={nav}>
      <FirmChoice firms={session.firms} chosen={leader} choose={choose} />
      <Pages>
        <Routes>
          <Route path="/approvals" element={<ApprovalsPage isForReading />} />
          <Route path="/chain" element={<ChainPage leader={leader} />} />
          <Route path="/network" element={<NetworkPage leader={leader} />} />
          <Route path="/nominate" element={<NominatePage leader={leader} />} />
          <Route path="/intake" element={<IntakePage leader={leader} />} />
          <Route path="/webhooks" element={<WebhooksPage />} />
          <Route path="/suppliers/:uscc" element={<SupplierPage />} />
          <Route path="*" element={<SuppliersPage />} />
        </Routes>
      </Pages>
    </Frame>
  );
}
