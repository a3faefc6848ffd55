import { useTranslation } from 'react-i18next';
import type { SupplierOnboardings } from '../../../../schemas/api/onboarding.ts';
import { type ActTarget, useAct } from '../api/acts.ts';
import { Pill } from '../ui/Pill.tsx';
import { Failed } from '../ui/States.tsx';
import { asWords, reasonInWords } from '../ui/words.ts';

type Onboarding = SupplierOnboardings['onboardings'][number];
type Offer = Onboarding['remedies'][number];

/** What may help with a step that failed or that help was asked for, and how it went for others. */
export function Remedies({
  onboarding,
  target,
}: {
  readonly onboarding: Onboarding;
  readonly target: ActTarget;
}) {
  const { t, i18n } = useTranslation();
  if (onboarding.remedies.length === 0) return null;
  const taken = new Set(
    onboarding.taken
      .filter(({ outcome }) => outcome === 'open')
      .map(({ step, remedy }) => `${step} ${remedy}`),
  );
  return (
    <section className="card">
      <h3>{t('help.offers')}</h3>
      <ul className="rows">
        {onboarding.remedies.map((offer) => (
          <li key={`${offer.step} ${offer.remedy}`} className="split">
            <span>
              <strong>{i18n.language === 'en' ? offer.title.en : offer.title.zh}</strong>
              <br />
              <span className="quiet">
                {t(`step.${offer.step}`, { defaultValue: asWords(offer.step) })} ·{' '}
                {reasonInWords(t, `${offer.reason.group}/${offer.reason.cause}`)}
                {offer.taken > 0 && ` · ${t('help.worked', { taken: offer.taken, worked: offer.worked })}`}
              </span>
              <Candidates offer={offer} />
            </span>
            {taken.has(`${offer.step} ${offer.remedy}`) ? (
              <Pill tone="good">{t('help.taken', { remedy: '' }).replace(/[:：]\s*$/, '')}</Pill>
            ) : (
              <Take offer={offer} target={target} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who fits, where the help is somebody: another provider, a firm to visit. */
function Candidates({ offer: { kind, candidates } }: { readonly offer: Offer }) {
  const { t } = useTranslation();
  if (kind !== 'other-provider' && kind !== 'lighthouse-visit') return null;
  if (candidates.length === 0) return <p className="quiet">{t('help.nobody')}</p>;
  return (
    <ul>
      {candidates.map(({ uscc, name, engaged, live }) => (
        <li key={uscc}>
          {name ?? <code>{uscc}</code>}
          {live !== null && (
            <span className="quiet"> · {t('help.broughtLive', { engaged: engaged ?? 0, live })}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Take({ offer, target }: { readonly offer: Offer; readonly target: ActTarget }) {
  const { t, i18n } = useTranslation();
  const act = useAct(target);
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={act.isPending}
        onClick={() =>
          act.mutate({
            act: 'take-remedy',
            step: offer.step,
            remedy: offer.remedy,
            reason: i18n.language === 'en' ? offer.title.en : offer.title.zh,
          })
        }
      >
        {t('help.take')}
      </button>
      {act.isError && <Failed error={act.error} />}
    </>
  );
}
