import { Button } from '@fluentui/react-components';
import { en } from '../../text/en.ts';
import { CloseIcon } from '../icons.ts';
import type { Column } from './columns.ts';
import { useTableStyles } from './table-styles.ts';
import type { List } from './use-list.ts';

/** What the list is filtered by; a click removes one of it. */
export function FilterTags<Row>({ list, columns }: { list: List<Row>; columns: readonly Column<Row>[] }) {
  const styles = useTableStyles();
  const tags = columns.flatMap((column) =>
    (list.filters[column.id] ?? []).map((choice, _, all) => ({
      text: `${column.header}: ${choice === '' ? en.table.noChoice : choice}`,
      remove: () =>
        list.setFilter(
          column.id,
          all.filter((one) => one !== choice),
        ),
    })),
  );
  if (tags.length === 0) return null;
  return (
    <section className={styles.tools} aria-label={en.table.filters}>
      {tags.map(({ text, remove }) => (
        <Button
          key={text}
          size="small"
          shape="circular"
          icon={<CloseIcon />}
          iconPosition="after"
          aria-label={en.table.removeFilter(text)}
          onClick={remove}
        >
          {text}
        </Button>
      ))}
      <Button size="small" appearance="subtle" onClick={list.clearFilters}>
        {en.table.clearFilters}
      </Button>
    </section>
  );
}
