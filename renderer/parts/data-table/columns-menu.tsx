import {
  Button,
  Checkbox,
  makeStyles,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  tokens,
} from '@fluentui/react-components';
import { en } from '../../text/en.ts';
import { ColumnsIcon, DownIcon, UpIcon } from '../icons.ts';
import { isShown, moved, untouched } from './layout.ts';
import type { Columns } from './use-list.ts';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0, minWidth: '240px', maxHeight: '60vh', overflowY: 'auto' },
  item: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  box: { flexGrow: 1 },
  reset: { marginTop: tokens.spacingVerticalS },
});

/** Which columns are shown, and in which order; remembered for the list. */
export function ColumnsMenu<Row>({ columns }: { columns: Columns<Row> }) {
  return (
    <Popover inline trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<ColumnsIcon />}>
          {en.table.columns}
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label={en.table.columns}>
        <ColumnList columns={columns} />
      </PopoverSurface>
    </Popover>
  );
}

function ColumnList<Row>({ columns }: { columns: Columns<Row> }) {
  const styles = useStyles();
  const { all, chosen, choose } = columns;
  const last = all.length - 1;
  return (
    <>
      <ul className={styles.list}>
        {all.map((column, at) => (
          <li key={column.id} className={styles.item}>
            <Checkbox
              className={styles.box}
              label={column.header}
              checked={isShown(column, at, chosen)}
              disabled={at === 0}
              onChange={(_, { checked }) =>
                choose({ shown: { ...chosen.shown, [column.id]: checked === true } })
              }
            />
            {at > 0 &&
              ([-1, 1] as const).map((by) => (
                <Button
                  key={by}
                  appearance="subtle"
                  size="small"
                  icon={by < 0 ? <UpIcon /> : <DownIcon />}
                  aria-label={en.table.moveColumn(column.header, by)}
                  // it keeps the keyboard, so that a column can be moved on and on
                  disabledFocusable={by < 0 ? at === 1 : at === last}
                  onClick={() => choose({ order: [...moved(all, chosen, column.id, by)] })}
                />
              ))}
          </li>
        ))}
      </ul>
      <Button className={styles.reset} size="small" onClick={() => choose(untouched)}>
        {en.table.resetColumns}
      </Button>
    </>
  );
}
