import { useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';

export interface Sorting {
  readonly key: string | null;
  readonly order: 'asc' | 'desc';
  toggle(key: string): void;
}

/** Pages that the server turns. */
export interface Paging {
  readonly total: number;
  readonly isFirst: boolean;
  /** null: this is the last page. */
  readonly next: (() => void) | null;
  readonly previous: () => void;
}

/** Rows that a table in hand shows at once; more on demand. */
export const SHOWN_AT_ONCE = 100;

/** Rows by what a column gives; what is missing stands last, whichever way round. */
export function sorted<Row>(
  rows: readonly Row[],
  by: true | ((row: Row) => string | number | null) | undefined,
  { order }: Pick<Sorting, 'order'>,
): readonly Row[] {
  if (typeof by !== 'function') return rows;
  const sign = order === 'asc' ? 1 : -1;
  return [...rows].sort((left, right) => {
    const [a, b] = [by(left), by(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === 'string' && typeof b === 'string') return sign * a.localeCompare(b, 'zh-CN');
    return a === b ? 0 : a < b ? -sign : sign;
  });
}

/** Sorting of rows in hand. */
export function useOwnSorting(): Sorting {
  const [state, setState] = useState<{ key: string | null; order: 'asc' | 'desc' }>({
    key: null,
    order: 'asc',
  });
  return {
    ...state,
    toggle: (key) =>
      setState(({ key: before, order }) => ({
        key,
        order: before === key && order === 'asc' ? 'desc' : 'asc',
      })),
  };
}

export function useWindow<Row>(rows: readonly Row[]) {
  const [windows, setWindows] = useState(1);
  const shown = rows.slice(0, windows * SHOWN_AT_ONCE);
  return { shown, left: rows.length - shown.length, showMore: () => setWindows(windows + 1) };
}

/** Filter, sorting and page of a list that the server turns; all of it stands in the address, so a view can be sent on. */
export function useListAddress(first: { readonly sort?: string; readonly order?: 'asc' | 'desc' } = {}) {
  const [parameters, setParameters] = useSearchParams();
  const { state } = useLocation() as { state: { depth?: number } | null };
  const navigate = useNavigate();
  const depth = state?.depth ?? 0;
  const { lang: _, ...filter } = Object.fromEntries(parameters) as Record<string, string>;
  const sort = filter.sort ?? first.sort ?? null;
  const order = filter.order === 'desc' || filter.order === 'asc' ? filter.order : (first.order ?? 'asc');

  /** Begins at the first page again. */
  const change = (changed: Readonly<Record<string, string | undefined>>): void => {
    const { cursor: __, ...kept } = filter;
    setParameters(known({ ...kept, ...changed }));
  };
  const sorting: Sorting = {
    key: sort,
    order,
    toggle: (key) => change({ sort: key, order: sort === key && order === 'asc' ? 'desc' : 'asc' }),
  };
  const pagingOf = ({ total, nextCursor }: { total: number; nextCursor: string | null }): Paging => ({
    total,
    isFirst: filter.cursor === undefined,
    next:
      nextCursor === null
        ? null
        : () => setParameters(known({ ...filter, cursor: nextCursor }), { state: { depth: depth + 1 } }),
    // Arrived here by an address that was sent on: there is no page before it in the history.
    previous: () => (depth > 0 ? void navigate(-1) : change({})),
  });
  return { filter, change, sorting, pagingOf };
}

const known = (parameters: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).filter((entry): entry is [string, string] => !!entry[1]));
