import { useTranslation } from 'react-i18next';
import type { ClaimRow } from '../../../../schemas/api/page.ts';
import { useClaims } from '../api/programme.ts';
import { Figure } from '../figures/Figure.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { valueInUnit } from '../ui/words.ts';
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
      cell: ({ claimed, unit }) => valueInUnit(t, format, claimed, unit),
    },
    {
      key: 'measured',
      label: t('claims.measured'),
      isNumber: true,
      cell: ({ explain, title, measured, unit }) => (
        <Figure id={explain.figureId} label={title[language]}>
          {valueInUnit(t, format, measured, unit)}
        </Figure>
      ),
    },
    {
      key: 'verdict',
      label: t('claims.verdictLabel'),
      sort: ({ verdict }) => t(`claims.verdict.${verdict}`),
      cell: ({ verdict }) => <Pill tone={TONES[verdict]}>{t(`claims.verdict.${verdict}`)}</Pill>,
    },
    {
      key: 'why',
      label: t('claims.why'),
      cell: ({ reason, reasonZh }) => <span className="quiet">{language === 'en' ? reason : reasonZh}</span>,
    },
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
