import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { type Filter, useBoard, useOnboardings } from '../api/onboardings.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { BoardStrip } from './BoardStrip.tsx';
import { SupplierFilters } from './SupplierFilters.tsx';
import { SupplierTable } from './SupplierTable.tsx';

/** All suppliers of the chain or jurisdiction: by stage, and as a list. The filter stands in the address, so it can be sent on. */
export default function SuppliersPage() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const filter: Filter = Object.fromEntries(parameters);
  const { cursor: _, sort: __, order: ___, ...boardFilter } = filter;
  const board = useBoard(boardFilter);
  const list = useOnboardings(filter);

  const change = (changed: Filter): void => {
    const next = { ...filter, cursor: undefined, ...changed };
    setParameters(
      Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as Record<string, string>,
    );
  };

  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('suppliers.title')}</h1>
        <span className="quiet">{t('suppliers.remark')}</span>
      </div>
      <Loaded query={board}>
        {(data) => <BoardStrip board={data} chosen={filter.stage} choose={(stage) => change({ stage })} />}
      </Loaded>
      <section className="card">
        <SupplierFilters filter={filter} change={change} />
        <Loaded
          query={list}
          isEmpty={(page) => page.total === 0}
          empty={<Empty title={t('suppliers.none')} />}
        >
          {(page) => (
            <SupplierTable
              page={page}
              turn={(cursor) => change({ cursor })}
              isFirstPage={filter.cursor === undefined}
            />
          )}
        </Loaded>
      </section>
    </div>
  );
}
