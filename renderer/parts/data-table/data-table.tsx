import { mergeClasses, SearchBox } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { en } from '../../text/en.ts';
import { Empty } from '../empty.tsx';
import { SortedDownIcon, SortedUpIcon } from '../icons.ts';
import type { Column } from './columns.ts';
import { Pager } from './pager.tsx';
import { moveAmongRows } from './row-keys.ts';
import { TableRow } from './table-row.tsx';
import { useTableStyles } from './table-styles.ts';
import { type Order, pageSize, type Rows, useRows } from './use-rows.ts';

interface DataTableProps<Row> {
  /** What the table shows, for screen readers and the search box: `Endpoints`. */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  /** Where a row leads; its first cell becomes the link. */
  place?(row: Row): readonly string[];
  order?: Order;
  /** Shown when there are no rows at all. */
  empty: ReactNode;
  /** Beside the search box: filters, buttons. */
  tools?: ReactNode;
  searchable?: boolean;
}

/** Rows to sort, find and walk through by keyboard (arrows, Home, End, Enter). */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, place, order, empty, tools, searchable = true } = props;
  const styles = useTableStyles();
  const table = useRows({ rows, columns, rowKey, order });
  const searchId = useId();
  const { found } = table;
  if (rows.length === 0 && tools === undefined) return <>{empty}</>;
  return (
    <div className={styles.frame}>
      {(searchable || tools !== undefined) && (
        <div className={styles.tools}>
          {searchable && (
            <SearchBox
              id={searchId}
              className={styles.search}
              placeholder={en.table.search(label)}
              aria-label={en.table.search(label)}
              onChange={(_, data) => table.search(data.value)}
            />
          )}
          {tools}
          <span className={styles.count} aria-live="polite">
            {en.table.count(found, rows.length)}
          </span>
        </div>
      )}
      {rows.length === 0 ? (
        empty
      ) : (
        <div className={styles.box}>
          <table className={styles.table} aria-label={label}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <HeaderCell key={column.id} column={column} table={table} />
                ))}
              </tr>
            </thead>
            <tbody onKeyDown={(event: KeyboardEvent<HTMLElement>) => moveAmongRows(event)}>
              {table.shown.map(({ id, row }, index) => (
                <TableRow key={id} row={row} columns={columns} place={place?.(row)} first={index === 0} />
              ))}
            </tbody>
          </table>
          {found === 0 && <Empty title={en.table.nothingFound}>{en.table.nothingFoundHint}</Empty>}
        </div>
      )}
      {found > pageSize && <Pager page={table.page} pages={table.pages} onPage={table.toPage} />}
    </div>
  );
}

function HeaderCell<Row extends object>({ column, table }: { column: Column<Row>; table: Rows<Row> }) {
  const styles = useTableStyles();
  const sorted = table.sorted(column.id);
  const direction = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none';
  return (
    <th
      scope="col"
      className={mergeClasses(styles.head, column.wideOnly && styles.wideOnly)}
      style={column.width === undefined ? undefined : { width: column.width }}
      {...(column.plain ? {} : { 'aria-sort': direction })}
    >
      {column.plain ? (
        <span className={styles.hiddenText}>{column.header}</span>
      ) : (
        <button type="button" className={styles.sort} onClick={() => table.sort(column.id, sorted === 'asc')}>
          {column.header}
          {sorted === 'asc' && <SortedUpIcon aria-hidden="true" />}
          {sorted === 'desc' && <SortedDownIcon aria-hidden="true" />}
        </button>
      )}
    </th>
  );
}
