import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';
import { Failed, Loading, Stale } from './States.tsx';
import { type Paging, SHOWN_AT_ONCE, type Sorting, sorted, useOwnSorting, useWindow } from './tableState.ts';

type Sortable = string | number | null;

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  /** Names the row: read out with each of its cells. */
  readonly isHead?: boolean;
  /** Figures stand to the right. */
  readonly isNumber?: boolean;
  readonly isWide?: boolean;
  /** True: the server sorts by `key`. A function: sorted here, by what it gives. */
  readonly sort?: true | ((row: Row) => Sortable);
  readonly cell: (row: Row) => ReactNode;
}

/** What a table shows of a query: its state, and its rows once there are any. */
export interface TableQuery {
  readonly isError: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  refetch(): unknown;
}

/**
 * The one table of the console. Either the server sorts and turns the pages (`paging`, `sorting`), or all rows are in hand: then they are
 * sorted here and shown a hundred at a time. Arrow keys move between the links and buttons of a column; Home and End to its ends.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  query,
  empty,
  sorting,
  paging,
  under,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** undefined while they are not there yet. */
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  readonly query?: TableQuery;
  readonly empty: string;
  readonly sorting?: Sorting;
  readonly paging?: Paging;
  /** A line over the whole width below a row. */
  readonly under?: (row: Row) => ReactNode;
}) {
  const { t } = useTranslation();
  const own = useOwnSorting();
  const { shown, showMore, left } = useWindow(
    sorted(rows ?? [], columns.find(({ key }) => key === own.key)?.sort, own),
  );
  const retry = query === undefined ? undefined : (): void => void query.refetch();
  if (rows === undefined)
    return query?.isError ? <Failed error={query.error} retry={retry} /> : <Loading retry={retry} />;
  if (rows.length === 0)
    return (
      <div className="state">
        <strong>{empty}</strong>
      </div>
    );
  return (
    <>
      {query?.isError && retry !== undefined && <Stale retry={retry} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-wrap" aria-label={label} tabIndex={0} aria-busy={query?.isPending}>
        <table className="table" onKeyDown={moveFocus}>
          <thead>
            <tr>
              {columns.map((column) => (
                <HeadCell
                  key={column.key}
                  column={column}
                  sorting={column.sort === true ? sorting : column.sort === undefined ? undefined : own}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Line key={rowKey(row)} row={row} columns={columns} below={under?.(row)} />
            ))}
          </tbody>
        </table>
      </section>
      {paging !== undefined && <Pager paging={paging} />}
      {left > 0 && (
        <p className="pager no-print">
          <span className="quiet">
            {t('page.shown', { shown: shown.length, total: shown.length + left })}
          </span>
          <button type="button" className="button" onClick={showMore}>
            {t('page.more', { count: Math.min(left, SHOWN_AT_ONCE) })}
          </button>
        </p>
      )}
    </>
  );
}

function Line<Row>({
  row,
  columns,
  below,
}: {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly below: ReactNode;
}) {
  return (
    <>
      <tr>
        {columns.map(({ key, isHead, isNumber, isWide, cell }) =>
          isHead ? (
            <th key={key} scope="row">
              {cell(row)}
            </th>
          ) : (
            <td key={key} className={isNumber ? 'right number' : isWide ? 'wide' : undefined}>
              {cell(row)}
            </td>
          ),
        )}
      </tr>
      {below !== undefined && below !== null && below !== false && (
        <tr>
          <td colSpan={columns.length}>{below}</td>
        </tr>
      )}
    </>
  );
}

function HeadCell<Row>({
  column,
  sorting,
}: {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
}) {
  const { key, label, isNumber } = column;
  const className = isNumber ? 'right' : undefined;
  if (sorting === undefined)
    return (
      <th scope="col" className={className}>
        {label}
      </th>
    );
  const direction = sorting.key === key ? sorting.order : null;
  return (
    <th
      scope="col"
      className={className}
      aria-sort={direction === null ? 'none' : direction === 'asc' ? 'ascending' : 'descending'}
    >
      <button type="button" className="sort" onClick={() => sorting.toggle(key)}>
        {label}
        <span aria-hidden="true">{direction === null ? '↕' : direction === 'asc' ? '↑' : '↓'}</span>
      </button>
    </th>
  );
}

/** How many there are, and the way to the pages beside. */
export function Pager({ paging }: { readonly paging: Paging }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { total, isFirst, next, previous } = paging;
  return (
    <div className="pager no-print">
      <span className="quiet">{t('page.total', { total: format.integer(total) })}</span>
      {!(isFirst && next === null) && (
        <span className="buttons">
          <button type="button" className="button" disabled={isFirst} onClick={previous}>
            {t('action.previous')}
          </button>
          <button type="button" className="button" disabled={next === null} onClick={() => next?.()}>
            {t('action.next')}
          </button>
        </span>
      )}
    </div>
  );
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** From a link or button of a row to the one in the same column of another row. */
function moveFocus(event: KeyboardEvent<HTMLTableElement>): void {
  const step = STEPS[event.key];
  const target = event.target as HTMLElement;
  const cell = target.closest<HTMLTableCellElement>('tbody th, tbody td');
  if (step === undefined || cell === null || !target.matches('a, button')) return;
  const column = [...event.currentTarget.tBodies].flatMap((body) =>
    [...body.rows].flatMap((row) => row.cells[cell.cellIndex]?.querySelector<HTMLElement>('a, button') ?? []),
  );
  const at = column.findIndex((element) => cell.contains(element));
  const next = column[step(at, column.length)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
