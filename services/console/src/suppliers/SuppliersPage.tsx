import { useTranslation } from 'react-i18next';
import { type Filter, useBoard, useOnboardings } from '../api/onboardings.ts';
import { Loaded } from '../ui/States.tsx';
import { useListAddress } from '../ui/tableState.ts';
import { BoardStrip } from './BoardStrip.tsx';
import { SupplierFilters } from './SupplierFilters.tsx';
import { SupplierTable } from './SupplierTable.tsx';

/** All suppliers of the chain or jurisdiction: by stage, and as a list. The filter stands in the address, so it can be sent on. */
export default function SuppliersPage() {
  const { t } = useTranslation();
  const { filter: address, change, sorting, pagingOf } = useListAddress({ sort: 'id' });
  // The firm that a leader of several looks at is a filter of its own.
  const { firm, ...asked } = address;
  const filter: Filter = firm === undefined ? asked : { ...asked, leader: firm };
  const { cursor: _, sort: __, order: ___, ...boardFilter } = filter;
  const board = useBoard(boardFilter);
  const list = useOnboardings(filter);

  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('suppliers.title')}</h1>
        <span className="quiet">{t('suppliers.remark')}</span>
      </div>
      <Loaded query={board}>
        {(data) => (
          <BoardStrip
            board={data}
            filter={boardFilter}
            chosen={filter.stage}
            choose={(stage) => change({ stage })}
          />
        )}
      </Loaded>
      <section className="card">
        <SupplierFilters filter={filter} change={change} />
        <SupplierTable list={list} sorting={sorting} pagingOf={pagingOf} />
      </section>
    </div>
  );
}
