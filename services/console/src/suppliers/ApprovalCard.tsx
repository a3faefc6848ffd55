import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OnboardingRow } from '../../../../schemas/api/board.ts';
import { useAct } from '../api/acts.ts';
import { useFormat } from '../ui/format.ts';
import { Failed } from '../ui/States.tsx';

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
  const [isMissing, setMissing] = useState(false);
  const errorId = useId();
  const act = useAct({ supplierUscc: row.uscc, platform: row.platform, programme: row.programme });
  const deadline = row.waiting.find(({ step }) => step === 'PLAN_APPROVED')?.deadline ?? null;

  const decide = (decision: { act: string; step?: string }): void => {
    const isGiven = reason.trim() !== '';
    setMissing(!isGiven);
    if (isGiven) act.mutate({ ...decision, reason: reason.trim() });
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
        <>
          <label className="field">
            <span>{t('approvals.reason')}</span>
            <input
              value={reason}
              aria-invalid={isMissing}
              aria-describedby={isMissing ? errorId : undefined}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          {isMissing && (
            <p className="field-error" id={errorId} role="alert">
              {t('approvals.reasonHint')}
            </p>
          )}
          {act.isError && <Failed error={act.error} />}
          <div className="buttons">
            <button
              type="button"
              className="button button-main"
              disabled={act.isPending}
              onClick={() => decide({ act: 'approve-plan' })}
            >
              {t('action.approve')}
            </button>
            <button
              type="button"
              className="button"
              disabled={act.isPending}
              onClick={() => decide({ act: 'return-step', step: 'PLAN_FILED' })}
            >
              {t('action.giveBack')}
            </button>
            <button
              type="button"
              className="button button-bad"
              disabled={act.isPending}
              onClick={() => decide({ act: 'decline-plan' })}
            >
              {t('action.decline')}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
