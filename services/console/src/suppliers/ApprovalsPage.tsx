import { useTranslation } from 'react-i18next';
import { useOnboardings } from '../api/onboardings.ts';
import { Pager } from '../ui/DataTable.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { Empty, Loaded } from '../ui/States.tsx';
import { useListAddress } from '../ui/tableState.ts';
import { ApprovalCard } from './ApprovalCard.tsx';

const PAGE_SIZE = '20';

/** Plans that wait for a decision, most urgent first; the server finds them and turns the pages. */
export default function ApprovalsPage({ isForReading = false }: { readonly isForReading?: boolean }) {
  const { t } = useTranslation();
  const { filter, change, pagingOf } = useListAddress();
  const { firm: leader, q, cursor } = filter;
  const waiting = useOnboardings({
    ...{ waitingAt: 'PLAN_APPROVED', status: 'ACTIVE', sort: 'nextDueAt', limit: PAGE_SIZE },
    ...{ leader, q, cursor },
  });
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('approvals.title')}</h1>
        <span className="quiet">{t(isForReading ? 'approvals.decides' : 'approvals.remark')}</span>
      </div>
      <search className="filters">
        <SearchField value={q} change={(text) => change({ q: text })} />
      </search>
      <Loaded
        query={waiting}
        isEmpty={({ total }) => total === 0}
        empty={<Empty title={t(q === undefined ? 'approvals.none' : 'approvals.notFound')} />}
      >
        {(page) => (
          <>
            {page.items.map((row) => (
              <ApprovalCard key={row.workflowId} row={row} isForReading={isForReading} />
            ))}
            <Pager paging={pagingOf(page)} />
          </>
        )}
      </Loaded>
    </div>
  );
}
