import { mergeClasses } from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import { en } from '../../text/en.ts';
import { SortedDownIcon, SortedUpIcon } from '../icons.ts';
import type { Column } from './columns.ts';
import type { Sort } from './order.ts';
import type { Selection } from './selection.ts';
import { useTableStyles } from './table-styles.ts';

/** How the rows are sorted, and what sorts them. Null where the agent decides. */
export interface Sorting {
  sorts: readonly Sort[];
  sort(column: string, besides: boolean): void;
}

export function TableHead<Row>(props: {
  columns: readonly Column<Row>[];
  sorting: Sorting | null;
  selection: Selection | null;
  /** Rows that can be selected. */
  rows: number;
}) {
  const { columns, sorting, selection, rows } = props;
  const styles = useTableStyles();
  return (
    <thead>
      <tr aria-rowindex={1}>
        {selection !== null && (
          <th scope="col" className={mergeClasses(styles.head, styles.check, styles.checkHead)}>
            <SelectAll selection={selection} rows={rows} />
          </th>
        )}
        {columns.map((column) => (
          <HeaderCell key={column.id} column={column} sorting={column.plain ? null : sorting} />
        ))}
      </tr>
    </thead>
  );
}

function HeaderCell<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | null }) {
  const styles = useTableStyles();
  const place = sorting?.sorts.findIndex((sort) => sort.column === column.id) ?? -1;
  const descending = sorting?.sorts[place]?.descending;
  const direction = descending === undefined ? 'none' : descending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      className={mergeClasses(
        styles.head,
        sorting === null && styles.plainHead,
        column.wideOnly && styles.wideOnly,
      )}
      style={column.width === undefined ? undefined : { width: column.width }}
      {...(sorting === null ? {} : { 'aria-sort': direction })}
    >
      {sorting === null ? (
        <span className={column.plain ? styles.hiddenText : undefined}>{column.header}</span>
      ) : (
        <button
          type="button"
          className={styles.sort}
          title={en.table.sortHint}
          onClick={(event) => sorting.sort(column.id, event.shiftKey)}
        >
          {column.header}
          {descending === false && <SortedUpIcon aria-hidden="true" />}
          {descending === true && <SortedDownIcon aria-hidden="true" />}
          {place >= 0 && sorting.sorts.length > 1 && <span aria-hidden="true">{place + 1}</span>}
        </button>
      )}
    </th>
  );
}

function SelectAll({ selection, rows }: { selection: Selection; rows: number }) {
  const styles = useTableStyles();
  const box = useRef<HTMLInputElement>(null);
  const some = selection.count > 0 && selection.count < rows;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = some;
  }, [some]);
  return (
    <input
      ref={box}
      type="checkbox"
      className={styles.box16}
      aria-label={en.table.selectAll(rows)}
      checked={rows > 0 && selection.count === rows}
      onChange={() => (selection.count === rows ? selection.none() : selection.all())}
    />
  );
}
