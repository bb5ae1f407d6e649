import { mergeClasses, useRestoreFocusTarget } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { link } from '../../bridge/location.ts';
import { Soft } from '../soft.tsx';
import type { Column } from './columns.ts';
import { useTableStyles } from './table-styles.ts';

interface TableRowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  /** Where the row leads; its first cell becomes the link. */
  place: readonly string[] | undefined;
  /** The first row is where the keyboard enters. */
  first: boolean;
}

export function TableRow<Row>({ row, columns, place, first }: TableRowProps<Row>) {
  const styles = useTableStyles();
  const back = useRestoreFocusTarget();
  return (
    <tr className={mergeClasses(styles.row, place !== undefined && styles.leads)}>
      {columns.map((column, at) => (
        <td key={column.id} className={mergeClasses(styles.cell, column.wideOnly && styles.wideOnly)}>
          {at === 0 && place !== undefined ? (
            <a
              {...back}
              className={styles.link}
              href={link(...place)}
              data-row-link
              tabIndex={first ? 0 : -1}
            >
              {draw(column, row)}
            </a>
          ) : (
            draw(column, row)
          )}
        </td>
      ))}
    </tr>
  );
}

function draw<Row>(column: Column<Row>, row: Row): ReactNode {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  return typeof value === 'string' ? <Soft text={value} /> : value;
}
