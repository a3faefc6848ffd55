import { useTranslation } from 'react-i18next';
import type { ExportName } from '../../../../schemas/api/bureau.ts';

/** A list to take along: XLSX, CSV, or on paper. */
export function ExportLinks({
  list,
  city,
  by,
  draw,
}: {
  readonly list: ExportName;
  readonly city?: string | undefined;
  readonly by?: string | undefined;
  readonly draw?: string | undefined;
}) {
  const { t, i18n } = useTranslation();
  const address = (format: 'csv' | 'xlsx'): string => {
    const query = new URLSearchParams({ format, lang: i18n.language === 'en' ? 'en' : 'zh' });
    if (city !== undefined) query.set('city', city);
    if (by !== undefined) query.set('by', by);
    if (draw !== undefined) query.set('draw', draw);
    return `/api/v1/exports/${list}?${query}`;
  };
  return (
    <span className="buttons no-print">
      <a className="button button-quiet" href={address('xlsx')} download>
        {t('action.exportXlsx')}
      </a>
      <a className="button button-quiet" href={address('csv')} download>
        {t('action.exportCsv')}
      </a>
      <button type="button" className="button button-quiet" onClick={() => window.print()}>
        {t('action.print')}
      </button>
    </span>
  );
}
