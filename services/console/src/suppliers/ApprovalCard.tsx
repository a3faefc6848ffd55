import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OnboardingRow } from '../../../../schemas/api/board.ts';
import { useAct } from '../api/acts.ts';
import { useFormat } from '../ui/format.ts';
import { GroundsField } from '../ui/GroundsField.tsx';
import { Failed } from '../ui/States.tsx';

const DECISIONS = {
  approve: { act: 'approve-plan' },
  giveBack: { act: 'return-step', step: 'PLAN_FILED' },
  decline: { act: 'decline-plan' },
} as const;
type Decision = keyof typeof DECISIONS;

/** One plan with the decision. Every decision asks for a reason before it is sent. */
export function ApprovalCard({
  row,
  isForReading,
}: {
  readonly row: OnboardingRow;
  /** Shown to somebody who may not decide. */
  readonly isForReading: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const act = useAct({ supplierUscc: row.uscc, platform: row.platform, programme: row.programme });
  const deadline = row.waiting.find(({ step }) => step === 'PLAN_APPROVED')?.deadline ?? null;

  const decide = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = event.nativeEvent.submitter as HTMLButtonElement;
    act.mutate({ ...DECISIONS[value as Decision], reason: reason.trim() });
  };

  return (
    <section className="card stack">
      <div className="split">
        <h2>
          <Link to={`/suppliers/${row.uscc}`}>{row.name ?? row.uscc}</Link>
        </h2>
        {deadline !== null && (
          <span className="quiet">{t('approvals.byWhen', { day: format.day(deadline) })}</span>
        )}
      </div>
      <p className="quiet">
        {row.uscc} · {row.programme} · {row.platform}
      </p>
      {!isForReading && (
        <form className="stack" onSubmit={decide}>
          <GroundsField
            label={t('approvals.reason')}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {act.isError && <Failed error={act.error} />}
          <div className="buttons">
            <button type="submit" value="approve" className="button button-main" disabled={act.isPending}>
              {t('action.approve')}
            </button>
            <button type="submit" value="giveBack" className="button" disabled={act.isPending}>
              {t('action.giveBack')}
            </button>
            <button type="submit" value="decline" className="button button-bad" disabled={act.isPending}>
              {t('action.decline')}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
