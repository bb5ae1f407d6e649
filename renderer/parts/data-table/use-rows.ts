import {
  type ColumnDef,
  columnFilteringFeature,
  createFilteredRowModel,
  createPaginatedRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  rowPaginationFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import { type Column, compare, matches } from './columns.ts';

/** Longer lists come in pages, so that a window stays quick. */
export const pageSize = 200;

const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  rowPaginationFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
});
type Features = typeof features;

export interface Order {
  column: string;
  descending?: boolean;
}

export interface Rows<Row> {
  /** Found, sorted, of this page. */
  shown: { id: string; row: Row }[];
  found: number;
  page: number;
  pages: number;
  sorted(column: string): 'asc' | 'desc' | false;
  sort(column: string, descending: boolean): void;
  search(text: string): void;
  toPage(page: number): void;
}

/** The rows to draw. The table library is met here only. */
export function useRows<Row extends object>(options: {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  order: Order | undefined;
}): Rows<Row> {
  const { rows, columns, rowKey, order } = options;
  const data = useMemo(() => [...rows], [rows]);
  const definitions = useMemo(() => columns.map((column) => define(column)), [columns]);
  const table = useTable({
    features,
    data,
    columns: definitions,
    getRowId: rowKey,
    enableMultiSort: false,
    enableSortingRemoval: false,
    autoResetPageIndex: false,
    getColumnCanGlobalFilter: (column) => column.id === columns[0]?.id,
    globalFilterFn: (row, _column, search) => matches(row.original, columns, String(search)),
    initialState: {
      sorting: order === undefined ? [] : [{ id: order.column, desc: order.descending === true }],
      pagination: { pageIndex: 0, pageSize },
    },
  });
  const pages = Math.max(1, table.getPageCount());
  return {
    shown: table.getRowModel().rows.map((row) => ({ id: row.id, row: row.original })),
    found: table.getFilteredRowModel().rows.length,
    page: Math.min(table.state.pagination.pageIndex, pages - 1),
    pages,
    sorted: (column) => table.getColumn(column)?.getIsSorted() ?? false,
    sort: (column, descending) => table.getColumn(column)?.toggleSorting(descending),
    search: (text) => {
      table.setGlobalFilter(text);
      table.setPageIndex(0);
    },
    toPage: (page) => table.setPageIndex(page),
  };
}

function define<Row extends object>(column: Column<Row>): ColumnDef<Features, Row> {
  return {
    id: column.id,
    header: column.header,
    accessorFn: (row: Row) => column.value(row),
    enableSorting: column.plain !== true,
    sortFn: (a, b) => compare(column.value(a.original), column.value(b.original)),
  };
}
