import { useTranslation } from 'react-i18next';

/** Why a record was not simply accepted and what to do: in the reader's language, then what the service says of this one. */
export function RefusalReason({
  code,
  explanation,
  remedy,
}: {
  readonly code: string | null | undefined;
  readonly explanation: string;
  readonly remedy: string | null;
}) {
  const { t, i18n } = useTranslation();
  const why = i18n.language === 'en' ? '' : t(`refusal.${code}.why`, { defaultValue: '' });
  const mend = why === '' ? remedy : t(`refusal.${code}.mend`);
  return (
    <>
      {why !== '' && <p>{why}</p>}
      <p className={why === '' ? '' : 'quiet'}>{explanation}</p>
      {mend !== null && (
        <p className="quiet">
          {t('intake.remedy')}: {mend}
        </p>
      )}
    </>
  );
}
