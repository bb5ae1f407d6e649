import { type ReactNode, useId } from 'react';
import { en } from '../../text/en.ts';
import { Empty } from '../empty.tsx';
import type { Line } from './arrange.ts';
import type { Column } from './columns.ts';
import type { Selection } from './selection.ts';
import { TableBody } from './table-body.tsx';
import { type Sorting, TableHead } from './table-head.tsx';
import { useTableStyles } from './table-styles.ts';

interface SheetProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  lines: readonly Line<Row>[];
  /** Rows that can be selected, of folded groups too. */
  rows: number;
  /** Lines that are on the pages before this one, and on all of them. */
  before?: number;
  total?: number;
  place(row: Row): readonly string[];
  sorting: Sorting | null;
  selection: Selection | null;
  fold(label: string): void;
}

/** The table itself. One whose rows can be selected is a grid: arrows lead from row to row, Space selects. */
export function Sheet<Row>(props: SheetProps<Row>) {
  const { label, columns, lines, rows, selection, total = lines.length } = props;
  const styles = useTableStyles();
  const hint = useId();
  return (
    <div className={styles.box}>
      <table
        className={styles.table}
        aria-label={label}
        aria-rowcount={total + 1}
        {...(selection === null
          ? {}
          : { role: 'grid', 'aria-multiselectable': true, 'aria-describedby': hint })}
      >
        <TableHead columns={columns} sorting={props.sorting} selection={selection} rows={rows} />
        <TableBody
          lines={lines}
          columns={columns}
          place={props.place}
          selection={selection}
          fold={props.fold}
          before={props.before ?? 0}
        />
      </table>
      {selection !== null && <Hint id={hint}>{en.table.keys}</Hint>}
      {lines.length === 0 && <Empty title={en.table.nothingFound}>{en.table.nothingFoundHint}</Empty>}
    </div>
  );
}

function Hint({ id, children }: { id: string; children: ReactNode }) {
  return (
    <span id={id} hidden>
      {children}
    </span>
  );
}
