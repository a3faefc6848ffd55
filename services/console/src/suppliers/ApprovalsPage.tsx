import { useTranslation } from 'react-i18next';
import { useOnboardings } from '../api/onboardings.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { ApprovalCard } from './ApprovalCard.tsx';

/** Plans that wait for a decision, most urgent first. */
export default function ApprovalsPage({ isForReading = false }: { readonly isForReading?: boolean }) {
  const { t } = useTranslation();
  const waiting = useOnboardings({ stage: 'PLAN_FILED', status: 'ACTIVE', sort: 'nextDueAt' });
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('approvals.title')}</h1>
        <span className="quiet">{t(isForReading ? 'approvals.decides' : 'approvals.remark')}</span>
      </div>
      <Loaded query={waiting}>
        {(page) => {
          const rows = page.items.filter((row) => row.waiting.some(({ step }) => step === 'PLAN_APPROVED'));
          if (rows.length === 0) return <Empty title={t('approvals.none')} />;
          return rows.map((row) => (
            <ApprovalCard key={row.workflowId} row={row} isForReading={isForReading} />
          ));
        }}
      </Loaded>
    </div>
  );
}
