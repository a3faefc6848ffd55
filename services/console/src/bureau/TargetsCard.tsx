import { useTranslation } from 'react-i18next';
import type { CityRow } from '../../../../schemas/api/overview.ts';
import { Figure } from '../figures/Figure.tsx';
import { Bar, type Tone } from '../ui/Bar.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';

const TONES: Readonly<Record<CityRow['status'], { pill: PillTone; bar: Tone }>> = {
  critical: { pill: 'bad', bar: 'bad' },
  lagging: { pill: 'warn', bar: 'warn' },
  'on-track': { pill: 'good', bar: 'good' },
  reached: { pill: 'good', bar: 'good' },
  'no-target': { pill: 'plain', bar: 'quiet' },
};

/** Cities against their targets, furthest behind first, with the forecast. */
export function TargetsCard({
  cities,
  asOf,
}: {
  readonly cities: readonly CityRow[];
  readonly asOf: string | null;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('target.title')}</h2>
        <span className="quiet">
          {t('target.remark')} · {format.day(asOf)}
        </span>
      </div>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('target.city')}</th>
              <th scope="col">{t('target.share')}</th>
              <th scope="col" className="right">
                {t('target.progress')}
              </th>
              <th scope="col">{t('target.statusLabel')}</th>
              <th scope="col">{t('target.forecast')}</th>
            </tr>
          </thead>
          <tbody>
            {cities.map((city) => (
              <tr key={city.code}>
                <th scope="row">
                  {city.name}{' '}
                  <span className="quiet">
                    {t(`region.${city.regionClass}`, { defaultValue: city.regionClass })}
                  </span>
                </th>
                <td>
                  <span className="number">{format.share(city.share)}</span>
                  <Bar
                    parts={[{ share: Math.min(1, city.share ?? 0), tone: TONES[city.status].bar }]}
                    marks={[...new Set(Object.values(city.markedBelow ?? {}))]}
                  />
                </td>
                <td className="right">
                  <Figure id={city.figureId} label={`${city.name} ${t('target.progress')}`}>
                    {format.integer(city.done)} / {format.integer(city.target)}
                  </Figure>
                </td>
                <td>
                  <Pill tone={TONES[city.status].pill}>{t(`target.status.${city.status}`)}</Pill>
                </td>
                <td className="number">
                  {city.forecast === null ? '—' : t('target.forecastRange', city.forecast)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
