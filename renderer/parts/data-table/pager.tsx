import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  pager: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'flex-end',
    gap: tokens.spacingHorizontalM,
  },
});

export function Pager({ page, pages, onPage }: { page: number; pages: number; onPage(page: number): void }) {
  const styles = useStyles();
  return (
    <nav className={styles.pager} aria-label={en.table.pages}>
      <Button disabled={page === 0} onClick={() => onPage(page - 1)}>
        {en.table.previous}
      </Button>
      <span>{en.table.page(page + 1, pages)}</span>
      <Button disabled={page + 1 >= pages} onClick={() => onPage(page + 1)}>
        {en.table.next}
      </Button>
    </nav>
  );
}
