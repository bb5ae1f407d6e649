import { useDeferredValue, useMemo, useState } from 'react';
import { keepList, recallList } from '../../bridge/list-memory.ts';
import { type Filters, type Line, linesOf, Searchable } from './arrange.ts';
import type { Column } from './columns.ts';
import { isShown, type Layout, layout, ordered, sortedBy, untouched } from './layout.ts';
import { inOrder, type Sort } from './order.ts';

/** The columns of a list as a person wants them. */
export interface Columns<Row> {
  /** Those that are shown, in their order. */
  shown: readonly Column<Row>[];
  /** All, in their order. */
  all: readonly Column<Row>[];
  chosen: Layout;
  choose(change: Partial<Layout>): void;
}

/** Remembered under the name of the list, when it has one. */
export function useColumns<Row>(list: string | null, columns: readonly Column<Row>[]): Columns<Row> {
  const [chosen, setChosen] = useState<Layout>(
    () => (list === null ? null : layout.safeParse(recallList(list)).data) ?? untouched,
  );
  const all = useMemo(() => ordered(columns, chosen), [columns, chosen]);
  const shown = useMemo(() => all.filter((column, at) => isShown(column, at, chosen)), [all, chosen]);
  const choose = (change: Partial<Layout>): void => {
    const next = { ...chosen, ...change };
    setChosen(next);
    if (list !== null) keepList(list, next);
  };
  return { shown, all, chosen, choose };
}

/** A list that the window holds whole: searched, filtered, sorted and grouped here. */
export interface List<Row> {
  search: string;
  setSearch(text: string): void;
  filters: Filters;
  setFilter(column: string, choices: readonly string[]): void;
  clearFilters(): void;
  sorts: readonly Sort[];
  sort(column: string, besides: boolean): void;
  group: Column<Row> | undefined;
  setGroup(column: string | null): void;
  /** Folds a group, or unfolds it. */
  fold(label: string): void;
  all: Searchable<Row>;
  /** Found and sorted. */
  found: readonly Row[];
  lines: readonly Line<Row>[];
}

export function useList<Row>(
  rows: readonly Row[],
  columns: Columns<Row>,
  rowKey: (row: Row) => string,
  usual: readonly Sort[],
): List<Row> {
  const [search, setSearch] = useState('');
  const [filters, setFilters] = useState<Filters>({});
  const [folded, setFolded] = useState<readonly string[]>([]);
  const { chosen, choose, all: everyColumn } = columns;
  const sorts = chosen.sorts ?? usual;
  const group = everyColumn.find((column) => column.id === chosen.group && column.choice !== undefined);
  // what is typed shows before the rows follow
  const asked = useDeferredValue(search);
  const all = useMemo(() => new Searchable(rows, everyColumn), [rows, everyColumn]);
  const matching = useMemo(() => all.found(asked, filters), [all, asked, filters]);
  const found = useMemo(() => inOrder(matching, everyColumn, sorts), [matching, everyColumn, sorts]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: how a row is named does not change
  const lines = useMemo(() => linesOf(found, group, folded, rowKey), [found, group, folded]);
  return {
    search,
    setSearch,
    filters,
    setFilter: (column, choices) => setFilters({ ...filters, [column]: choices }),
    clearFilters: () => setFilters({}),
    sorts,
    sort: (column, besides) => choose({ sorts: sortedBy(sorts, column, besides) }),
    group,
    setGroup: (column) => {
      setFolded([]);
      choose({ group: column });
    },
    fold: (label) =>
      setFolded(folded.includes(label) ? folded.filter((one) => one !== label) : [...folded, label]),
    all,
    found,
    lines,
  };
}
