import { useTranslation } from 'react-i18next';
import type { ClaimRow } from '../../../../schemas/api/page.ts';
import { useClaims } from '../api/programme.ts';
import { Figure } from '../figures/Figure.tsx';
import { type Format, useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { Empty, Loaded } from '../ui/States.tsx';

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
  return (
    <>
      <div className="page-head">
        <h1>{t('claims.title')}</h1>
        <span className="quiet">{t('claims.remark')}</span>
      </div>
      <Loaded
        query={query}
        isEmpty={(claims) => claims.state === 'empty'}
        empty={<Empty title={t('state.empty')} />}
      >
        {(claims) => (
          <div className="card table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('claims.claim')}</th>
                  <th scope="col" className="right">
                    {t('claims.claimed')}
                  </th>
                  <th scope="col" className="right">
                    {t('claims.measured')}
                  </th>
                  <th scope="col">{t('claims.verdictLabel')}</th>
                  <th scope="col">{t('claims.why')}</th>
                </tr>
              </thead>
              <tbody>
                {claims.state === 'ready' &&
                  claims.claims.map((claim) => (
                    <tr key={claim.id}>
                      <th scope="row">{claim.title[language]}</th>
                      <td className="right number">{inUnit(format, claim.claimed, claim.unit, t)}</td>
                      <td className="right">
                        <Figure id={claim.explain.figureId} label={claim.title[language]}>
                          {inUnit(format, claim.measured, claim.unit, t)}
                        </Figure>
                      </td>
                      <td>
                        <Pill tone={TONES[claim.verdict]}>{t(`claims.verdict.${claim.verdict}`)}</Pill>
                      </td>
                      <td className="quiet">{claim.reason}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
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
