import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OnboardingPage, OnboardingRow } from '../../../../schemas/api/board.ts';
import { useFormat } from '../ui/format.ts';
import { reasonInWords } from '../ui/words.ts';
import { RiskPill } from './RiskPill.tsx';
import { StatusPill } from './StatusPill.tsx';

/** A page of suppliers, turned at the server: thousands of rows cost no more than fifty. */
export function SupplierTable({
  page,
  turn,
  isFirstPage,
}: {
  readonly page: OnboardingPage;
  readonly turn: (cursor: string | undefined) => void;
  readonly isFirstPage: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('suppliers.name')}</th>
              <th scope="col">{t('suppliers.stage')}</th>
              <th scope="col">{t('suppliers.statusLabel')}</th>
              <th scope="col">{t('suppliers.waiting')}</th>
              <th scope="col">{t('suppliers.deadline')}</th>
              <th scope="col">{t('suppliers.risk')}</th>
            </tr>
          </thead>
          <tbody>
            {page.items.map((row) => (
              <tr key={row.workflowId}>
                <th scope="row">
                  <Link to={`/suppliers/${row.uscc}`}>{row.name ?? row.uscc}</Link>
                  <br />
                  <code className="quiet">{row.uscc}</code>
                </th>
                <td>{t(`stage.${row.stage}`)}</td>
                <td>
                  <StatusPill status={row.status} />
                  {row.failureReason !== null && (
                    <div className="quiet">{reasonInWords(t, codeOf(row.failureReason))}</div>
                  )}
                </td>
                <td>
                  {row.waiting
                    .map(({ waitingOn }) => t(`waitingOn.${waitingOn}`, { defaultValue: waitingOn }))
                    .join(' · ') || '—'}
                </td>
                <td className="number">{format.day(earliest(row))}</td>
                <td>
                  <RiskPill risk={row.risk} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="pager">
        <span className="quiet">{t('page.total', { total: format.integer(page.total) })}</span>
        <span className="buttons">
          <button type="button" className="button" disabled={isFirstPage} onClick={() => turn(undefined)}>
            ⇤<span className="hidden">{t('action.previous')}</span>
          </button>
          <button
            type="button"
            className="button"
            disabled={page.nextCursor === null}
            onClick={() => turn(page.nextCursor ?? undefined)}
          >
            {t('action.next')}
          </button>
        </span>
      </div>
    </>
  );
}

const codeOf = ({ group, cause }: NonNullable<OnboardingRow['failureReason']>): string =>
  [group, cause].filter(Boolean).join('/');

const earliest = (row: OnboardingRow): string | null =>
  row.waiting
    .map(({ deadline }) => deadline)
    .filter((deadline) => deadline !== null)
    .sort()[0] ?? null;
