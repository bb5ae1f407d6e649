import { SearchBox } from '@fluentui/react-components';
import { type ReactNode, useMemo } from 'react';
import { en } from '../../text/en.ts';
import type { CommandLine } from '../command-line.ts';
import type { BulkAction } from './bulk.ts';
import { BulkBar } from './bulk-bar.tsx';
import type { Column } from './columns.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FilterTags } from './filter-tags.tsx';
import { FilterMenu, GroupMenu } from './list-menus.tsx';
import type { Sort } from './order.ts';
import { RefreshButton } from './refresh-button.tsx';
import { useSelection } from './selection.ts';
import { Sheet } from './sheet.tsx';
import { useTableStyles } from './table-styles.ts';
import { type Columns, type List, useColumns, useList } from './use-list.ts';

/** A list with all tools, as a screen has it. Left out: a small table within a page, which is sorted and searched only. */
export interface ListTools<Row> {
  /** Under this name it is remembered what a person chose, and files are named. */
  name: string;
  /** Asks for the rows again. */
  refresh(): Promise<unknown>;
  /** What prints the list on the command line, searched for this text where the agent can. */
  command?(search: string): CommandLine;
  actions?: readonly BulkAction<Row>[];
}

interface DataTableProps<Row> {
  /** What the table shows, for screen readers and the search box: `Endpoints`. */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  /** Where a row leads; its first cell becomes the link. */
  place(row: Row): readonly string[];
  order?: { column: string; descending?: boolean };
  /** Shown when there are no rows at all. */
  empty: ReactNode;
  /** Beside the search box: filters, buttons. */
  tools?: ReactNode;
  searchable?: boolean;
  list?: ListTools<Row>;
}

/** Rows to search, filter, sort, group, select and walk through by keyboard; a hundred thousand of them too. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, order, empty, tools, list, searchable = true } = props;
  const styles = useTableStyles();
  const columns = useColumns(list?.name ?? null, props.columns);
  const usual = useUsual(order);
  const view = useList(rows, columns, rowKey, usual);
  // biome-ignore lint/correctness/useExhaustiveDependencies: how a row is named does not change
  const keys = useMemo(() => view.found.map(rowKey), [view.found]);
  const selection = useSelection(keys, view.lines);
  const selected = () =>
    view.found.map((row) => ({ key: rowKey(row), row })).filter(({ key }) => selection.has(key));
  if (rows.length === 0 && tools === undefined) return <>{empty}</>;
  return (
    <div className={styles.frame}>
      {(searchable || tools !== undefined) && (
        <div className={styles.tools}>
          {searchable && (
            <SearchBox
              className={styles.search}
              placeholder={en.table.search(label)}
              aria-label={en.table.search(label)}
              value={view.search}
              onChange={(_, data) => view.setSearch(data.value)}
            />
          )}
          {tools}
          {list !== undefined && (
            <ListMenus
              tools={list}
              view={view}
              columns={columns}
              selected={selection.count > 0 ? selected : null}
            />
          )}
          <span className={styles.count} aria-live="polite">
            {en.table.count(view.found.length, rows.length)}
          </span>
        </div>
      )}
      <FilterTags list={view} columns={columns.all} />
      {rows.length === 0 ? (
        empty
      ) : (
        <Sheet
          label={label}
          columns={columns.shown}
          lines={view.lines}
          rows={view.found.length}
          place={props.place}
          sorting={view}
          selection={list === undefined ? null : selection}
          fold={view.fold}
        />
      )}
      {list !== undefined && (
        <BulkBar actions={list.actions ?? []} selection={selection} selected={selected} />
      )}
    </div>
  );
}

/** As an order that stays the same from drawing to drawing. */
function useUsual(order: { column: string; descending?: boolean } | undefined): readonly Sort[] {
  const { column, descending = false } = order ?? {};
  return useMemo(() => (column === undefined ? [] : [{ column, descending }]), [column, descending]);
}

function ListMenus<Row extends object>(props: {
  tools: ListTools<Row>;
  view: List<Row>;
  columns: Columns<Row>;
  /** Null: nothing is selected. */
  selected: (() => { row: Row }[]) | null;
}) {
  const { tools, view, columns, selected } = props;
  const styles = useTableStyles();
  return (
    <div className={styles.menus}>
      <FilterMenu list={view} columns={columns.all} />
      <GroupMenu list={view} columns={columns.all} />
      <ColumnsMenu columns={columns} />
      <ExportMenu
        list={tools.name}
        columns={columns.shown}
        rows={() => selected?.().map(({ row }) => row) ?? view.found}
        command={tools.command?.(view.search)}
      />
      <RefreshButton refresh={tools.refresh} />
    </div>
  );
}
