import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActTarget, useAct } from '../api/acts.ts';
import { GroundsField } from '../ui/GroundsField.tsx';
import { Failed } from '../ui/States.tsx';

/** Gives a step back for completion, saying what is missing. Closed at first: most documents are in order. */
export function ReturnForm({ target, step }: { readonly target: ActTarget; readonly step: string }) {
  const { t } = useTranslation();
  const act = useAct(target);
  const [reason, setReason] = useState('');
  return (
    <details className="no-print">
      <summary>{t('review.giveBack')}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({ act: 'return-step', step, reason: reason.trim() });
        }}
      >
        <GroundsField
          label={t('review.missing')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {act.isError && <Failed error={act.error} />}
        <button type="submit" className="button" disabled={act.isPending}>
          {t('action.giveBack')}
        </button>
      </form>
    </details>
  );
}
