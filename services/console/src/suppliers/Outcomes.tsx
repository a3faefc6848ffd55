import { useTranslation } from 'react-i18next';
import type { SupplierOnboardings } from '../../../../schemas/api/onboarding.ts';
import { Meanwhile } from '../figures/Meanwhile.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { kpiInWords, nullReasonInWords } from '../ui/words.ts';

type Onboarding = SupplierOnboardings['onboardings'][number];
type Outcome = Onboarding['outcomes'][number];

const TONE: Readonly<Record<Outcome['verdict'], PillTone>> = {
  gain: 'good',
  'no-gain': 'warn',
  'not-measurable': 'plain',
};

/** What was measured so many months after go-live, as it stood then. Nothing before go-live. */
export function Outcomes({ onboarding }: { readonly onboarding: Onboarding }) {
  const { t } = useTranslation();
  const { followUp, outcomes } = onboarding;
  if (followUp === 'NOT_STARTED' && outcomes.length === 0) return null;
  return (
    <section aria-label={t('outcome.title')}>
      <h3>{t('outcome.title')}</h3>
      <p className="quiet">{t('outcome.why')}</p>
      {outcomes.length === 0 && <p>{t('outcome.none')}</p>}
      <ul className="outcomes">
        {outcomes.map((outcome) => (
          <li key={`${outcome.windowMonths} ${outcome.at}`}>
            <OutcomeRow outcome={outcome} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OutcomeRow({ outcome }: { readonly outcome: Outcome }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { windowMonths, at, verdict, kpi, before, after, change, reason, isSuperficial, displacement } =
    outcome;
  return (
    <>
      <div className="split">
        <strong>{t('outcome.window', { count: windowMonths })}</strong>
        <span>
          <Pill tone={TONE[verdict]}>{t(`outcome.verdict.${verdict}`)}</Pill>{' '}
          <span className="quiet">{format.day(at)}</span>
        </span>
      </div>
      {change !== null && (
        <p>
          {kpiInWords(t, kpi)}: {format.change(change)}
          {before !== null && after !== null && ` (${format.decimal(before)} → ${format.decimal(after)})`}
        </p>
      )}
      {reason !== null && <p className="quiet">{nullReasonInWords(i18n.language, reason)}</p>}
      {isSuperficial && <p className="notice">{t('outcome.superficial')}</p>}
      {displacement !== undefined && displacement.length > 0 && (
        <details>
          <summary>{t('meanwhile.title')}</summary>
          <Meanwhile chains={displacement} />
        </details>
      )}
    </>
  );
}
