import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { ChainKpi } from '../../../../schemas/api/overview.ts';
import { useChainKpi } from '../api/chain.ts';
import { Figure } from '../figures/Figure.tsx';
import { Meanwhile } from '../figures/Meanwhile.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded, Loading } from '../ui/States.tsx';
import { kpiInWords } from '../ui/words.ts';

const TrendChart = lazy(() => import('../charts/TrendChart.tsx'));
const FIRST_KPI = 'inventoryTurns';

/** One KPI of the chain over time, chosen by the address, and the suppliers behind it. */
export function ChainTrend({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const kpi = parameters.get('kpi') ?? FIRST_KPI;
  const query = useChainKpi(leader, kpi);
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('chainKpi.title')}</h2>
        <span className="quiet">{t('chainKpi.remark')}</span>
      </div>
      <Loaded query={query}>
        {(data) => (
          <div className="stack">
            <label className="field firm-choice">
              <span>{t('chainKpi.kpi')}</span>
              <select
                value={kpi}
                onChange={(event) =>
                  setParameters({ ...Object.fromEntries(parameters), kpi: event.target.value })
                }
              >
                {data.kpis.map((id) => (
                  <option key={id} value={id}>
                    {kpiInWords(t, id)}
                  </option>
                ))}
              </select>
            </label>
            {data.months.length === 0 ? <Empty title={t('chainKpi.noMonths')} /> : <Months data={data} />}
            <Suppliers data={data} />
            <Meanwhile chains={data.displacement} value={Figure} />
          </div>
        )}
      </Loaded>
    </section>
  );
}

const TREND_PARTS = ['leader', 'suppliers', 'chain'] as const;

function Months({ data }: { readonly data: ChainKpi }) {
  const { t } = useTranslation();
  const format = useFormat();
  const months = useMemo(() => data.months.map(({ month }) => month), [data]);
  const lines = useMemo(
    () =>
      TREND_PARTS.map((part) => ({
        name: t(`chains.part.${part}`),
        values: data.months.map((row) => row[part].value),
      })),
    [data, t],
  );
  const columns: readonly Column<ChainKpi['months'][number]>[] = [
    {
      key: 'month',
      label: t('chainKpi.month'),
      isHead: true,
      sort: ({ month }) => month,
      cell: ({ month }) => month,
    },
    ...TREND_PARTS.map(
      (part): Column<ChainKpi['months'][number]> => ({
        key: part,
        label: t(`chains.part.${part}`),
        isNumber: true,
        sort: (row) => row[part].value,
        cell: (row) => (
          <>
            <Figure id={row[part].figureId} label={`${kpiInWords(t, data.kpi)} ${row.month}`}>
              {row[part].reason === 'FEWER_THAN_FIVE'
                ? t('chainKpi.tooFew')
                : format.decimal(row[part].value)}
            </Figure>
            <div className="quiet">{t('chainKpi.firms', { count: row[part].firms })}</div>
          </>
        ),
      }),
    ),
  ];
  return (
    <>
      {/* Months may be there and none of them have a value: few firms, or no closed books yet. */}
      {lines.some(({ values }) => values.some((value) => value !== null)) ? (
        <Suspense fallback={<Loading />}>
          <TrendChart title={kpiInWords(t, data.kpi)} months={months} lines={lines} />
        </Suspense>
      ) : (
        <Empty title={t('chainKpi.noMonths')} />
      )}
      <details>
        <summary>{t('chainKpi.table')}</summary>
        <DataTable
          label={t('chainKpi.title')}
          columns={columns}
          rows={data.months}
          rowKey={({ month }) => month}
          empty={t('chainKpi.noMonths')}
        />
      </details>
    </>
  );
}

/** Drill-down: who moved, and by how much. */
function Suppliers({ data }: { readonly data: ChainKpi }) {
  const { t } = useTranslation();
  const format = useFormat();
  const measured = data.suppliers.filter(({ change }) => change !== null);
  const isGain = (change: number): boolean => (data.direction === 'up' ? change > 0 : change < 0);
  const columns: readonly Column<ChainKpi['suppliers'][number]>[] = [
    {
      key: 'name',
      label: t('suppliers.name'),
      isHead: true,
      sort: ({ name, uscc }) => name ?? uscc,
      cell: ({ name, uscc }) => <Link to={`/suppliers/${uscc}`}>{name ?? uscc}</Link>,
    },
    {
      key: 'change',
      label: t('mine.change'),
      isNumber: true,
      sort: ({ change }) => change,
      cell: ({ change }) =>
        change === null ? (
          <span className="quiet">{t('chainKpi.unmeasured')}</span>
        ) : (
          <span className={isGain(change) ? 'gain' : 'loss'}>{format.change(change)}</span>
        ),
    },
  ];
  return (
    <details open={measured.length > 0}>
      <summary>
        {t('chainKpi.suppliers')}{' '}
        <span className="quiet">
          {format.integer(measured.length)} / {format.integer(data.suppliers.length)}
        </span>
      </summary>
      <p className="quiet">{t('chainKpi.drill')}</p>
      <DataTable
        label={t('chainKpi.suppliers')}
        columns={columns}
        rows={data.suppliers}
        rowKey={({ uscc }) => uscc}
        empty={t('suppliers.none')}
      />
    </details>
  );
}
