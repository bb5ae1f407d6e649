import { mergeClasses } from '@fluentui/react-components';
import { en } from '../../text/en.ts';
import { ChevronDownIcon, ChevronIcon } from '../icons.ts';
import type { LineProps } from './table-row.tsx';
import { useTableStyles } from './table-styles.ts';

interface GroupRowProps extends LineProps {
  label: string;
  count: number;
  folded: boolean;
  /** How many cells it spans. */
  cells: number;
}

/** The heading of a group of rows; its button folds the group. */
export function GroupRow(props: GroupRowProps) {
  const { at, number, label, count, folded, cells, tabStop, measure, uniform } = props;
  const styles = useTableStyles();
  return (
    <tr
      ref={measure}
      data-line={at}
      data-index={at}
      aria-rowindex={number}
      className={mergeClasses(styles.row, styles.group)}
    >
      <td colSpan={cells} className={mergeClasses(styles.cell, uniform && styles.uniformGroup)}>
        <button
          type="button"
          className={styles.fold}
          data-row-link
          data-fold={label}
          aria-expanded={!folded}
          tabIndex={tabStop ? 0 : -1}
        >
          {folded ? <ChevronIcon aria-hidden="true" /> : <ChevronDownIcon aria-hidden="true" />}
          {label === '' ? en.table.noChoice : label}
          <span className={styles.groupCount}>{count.toLocaleString('en-GB')}</span>
        </button>
      </td>
    </tr>
  );
}
