import { useTranslation } from 'react-i18next';
import type { ProgrammeLevel } from '../../../../schemas/api/levels.ts';
import { sceneNames } from './rating.ts';

/** What a level lacks by a sheet, and the scenes that are nearest to it. */
export function LackingList({
  level,
  edition,
  lacking,
  nearest,
}: { readonly level: number } & Pick<ProgrammeLevel, 'lacking' | 'nearest'> & {
    readonly edition: string;
  }) {
  const { t, i18n } = useTranslation();
  const names = sceneNames(edition, i18n.language);
  return (
    <>
      <p>{t('rating.next', { level })}</p>
      <ul>
        {lacking.map(({ what, found, needed }) => (
          <li key={what}>{t(`rating.lack.${what}`, { found, needed, level })}</li>
        ))}
        {nearest.length > 0 && (
          <li>
            {t('rating.nearest')}
            {nearest.map(({ id, at }) => `${names.get(id) ?? id} L${at}`).join(t('rating.and'))}
          </li>
        )}
      </ul>
    </>
  );
}
