import { SearchBox } from '@fluentui/react-components';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { en } from '../../text/en.ts';
import { linesOf } from './arrange.ts';
import { BulkBar } from './bulk-bar.tsx';
import type { Column } from './columns.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import type { ListTools } from './data-table.tsx';
import { ExportMenu } from './export-menu.tsx';
import { Pager } from './pager.tsx';
import { RefreshButton } from './refresh-button.tsx';
import { useSelection } from './selection.ts';
import { Sheet } from './sheet.tsx';
import { useTableStyles } from './table-styles.ts';
import { useColumns } from './use-list.ts';

interface PagedTableProps<Row> {
  label: string;
  /** Placeholder and name of the search box. */
  searchLabel: string;
  search: string;
  onSearch(text: string): void;
  /** One page, as the agent cut and ordered it. */
  rows: readonly Row[];
  total: number;
  page: number;
  pageSize: number;
  onPage(page: number): void;
  columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  place(row: Row): readonly string[];
  /** Shown when there are no rows and nothing is searched. */
  empty: ReactNode;
  list: ListTools<Row>;
  /** Reads all rows that are found, of every page. */
  everything(): Promise<readonly Row[]>;
}

/** A long list of which the window holds one page: the agent searches, orders and cuts. Rows of the page are selected. */
export function PagedTable<Row>(props: PagedTableProps<Row>) {
  const { label, rows, rowKey, total, page, pageSize, search, list } = props;
  const styles = useTableStyles();
  const frame = useTopOf(page);
  const columns = useColumns(list.name, props.columns);
  // biome-ignore lint/correctness/useExhaustiveDependencies: how a row is named does not change
  const lines = useMemo(() => linesOf(rows, undefined, [], rowKey), [rows]);
  const selection = useSelection(
    lines.map((line) => line.key),
    lines,
  );
  const selected = () =>
    rows.map((row) => ({ key: rowKey(row), row })).filter(({ key }) => selection.has(key));
  const before = page * pageSize;
  if (total === 0 && search === '') return <>{props.empty}</>;
  return (
    <div ref={frame} className={styles.frame}>
      <div className={styles.tools}>
        <SearchBox
          className={styles.search}
          placeholder={props.searchLabel}
          aria-label={props.searchLabel}
          value={search}
          onChange={(_, data) => props.onSearch(data.value)}
        />
        <div className={styles.menus}>
          <ColumnsMenu columns={columns} />
          <ExportMenu
            list={list.name}
            columns={columns.shown}
            rows={() => (selection.count > 0 ? selected().map(({ row }) => row) : props.everything())}
            command={list.command?.(search)}
          />
          <RefreshButton refresh={list.refresh} />
        </div>
        <span className={styles.count} aria-live="polite">
          {rows.length === 0 ? '0' : en.table.range(before + 1, before + rows.length, total)}
        </span>
      </div>
      <Sheet
        label={label}
        columns={columns.shown}
        lines={lines}
        rows={rows.length}
        before={before}
        total={total}
        place={props.place}
        sorting={null}
        selection={selection}
        fold={() => {}}
      />
      {total > pageSize && <Pager page={page} pages={Math.ceil(total / pageSize)} onPage={props.onPage} />}
      <BulkBar actions={list.actions ?? []} selection={selection} selected={selected} />
    </div>
  );
}

/** The pager is below the last row; who turns the page wants its first. */
function useTopOf(page: number) {
  const frame = useRef<HTMLDivElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current !== page) frame.current?.scrollIntoView({ block: 'start' });
    shown.current = page;
  }, [page]);
  return frame;
}
