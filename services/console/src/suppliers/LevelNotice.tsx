import { useTranslation } from 'react-i18next';
import type { ProgrammeLevel } from '../../../../schemas/api/levels.ts';
import { useFormat } from '../ui/format.ts';
import { LackingList } from './LackingList.tsx';

/** A rating on site that stands below what the programme asks for, with what is missing. Nothing where it is reached. */
export function LevelNotice({
  levels,
  programme,
}: {
  readonly levels: readonly ProgrammeLevel[];
  readonly programme: string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const below = levels.find((one) => one.programme === programme && one.isBelow);
  if (below === undefined) return null;
  const { target, level, computed, score, edition, at, lacking, nearest } = below;
  return (
    <section className="notice" aria-label={t('level.title')}>
      <strong>
        {level < target ? t('level.below', { level, target }) : t('level.sheetBelow', { target })}
      </strong>
      <p className="quiet">{t('level.rated', { day: format.day(at), score, edition })}</p>
      {computed !== null && computed < level && <p>{t('level.sheet', { computed, level })}</p>}
      {computed === null && <p>{t('level.noScenes')}</p>}
      {lacking.length > 0 && <LackingList {...{ edition, lacking, nearest }} level={target} />}
    </section>
  );
}
