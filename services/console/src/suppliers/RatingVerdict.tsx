import { useTranslation } from 'react-i18next';
import { editionOf, judgeSheet, type RatingSheet } from './rating.ts';

/** How many of the nearest scenes are named. */
const NEAREST = 3;

/** The level that the sheet comes to, and what the next one lacks. */
export function RatingVerdict({ sheet }: { readonly sheet: RatingSheet }) {
  const { t, i18n } = useTranslation();
  const { score, verdict, blanks } = judgeSheet(sheet);
  const { level, next, rungs } = verdict;
  const above = rungs.find((rung) => rung.level === next?.level);
  const lacking = (['score', 'scenes', 'binding'] as const).flatMap((what) => {
    const counted = above?.[what];
    return counted && counted.found < counted.needed ? [{ what, ...counted }] : [];
  });
  const nearest = lacking.some(({ what }) => what !== 'score') ? (next?.scenes.slice(0, NEAREST) ?? []) : [];
  const names = new Map(
    editionOf(sheet).scenes.map(({ id, name }) => [id, i18n.language === 'en' ? name.en : name.zh]),
  );
  return (
    <output className="notice">
      <strong>
        {blanks > 0 ? t('rating.soFar', { level, score, blanks }) : t('rating.comesTo', { level, score })}
      </strong>
      {next !== null && (
        <>
          <p>{t('rating.next', { level: next.level })}</p>
          <ul>
            {lacking.map(({ what, found, needed }) => (
              <li key={what}>{t(`rating.lack.${what}`, { found, needed, level: next.level })}</li>
            ))}
            {nearest.length > 0 && (
              <li>
                {t('rating.nearest')}
                {nearest.map(({ id, at }) => `${names.get(id) ?? id} L${at}`).join(t('rating.and'))}
              </li>
            )}
          </ul>
        </>
      )}
    </output>
  );
}
