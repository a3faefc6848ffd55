import { useTranslation } from 'react-i18next';
import { refusalSaid } from '../ui/words.ts';

/** Why a record was not simply accepted and what to do: in the reader's language, then what there is to say of this one. */
export function RefusalReason({
  code,
  explanation,
  explanationZh,
  remedy,
}: {
  readonly code: string | null | undefined;
  readonly explanation: string;
  readonly explanationZh: string | undefined;
  readonly remedy: string | null;
}) {
  const { t, i18n } = useTranslation();
  const said = refusalSaid(t, i18n.language, { code, explanation, explanationZh, remedy });
  return (
    <>
      {said.why !== null && <p>{said.why}</p>}
      {said.detail !== null && <p className={said.why === null ? '' : 'quiet'}>{said.detail}</p>}
      {said.mend !== null && (
        <p className="quiet">
          {t('intake.remedy')}: {said.mend}
        </p>
      )}
    </>
  );
}
