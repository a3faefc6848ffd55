import { useTranslation } from 'react-i18next';
import type { ClaimRow } from '../../../../schemas/api/page.ts';
import { useClaims } from '../api/programme.ts';
import { Figure } from '../figures/Figure.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { type Format, useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { ExportLinks } from './ExportLinks.tsx';

const TONES: Readonly<Record<ClaimRow['verdict'], PillTone>> = {
  confirmed: 'good',
  partly: 'warn',
  contradicted: 'bad',
  not_testable: 'plain',
};

/** What was said in public, held against the events. */
export default function ClaimsPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const query = useClaims();
  const language = i18n.language === 'en' ? 'en' : 'zh';
  const rows = query.data && (query.data.state === 'ready' ? query.data.claims : []);
  const columns: readonly Column<ClaimRow>[] = [
    { key: 'claim', label: t('claims.claim'), isHead: true, cell: ({ title }) => title[language] },
    {
      key: 'claimed',
      label: t('claims.claimed'),
      isNumber: true,
      cell: ({ claimed, unit }) => inUnit(format, claimed, unit, t),
    },
    {
      key: 'measured',
      label: t('claims.measured'),
      isNumber: true,
      cell: ({ explain, title, measured, unit }) => (
        <Figure id={explain.figureId} label={title[language]}>
          {inUnit(format, measured, unit, t)}
        </Figure>
      ),
    },
    {
      key: 'verdict',
      label: t('claims.verdictLabel'),
      sort: ({ verdict }) => t(`claims.verdict.${verdict}`),
      cell: ({ verdict }) => <Pill tone={TONES[verdict]}>{t(`claims.verdict.${verdict}`)}</Pill>,
    },
    { key: 'why', label: t('claims.why'), cell: ({ reason }) => <span className="quiet">{reason}</span> },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t('claims.title')}</h1>
        <span className="quiet">{t('claims.remark')}</span>
        <ExportLinks list="claims" />
      </div>
      <section className="card">
        <DataTable
          label={t('claims.title')}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          query={query}
          empty={t('claims.none')}
        />
      </section>
    </>
  );
}

function inUnit(
  format: Format,
  value: number | null,
  unit: string,
  t: (key: string, options: { defaultValue: string }) => string,
): string {
  if (unit === 'ratio') return format.share(value);
  if (unit === 'change') return format.change(value);
  const number = value !== null && Number.isInteger(value) ? format.integer(value) : format.decimal(value);
  return value === null ? number : `${number} ${t(`claims.unit.${unit}`, { defaultValue: unit })}`;
}
