import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CityPage, CityRow } from '../../../../schemas/api/overview.ts';
import { Figure } from '../figures/Figure.tsx';
import { Bar, type Tone } from '../ui/Bar.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { MISSING, useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { ExportLinks } from './ExportLinks.tsx';

const TONES: Readonly<Record<CityRow['status'], { pill: PillTone; bar: Tone }>> = {
  critical: { pill: 'bad', bar: 'bad' },
  lagging: { pill: 'warn', bar: 'warn' },
  'on-track': { pill: 'good', bar: 'good' },
  reached: { pill: 'good', bar: 'good' },
  'no-target': { pill: 'plain', bar: 'quiet' },
};

/** Cities against their targets, furthest behind first, with the forecast. */
export function TargetsCard({ cities }: { readonly cities: UseQueryResult<CityPage> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('target.title')}</h2>
        <span className="quiet">
          {t('target.remark')} · {format.day(cities.data?.asOf)}
        </span>
        <ExportLinks list="cities" />
      </div>
      <DataTable
        label={t('target.title')}
        columns={useColumns()}
        rows={cities.data?.items}
        rowKey={({ figureId }) => figureId}
        query={cities}
        empty={t('target.none')}
      />
    </section>
  );
}

/** A further programme of a city stands in its figure's id; the first needs no name. */
const programmeNamed = (figureId: string): string => figureId.split('/programme:')[1] ?? '';

function useColumns(): readonly Column<CityRow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      key: 'name',
      label: t('target.city'),
      isHead: true,
      sort: ({ name }) => name,
      cell: ({ name, regionClass, figureId }) => (
        <>
          {name}{' '}
          <span className="quiet">
            {t(`region.${regionClass}`, { defaultValue: regionClass })} {programmeNamed(figureId)}
          </span>
        </>
      ),
    },
    {
      key: 'share',
      label: t('target.share'),
      sort: ({ share }) => share,
      cell: ({ name, figureId, share, status, markedBelow }) => (
        <>
          <Figure id={share === null ? null : figureId} label={`${name} ${t('target.share')}`}>
            {format.share(share)}
          </Figure>
          <Bar
            parts={[{ share: Math.min(1, share ?? 0), tone: TONES[status].bar }]}
            marks={[...new Set(Object.values(markedBelow ?? {}))]}
          />
        </>
      ),
    },
    {
      key: 'done',
      label: t('target.progress'),
      isNumber: true,
      sort: ({ done }) => done,
      cell: ({ figureId, name, done, target, targetBasis, notCountable }) => (
        <>
          <Figure id={figureId} label={`${name} ${t('target.progress')}`}>
            {format.integer(done)} / {format.integer(target)}
          </Figure>
          {targetBasis === 'region-class' && <div className="quiet">{t('target.byRegionClass')}</div>}
          {Object.entries(notCountable).map(([reason, firms]) => (
            <div key={reason} className="quiet">
              {t('target.notCounted', {
                firms,
                reason: t(`notCountable.${reason}`, { defaultValue: reason }),
              })}
            </div>
          ))}
        </>
      ),
    },
    {
      key: 'status',
      label: t('target.statusLabel'),
      cell: ({ status }) => <Pill tone={TONES[status].pill}>{t(`target.status.${status}`)}</Pill>,
    },
    {
      key: 'forecast',
      label: t('target.forecast'),
      sort: ({ forecast }) => forecast?.mid ?? null,
      cell: ({ figureId, name, forecast }) => (
        <Figure
          id={forecast === null ? null : figureId.replace(/^target/, 'forecast')}
          label={`${name} ${t('target.forecast')}`}
        >
          {forecast === null ? MISSING : t('target.forecastRange', forecast)}
        </Figure>
      ),
    },
  ];
}
