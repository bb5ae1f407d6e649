import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  line: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM },
  note: { color: tokens.colorNeutralForeground3 },
});

interface OlderProps {
  /** As a query that reads batch by batch tells it. */
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): Promise<unknown> };
  /** So many rows are there already. */
  rows: number;
}

/** Below a list that the agent gives in batches, newest first: that there are older ones, and how they are shown. Nothing when all are there. */
export function Older({ query, rows }: OlderProps) {
  const styles = useStyles();
  if (!query.hasNextPage) return null;
  const { isFetchingNextPage: busy } = query;
  return (
    <div className={styles.line} data-older>
      <span className={styles.note} role="status">
        {en.table.newest(rows)}
      </span>
      <Button
        disabledFocusable={busy}
        {...(busy ? { icon: <Spinner size="tiny" /> } : {})}
        onClick={() => !busy && void query.fetchNextPage()}
      >
        {en.table.older}
      </Button>
    </div>
  );
}
