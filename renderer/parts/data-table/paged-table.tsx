import { mergeClasses, SearchBox } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { en } from '../../text/en.ts';
import { Empty } from '../empty.tsx';
import type { Column } from './columns.ts';
import { Pager } from './pager.tsx';
import { moveAmongRows } from './row-keys.ts';
import { TableRow } from './table-row.tsx';
import { useTableStyles } from './table-styles.ts';

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
  tools?: ReactNode;
}

/** A long list of which the window holds one page: the agent searches, orders and cuts. */
export function PagedTable<Row>(props: PagedTableProps<Row>) {
  const { label, rows, total, page, pageSize, columns, search, tools } = props;
  const styles = useTableStyles();
  const frame = useTopOf(page);
  const first = page * pageSize + 1;
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
        {tools}
        <span className={styles.count} aria-live="polite">
          {rows.length === 0 ? '0' : en.table.range(first, first + rows.length - 1, total)}
        </span>
      </div>
      <div className={styles.box}>
        <table className={styles.table} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  className={mergeClasses(styles.head, styles.plainHead, column.wideOnly && styles.wideOnly)}
                  style={column.width === undefined ? undefined : { width: column.width }}
                >
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={(event: KeyboardEvent<HTMLElement>) => moveAmongRows(event)}>
            {rows.map((row, index) => (
              <TableRow
                key={props.rowKey(row)}
                row={row}
                columns={columns}
                place={props.place(row)}
                first={index === 0}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <Empty title={en.table.nothingFound}>{en.table.nothingFoundHint}</Empty>}
      </div>
      {total > pageSize && <Pager page={page} pages={Math.ceil(total / pageSize)} onPage={props.onPage} />}
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
