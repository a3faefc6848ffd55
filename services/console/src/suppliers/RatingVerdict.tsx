import { useTranslation } from 'react-i18next';
import { LackingList } from './LackingList.tsx';
import { judgeSheet, type RatingSheet } from './rating.ts';

/** How many of the nearest scenes are named. */
const NEAREST = 3;

/** The level that the sheet comes to, and what the next one lacks. */
export function RatingVerdict({ sheet }: { readonly sheet: RatingSheet }) {
  const { t } = useTranslation();
  const { score, verdict, blanks } = judgeSheet(sheet);
  const { level, next, rungs } = verdict;
  const above = rungs.find((rung) => rung.level === next?.level);
  const lacking = (['score', 'scenes', 'binding'] as const).flatMap((what) => {
    const counted = above?.[what];
    return counted && counted.found < counted.needed ? [{ what, ...counted }] : [];
  });
  const nearest = lacking.some(({ what }) => what !== 'score') ? (next?.scenes.slice(0, NEAREST) ?? []) : [];
  return (
    <output className="notice">
      <strong>
        {blanks > 0 ? t('rating.soFar', { level, score, blanks }) : t('rating.comesTo', { level, score })}
      </strong>
      {next !== null && (
        <LackingList level={next.level} edition={sheet.edition} lacking={lacking} nearest={nearest} />
      )}
    </output>
  );
}
