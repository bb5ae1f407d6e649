import { mergeClasses, useRestoreFocusTarget } from '@fluentui/react-components';
import { memo, type ReactNode } from 'react';
import { link } from '../../bridge/location.ts';
import { en } from '../../text/en.ts';
import { Soft } from '../soft.tsx';
import { Time } from '../time.tsx';
import type { Column } from './columns.ts';
import { useTableStyles } from './table-styles.ts';

export interface LineProps {
  /** Place among the lines, from 0. */
  at: number;
  /** Among all rows of the table, from 1, for who hears it. */
  number: number;
  /** Where the keyboard enters the table. */
  tabStop: boolean;
  /** Told what the line measures, where only those in sight are drawn. */
  measure?: ((line: HTMLTableRowElement | null) => void) | undefined;
  /** As high as every other line. */
  uniform: boolean;
}

interface TableRowProps<Row> extends LineProps {
  row: Row;
  columns: readonly Column<Row>[];
  /** Where the row leads; its first cell becomes the link. */
  place: readonly string[];
  /** Null: rows of this table are not selected. */
  selected: boolean | null;
}

/** A row; the body of the table hears what is done with it. */
function Row<Row>(props: TableRowProps<Row>) {
  const { at, number, row, columns, place, tabStop, selected, measure, uniform } = props;
  const styles = useTableStyles();
  const back = useRestoreFocusTarget();
  return (
    <tr
      ref={measure}
      data-line={at}
      data-index={at}
      aria-rowindex={number}
      className={mergeClasses(styles.row, styles.leads, selected === true && styles.selected)}
      {...(selected === null ? {} : { 'aria-selected': selected })}
    >
      {selected !== null && (
        <td className={mergeClasses(styles.cell, styles.check)} data-check>
          <input
            type="checkbox"
            className={styles.box16}
            tabIndex={-1}
            checked={selected}
            readOnly
            aria-label={en.table.select(nameOf(columns[0], row))}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <td key={column.id} className={mergeClasses(styles.cell, column.wideOnly && styles.wideOnly)}>
          <div className={uniform ? styles.uniform : undefined}>
            {index === 0 ? (
              <a
                {...back}
                className={styles.link}
                href={link(...place)}
                data-row-link
                tabIndex={tabStop ? 0 : -1}
              >
                {draw(column, row)}
              </a>
            ) : (
              draw(column, row)
            )}
          </div>
        </td>
      ))}
    </tr>
  );
}

/** Drawn again only when it has changed: scrolling through a long list draws the lines that come into sight. */
export const TableRow = memo(Row, (before, after) =>
  (Object.keys(after) as (keyof TableRowProps<unknown>)[]).every((key) =>
    key === 'place' ? before.place.join('/') === after.place.join('/') : before[key] === after[key],
  ),
) as typeof Row;

function nameOf<Row>(column: Column<Row> | undefined, row: Row): string {
  return column === undefined ? '' : String(column.value(row) ?? '');
}

function draw<Row>(column: Column<Row>, row: Row): ReactNode {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  if (column.time && typeof value === 'number') return <Time at={value} />;
  return typeof value === 'string' ? <Soft text={value} /> : value;
}
