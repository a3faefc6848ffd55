import { useTranslation } from 'react-i18next';
import type { SupplierOnboardings } from '../../../../schemas/api/onboarding.ts';
import type { ActTarget } from '../api/acts.ts';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { actorInWords, asWords, reasonInWords } from '../ui/words.ts';
import { DiagnosisForm } from './DiagnosisForm.tsx';
import { FinanceAuditForm } from './FinanceAuditForm.tsx';
import { RatingForm } from './RatingForm.tsx';
import { ReturnForm } from './ReturnForm.tsx';

type Step = SupplierOnboardings['onboardings'][number]['steps'][number];

const TONES: Readonly<Record<string, PillTone>> = {
  TO_DO: 'plain',
  IN_PROGRESS: 'busy',
  WAITING_ON: 'busy',
  DONE: 'good',
  FAILED: 'bad',
  SKIPPED: 'plain',
};

/** The checklist: what is done, who is waited for and until when, and each failed attempt with its reason. */
export function Steps({
  steps,
  returnFor = null,
  auditFor = null,
  rateAs = null,
}: {
  readonly steps: readonly Step[];
  /** The onboarding whose documents the reader may give back; null where they may not. */
  readonly returnFor?: ActTarget | null;
  /** The onboarding whose payments the reader audits; null where they do not. */
  readonly auditFor?: ActTarget | null;
  /** The onboarding that the reader diagnoses and rates on site, and as whom; null where they do not. */
  readonly rateAs?: { readonly target: ActTarget; readonly rater: string } | null;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ol className="timeline">
      {steps.map((step) => (
        <li key={step.step} className={`step-${step.state}`}>
          <div className="split">
            <strong>{t(`step.${step.step}`, { defaultValue: asWords(step.step) })}</strong>
            <Pill tone={TONES[step.state] ?? 'plain'}>{t(`stepState.${step.state}`)}</Pill>
          </div>
          {step.waitingOn !== null && (
            <p>
              {t('home.waitingFor', {
                who: t(`waitingOn.${step.waitingOn}`, { defaultValue: step.waitingOn }),
              })}
              {step.deadline !== null && (
                <span className="quiet"> {t('home.until', { day: format.day(step.deadline) })}</span>
              )}
            </p>
          )}
          {step.reviewer !== null && (
            <p className="quiet">
              {t('review.by', { who: t(`waitingOn.${step.reviewer}`, { defaultValue: step.reviewer }) })}
            </p>
          )}
          {step.reviewer !== null && returnFor !== null && <ReturnForm target={returnFor} step={step.step} />}
          {step.step === 'FINANCE_AUDITED' && step.waitingOn === 'financial-auditor' && auditFor !== null && (
            <FinanceAuditForm target={auditFor} />
          )}
          {step.step === 'DIAGNOSED' && step.waitingOn === 'rater' && rateAs !== null && (
            <DiagnosisForm {...rateAs} />
          )}
          {step.step === 'ONSITE_RATED' && step.waitingOn === 'rater' && rateAs !== null && (
            <RatingForm {...rateAs} />
          )}
          {step.attempts
            .filter(({ outcome }) => outcome !== 'done')
            .map((attempt) => (
              <p key={`${attempt.at} ${attempt.actor}`} className="quiet">
                {format.day(attempt.at)} · {actorInWords(t, attempt.actor)}
                {attempt.reason !== null &&
                  ` · ${reasonInWords(t, [attempt.reason.group, attempt.reason.cause].filter(Boolean).join('/'))}`}
                {attempt.comment !== null && ` · ${attempt.comment}`}
              </p>
            ))}
        </li>
      ))}
    </ol>
  );
}
