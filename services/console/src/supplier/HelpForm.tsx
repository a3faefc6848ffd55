import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActTarget, useAct } from '../api/acts.ts';
import { DIFFICULTIES } from '../api/vocabulary.ts';
import { GroundsField } from '../ui/GroundsField.tsx';
import { Failed } from '../ui/States.tsx';
import { ReasonField, StepField } from './fields.tsx';

/** Says where the firm is stuck and why, to its leader and its bureau; what may help is offered after that. */
export function HelpForm({
  target,
  steps,
}: {
  readonly target: ActTarget;
  readonly steps: readonly string[];
}) {
  const { t } = useTranslation();
  const act = useAct(target);
  const [step, setStep] = useState(steps[0] ?? '');
  const [reason, setReason] = useState<(typeof DIFFICULTIES)[number] | null>(null);
  const [comment, setComment] = useState('');
  return (
    <details className="card">
      <summary>{t('help.title')}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({ act: 'ask-for-help', step, failureReason: reason, reason: comment });
        }}
      >
        <p className="quiet">{t('help.text')}</p>
        <StepField label={t('help.step')} steps={steps} value={step} change={setStep} />
        <ReasonField label={t('help.reason')} reasons={DIFFICULTIES} value={reason} change={setReason} />
        <GroundsField
          label={t('help.comment')}
          rows={3}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        {act.isError && <Failed error={act.error} />}
        {act.isSuccess && <output className="notice notice-good">{t('help.sent')}</output>}
        <button type="submit" className="button button-main" disabled={act.isPending}>
          {t('help.send')}
        </button>
      </form>
    </details>
  );
}
