import { mergeClasses, SearchBox, useRestoreFocusTarget } from '@fluentui/react-components';
import type { KeyboardEvent, ReactNode } from 'react';
import { link } from '../../bridge/location.ts';
import { en } from '../../text/en.ts';
import { Empty } from '../empty.tsx';
import type { Column } from './columns.ts';
import { Pager } from './pager.tsx';
import { moveAmongRows } from './row-keys.ts';
import { useTableStyles } from './table-styles.ts';

export interface PagedTableProps<Row> {
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
  const back = useRestoreFocusTarget();
  const first = page * pageSize + 1;
  if (total === 0 && search === '') return <>{props.empty}</>;
  return (
    <div className={styles.frame}>
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
              <tr key={props.rowKey(row)} className={mergeClasses(styles.row, styles.leads)}>
                {columns.map((column, at) => (
                  <td
                    key={column.id}
                    className={mergeClasses(styles.cell, column.wideOnly && styles.wideOnly)}
                  >
                    {at === 0 ? (
                      <a
                        {...back}
                        className={styles.link}
                        href={link(...props.place(row))}
                        data-row-link
                        tabIndex={index === 0 ? 0 : -1}
                      >
                        {draw(column, row)}
                      </a>
                    ) : (
                      draw(column, row)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <Empty title={en.table.nothingFound}>{en.table.nothingFoundHint}</Empty>}
      </div>
      {total > pageSize && <Pager page={page} pages={Math.ceil(total / pageSize)} onPage={props.onPage} />}
    </div>
  );
}

function draw<Row>(column: Column<Row>, row: Row): ReactNode {
  return column.cell ? column.cell(row) : column.value(row);
}
