import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActTarget, useAct } from '../api/acts.ts';
import { GroundsField } from '../ui/GroundsField.tsx';
import { Failed } from '../ui/States.tsx';

const OUTCOMES = ['matched', 'mismatched'] as const;

/** The auditor's finding whether contract, invoices and payments agree, with its grounds. */
export function FinanceAuditForm({ target }: { readonly target: ActTarget }) {
  const { t } = useTranslation();
  const act = useAct(target);
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]>('matched');
  const [reason, setReason] = useState('');
  return (
    <form
      className="stack no-print"
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({ act: 'audit-finance', outcome, reason: reason.trim() });
      }}
    >
      <label className="field">
        <span>{t('financeAudit.outcome')}</span>
        <select
          value={outcome}
          onChange={(event) => setOutcome(event.target.value as (typeof OUTCOMES)[number])}
        >
          {OUTCOMES.map((one) => (
            <option key={one} value={one}>
              {t(`financeAudit.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <GroundsField
        label={t('financeAudit.reason')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {act.isError && <Failed error={act.error} />}
      <button type="submit" className="button button-main" disabled={act.isPending}>
        {t('financeAudit.record')}
      </button>
    </form>
  );
}
