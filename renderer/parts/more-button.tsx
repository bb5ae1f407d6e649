import { Button, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  more: {
    minWidth: 0,
    height: '24px',
    padding: `0 ${tokens.spacingHorizontalXS}`,
    // above a card or row that is a link itself
    position: 'relative',
    zIndex: 1,
  },
});

/** Shows the rest of something long where it stands, or puts it away again. */
export function MoreButton(props: { open: boolean; onToggle(): void; children: ReactNode }) {
  const { open, onToggle, children } = props;
  const styles = useStyles();
  return (
    <Button
      className={styles.more}
      appearance="transparent"
      size="small"
      aria-expanded={open}
      onClick={onToggle}
    >
      {children}
    </Button>
  );
}
