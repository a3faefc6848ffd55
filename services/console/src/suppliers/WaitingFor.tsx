import { useTranslation } from 'react-i18next';
import type { OnboardingRow } from '../../../../schemas/api/board.ts';

/** Who has to move, each party once, and who has a document to look at. */
export function WaitingFor({ waiting }: { readonly waiting: OnboardingRow['waiting'] }) {
  const { t } = useTranslation();
  const inWords = (party: string): string => t(`waitingOn.${party}`, { defaultValue: party });
  const reviewers = new Set(waiting.flatMap(({ reviewer }) => reviewer ?? []));
  return (
    <>
      {[...new Set(waiting.map(({ waitingOn }) => inWords(waitingOn)))].join(' · ')}
      {[...reviewers].map((reviewer) => (
        <div key={reviewer} className="quiet">
          {t('review.by', { who: inWords(reviewer) })}
        </div>
      ))}
    </>
  );
}
