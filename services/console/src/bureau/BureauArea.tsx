import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Routes } from 'react-router';
import { Pages } from '../app/Boundary.tsx';
import { Frame } from '../app/Frame.tsx';
import type { Session } from '../app/session.ts';
import { OverviewPage } from './OverviewPage.tsx';

const SupplierPage = lazy(() => import('../suppliers/SupplierPage.tsx'));
const SuppliersPage = lazy(() => import('../suppliers/SuppliersPage.tsx'));
const ApprovalsPage = lazy(() => import('../suppliers/ApprovalsPage.tsx'));
const ClaimsPage = lazy(() => import('./ClaimsPage.tsx'));
const FunnelPage = lazy(() => import('./FunnelPage.tsx'));
const FindingsPage = lazy(() => import('./FindingsPage.tsx'));
const PublicationsPage = lazy(() => import('./PublicationsPage.tsx'));
const AuditsPage = lazy(() => import('./AuditsPage.tsx'));
const AuditPage = lazy(() => import('./AuditPage.tsx'));
const SamplesPage = lazy(() => import('./samples/SamplesPage.tsx'));
const SamplePage = lazy(() => import('./samples/SamplePage.tsx'));
const WorkPaperPage = lazy(() => import('./samples/WorkPaperPage.tsx'));
const WebhooksPage = lazy(() => import('../webhooks/WebhooksPage.tsx'));
const IntakePage = lazy(() => import('../intake/IntakePage.tsx'));

/** What a bureau, an auditor or the operator sees; the gateway cuts it to the jurisdiction. */
export default function BureauArea({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const { role } = session.tenancy;
  if (role === 'rater') return <RaterArea session={session} />;
  const nav = [
    { to: '/', label: t('nav.overview') },
    { to: '/funnel', label: t('nav.funnel') },
    { to: '/suppliers', label: t('nav.suppliers') },
    // Plans are decided by a bureau; an auditor looks at what came of them.
    ...(role === 'financial-auditor' ? [] : [{ to: '/approvals', label: t('nav.approvals') }]),
    { to: '/claims', label: t('nav.claims') },
    { to: '/findings', label: t('nav.findings') },
    { to: '/published', label: t('nav.figures') },
    { to: '/samples', label: t('samples.nav') },
    ...(seesWholeChains(session) ? [{ to: '/audits', label: t('nav.audits') }] : []),
    // Auditors look things up; no system of theirs is told.
    ...(role === 'financial-auditor' ? [] : [{ to: '/webhooks', label: t('webhooks.nav') }]),
    // Refused records are the affair of who sent them, and of the operator.
    ...(role === 'operator' ? [{ to: '/intake', label: t('nav.intake') }] : []),
  ];
  return (
    <Frame session={session} nav={nav}>
      <Pages>
        <Routes>
          <Route path="/" element={<OverviewPage session={session} />} />
          <Route path="/funnel" element={<FunnelPage />} />
          <Route path="/suppliers" element={<SuppliersPage />} />
          <Route path="/suppliers/:uscc" element={<SupplierPage />} />
          <Route path="/approvals" element={<ApprovalsPage />} />
          <Route path="/claims" element={<ClaimsPage />} />
          <Route path="/findings" element={<FindingsPage />} />
          <Route path="/published" element={<PublicationsPage />} />
          <Route path="/samples" element={<SamplesPage session={session} />} />
          <Route path="/samples/:drawId" element={<SamplePage />} />
          <Route path="/samples/:drawId/:uscc" element={<WorkPaperPage />} />
          <Route path="/audits" element={<AuditsPage />} />
          <Route path="/audits/:runId" element={<AuditPage />} />
          <Route path="/webhooks" element={<WebhooksPage />} />
          <Route path="/intake" element={<IntakePage />} />
          <Route path="*" element={<OverviewPage session={session} />} />
        </Routes>
      </Pages>
    </Frame>
  );
}

/** A rater judges firms one by one: targets, claims and findings are not its affair, and the gateway does not show them. */
function RaterArea({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const nav = [
    { to: '/', label: t('nav.suppliers') },
    { to: '/funnel', label: t('nav.funnel') },
  ];
  return (
    <Frame session={session} nav={nav}>
      <Pages>
        <Routes>
          <Route path="/funnel" element={<FunnelPage />} />
          <Route path="/suppliers/:uscc" element={<SupplierPage />} />
          <Route path="*" element={<SuppliersPage />} />
        </Routes>
      </Pages>
    </Frame>
  );
}

/** Audits compare firms of whole chains, across regions; the gateway shows them to nobody below the ministry. */
const seesWholeChains = ({ tenancy }: Session): boolean =>
  tenancy.role === 'operator' ||
  (tenancy.role === 'bureau' && tenancy.region === '000000' && tenancy.zone === undefined) ||
  (tenancy.role === 'financial-auditor' && tenancy.region === '000000');
