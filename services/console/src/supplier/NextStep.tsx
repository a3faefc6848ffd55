import { useTranslation } from 'react-i18next';
import type { SupplierOnboardings } from '../../../../schemas/api/onboarding.ts';
import type { ActTarget } from '../api/acts.ts';
import { useSession } from '../app/session.ts';
import { useFormat } from '../ui/format.ts';
import { asWords } from '../ui/words.ts';
import { SelfAssessment } from './SelfAssessment.tsx';
import { StatementForm } from './StatementForm.tsx';
import { isStated } from './statements.ts';

type Step = SupplierOnboardings['onboardings'][number]['steps'][number];

/** The one thing to do now; what waits for others stands below it. */
export function NextStep({ steps, target }: { readonly steps: readonly Step[]; readonly target: ActTarget }) {
  const { t } = useTranslation();
  const format = useFormat();
  // A provider states what it did itself, from its own systems; these are the firm's own to say.
  const mayState = useSession().data?.tenancy.role === 'supplier';
  const open = steps.filter(({ waitingOn }) => waitingOn !== null);
  const mine = open.filter(({ waitingOn }) => waitingOn === 'supplier');
  const others = open.filter(({ waitingOn }) => waitingOn !== 'supplier');
  return (
    <section className="card next">
      <h3>{t('home.next')}</h3>
      {mine.length === 0 && <p>{t('home.nothing')}</p>}
      {mine.map((step) => (
        <div key={step.step} className="stack">
          <p className="key-value">{t(`step.${step.step}`, { defaultValue: asWords(step.step) })}</p>
          {step.deadline !== null && <p>{t('home.until', { day: format.day(step.deadline) })}</p>}
          {step.reviewer !== null && (
            <p>
              {t('review.sent', { who: t(`waitingOn.${step.reviewer}`, { defaultValue: step.reviewer }) })}
            </p>
          )}
          {step.step === 'SELF_ASSESSED' && <SelfAssessment target={target} />}
          {mayState && isStated(step.step) && <StatementForm step={step.step} target={target} />}
        </div>
      ))}
      {others.map((step) => (
        <p key={step.step} className="quiet">
          {t(`step.${step.step}`, { defaultValue: asWords(step.step) })} ·{' '}
          {t('home.waitingFor', {
            who: t(`waitingOn.${step.waitingOn}`, { defaultValue: step.waitingOn ?? '' }),
          })}
          {step.deadline !== null && ` ${t('home.until', { day: format.day(step.deadline) })}`}
        </p>
      ))}
    </section>
  );
}
