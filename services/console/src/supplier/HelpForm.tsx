import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActTarget, useAct } from '../api/acts.ts';
import { DIFFICULTIES } from '../api/vocabulary.ts';
import { Failed } from '../ui/States.tsx';
import { asWords, reasonInWords } from '../ui/words.ts';

const codeOf = ({ group, cause }: { readonly group: string; readonly cause: string }): string =>
  `${group}/${cause}`;

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
  const [reason, setReason] = useState('');
  const [comment, setComment] = useState('');
  return (
    <details className="card">
      <summary>{t('help.title')}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const failureReason = DIFFICULTIES.find((one) => codeOf(one) === reason);
          act.mutate({ act: 'ask-for-help', step, failureReason, reason: comment });
        }}
      >
        <p className="quiet">{t('help.text')}</p>
        <label className="field">
          <span>{t('help.step')}</span>
          <select value={step} onChange={(event) => setStep(event.target.value)}>
            {steps.map((name) => (
              <option key={name} value={name}>
                {t(`step.${name}`, { defaultValue: asWords(name) })}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('help.reason')}</span>
          <select required value={reason} onChange={(event) => setReason(event.target.value)}>
            <option value="" />
            {DIFFICULTIES.map((one) => (
              <option key={codeOf(one)} value={codeOf(one)}>
                {reasonInWords(t, codeOf(one))}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('help.comment')}</span>
          <textarea
            required
            minLength={4}
            rows={3}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        </label>
        {act.isError && <Failed error={act.error} />}
        {act.isSuccess && <output className="notice notice-good">{t('help.sent')}</output>}
        <button type="submit" className="button button-main" disabled={act.isPending}>
          {t('help.send')}
        </button>
      </form>
    </details>
  );
}
