import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { en } from '../../text/en.ts';
import { OpenButton } from '../open-button.tsx';
import type { BulkAction } from './bulk.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import type { Selection } from './selection.ts';

const useStyles = makeStyles({
  bar: {
    position: 'sticky',
    bottom: '-16px', // the page around it ends with some room
    zIndex: 3,
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorBrandStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    boxShadow: tokens.shadow8,
  },
  count: { fontWeight: tokens.fontWeightSemibold, marginRight: 'auto' },
});

interface BulkBarProps<Row> {
  actions: readonly BulkAction<Row>[];
  selection: Selection;
  /** The selected rows, as they are drawn. */
  selected(): readonly { key: string; row: Row }[];
}

/** What can be done with the selected rows; below the list, so that no row moves when the first is selected. */
export function BulkBar<Row>({ actions, selection, selected }: BulkBarProps<Row>) {
  const styles = useStyles();
  const [asked, setAsked] = useState<{
    action: BulkAction<Row>;
    rows: readonly { key: string; row: Row }[];
  } | null>(null);
  return (
    <>
      {selection.count > 0 && (
        <section className={styles.bar} aria-label={en.table.selection}>
          <span className={styles.count} role="status">
            {en.table.selected(selection.count)}
          </span>
          {actions.map((action) => (
            <OpenButton
              key={action.id}
              icon={action.icon}
              onClick={() => setAsked({ action, rows: selected() })}
            >
              {en.table.asks(action.label)}
            </OpenButton>
          ))}
          <Button appearance="subtle" onClick={selection.none}>
            {en.table.clearSelection}
          </Button>
        </section>
      )}
      {asked !== null && (
        <BulkDialog action={asked.action} rows={asked.rows} onClose={() => setAsked(null)} />
      )}
    </>
  );
}
