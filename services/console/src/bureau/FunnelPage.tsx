import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Funnel, FunnelDimension } from '../../../../schemas/api/onboarding.ts';
import { useCities, useFunnel } from '../api/programme.ts';
import { useSession } from '../app/session.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { reasonInWords } from '../ui/words.ts';
import { ExportLinks } from './ExportLinks.tsx';
import { FunnelGroups, groupInWords } from './FunnelGroups.tsx';
import { FunnelStages, figureOf, type Scope } from './FunnelStages.tsx';

const FUNNEL_DIMENSIONS = ['city', 'chain', 'industry', 'provider'] as const satisfies FunnelDimension[];
/** How an address names the group of what is not known. */
const UNKNOWN = 'unknown';
const SCOPES: Readonly<Record<FunnelDimension, string>> = {
  city: '',
  chain: 'leader:',
  industry: 'industry:',
  provider: 'provider:',
};

/** What the figures of a group are named by; those of a group within a city, or of what is not known, do not open. */
const scopeOf = (by: FunnelDimension | undefined, key: string, city: string | undefined): Scope =>
  by === undefined || key === '' || (city !== undefined && by !== 'city') ? null : `${SCOPES[by]}${key}`;

/** How far onboardings come, and where and why they end; for the whole jurisdiction or one city. */
export default function FunnelPage() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const city = parameters.get('city') ?? undefined;
  const by = FUNNEL_DIMENSIONS.find((one) => one === parameters.get('by'));
  const funnel = useFunnel({ city, by });
  const set = (changed: Readonly<Record<string, string>>): void =>
    setParameters((before) => {
      const all = { ...Object.fromEntries(before), ...changed };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    });
  // A rater has no list of cities and no exports.
  const isOfficial = useSession().data?.tenancy.role !== 'rater';
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('funnel.title')}</h1>
        <span className="quiet">{t('funnel.remark')}</span>
        {isOfficial && <ExportLinks list="funnel" city={city} by={by} />}
      </div>
      <div className="filters">
        {isOfficial && <CityFilter city={city} choose={(chosen) => set({ city: chosen, group: '' })} />}
        <label className="field">
          <span>{t('funnel.by')}</span>
          <select value={by ?? ''} onChange={(event) => set({ by: event.target.value, group: '' })}>
            <option value="">{t('funnel.notGrouped')}</option>
            {FUNNEL_DIMENSIONS.map((one) => (
              <option key={one} value={one}>
                {t(`funnel.dimension.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded
        query={funnel}
        isEmpty={({ stages }) => stages.every(({ entered }) => entered === 0)}
        empty={<Empty title={t('funnel.none')} />}
      >
        {(data) => {
          const group = data.groups?.find(
            ({ key, withheld }) => withheld === undefined && (key || UNKNOWN) === parameters.get('group'),
          );
          const shown = group ?? data;
          const scope = group === undefined ? (city ?? '-') : scopeOf(by, group.key, city);
          return (
            <>
              {by !== undefined && (
                <FunnelGroups
                  by={by}
                  groups={data.groups ?? []}
                  chosen={group?.key}
                  choose={(key) => set({ group: key === null ? '' : key || UNKNOWN })}
                />
              )}
              {group !== undefined && <h2>{groupInWords(t, group)}</h2>}
              <div className="columns columns-wide">
                <FunnelStages stages={shown.stages} scope={scope} />
                <Failures failures={shown.failures} scope={scope} />
              </div>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function CityFilter({
  city,
  choose,
}: {
  readonly city: string | undefined;
  readonly choose: (city: string) => void;
}) {
  const { t } = useTranslation();
  const cities = useCities();
  return (
    <label className="field">
      <span>{t('target.city')}</span>
      <select value={city ?? ''} onChange={(event) => choose(event.target.value)}>
        <option value="">{t('action.all')}</option>
        {cities.data?.items.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Failures({ failures, scope }: { readonly failures: Funnel['failures']; readonly scope: Scope }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card">
      <h2>{t('funnel.failures')}</h2>
      {failures.length === 0 && <p className="quiet">{t('funnel.noFailures')}</p>}
      <ul className="rows">
        {failures.map((failure) => (
          <li key={`${failure.stage} ${failure.reason}`} className="split">
            <span>
              {reasonInWords(t, failure.reason)} <span className="quiet">{t(`stage.${failure.stage}`)}</span>
            </span>
            <span className="number">
              <Figure
                id={figureOf('failed', failure.stage, scope, failure.reason)}
                label={reasonInWords(t, failure.reason)}
              >
                {format.integer(failure.count)}
              </Figure>{' '}
              <Figure
                id={figureOf('share', failure.stage, scope, failure.reason)}
                label={`${reasonInWords(t, failure.reason)} ${t('funnel.share')}`}
              >
                {format.share(failure.shareOfFailures)}
              </Figure>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
