import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActTarget, useAct } from '../api/acts.ts';
import { OWN_REASONS } from '../api/vocabulary.ts';
import { GroundsField } from '../ui/GroundsField.tsx';
import { Failed } from '../ui/States.tsx';
import { ReasonField } from './fields.tsx';

/** "We can't" or "we won't", with the reason. Closed at first: nobody withdraws by a slip of the thumb. */
export function WithdrawForm({ target }: { readonly target: ActTarget }) {
  const { t } = useTranslation();
  const act = useAct(target);
  const [reason, setReason] = useState<(typeof OWN_REASONS)[number] | null>(null);
  const [comment, setComment] = useState('');
  return (
    <details className="card">
      <summary>{t('home.withdrawTitle')}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({ act: 'withdraw', failureReason: reason, reason: comment });
        }}
      >
        <p className="quiet">{t('home.withdrawText')}</p>
        <ReasonField label={t('home.reason')} reasons={OWN_REASONS} value={reason} change={setReason} />
        <GroundsField
          label={t('home.comment')}
          rows={3}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        {act.isError && <Failed error={act.error} />}
        <button type="submit" className="button button-bad" disabled={act.isPending}>
          {t('action.withdraw')}
        </button>
      </form>
    </details>
  );
}
