import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItemCheckbox,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { en } from '../../text/en.ts';
import { FilterIcon, GroupIcon } from '../icons.ts';
import type { Column } from './columns.ts';
import type { List } from './use-list.ts';

const useStyles = makeStyles({
  list: { maxHeight: 'min(480px, 70vh)', maxWidth: '360px', overflowY: 'auto' },
});

/** More choices than this are found by the search. */
const mostChoices = 12;

const byChoice = <Row,>(columns: readonly Column<Row>[]): readonly Column<Row>[] =>
  columns.filter((column) => column.choice !== undefined);

function MenuButton(props: { icon: ReactElement; label: string; children: ReactElement }) {
  return (
    <Menu inline>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={props.icon}>
          {props.label}
        </Button>
      </MenuTrigger>
      <MenuPopover>{props.children}</MenuPopover>
    </Menu>
  );
}

/** The choices of each column that has some, with how many rows have each. */
export function FilterMenu<Row>({ list, columns }: { list: List<Row>; columns: readonly Column<Row>[] }) {
  const styles = useStyles();
  const active = Object.values(list.filters).filter((choices) => choices.length > 0).length;
  if (byChoice(columns).length === 0) return null;
  return (
    <MenuButton icon={<FilterIcon />} label={en.table.filter(active)}>
      <FilterList list={list} columns={columns} className={styles.list} />
    </MenuButton>
  );
}

/** Counted when it is opened. */
function FilterList<Row>(props: { list: List<Row>; columns: readonly Column<Row>[]; className: string }) {
  const { list, columns, className } = props;
  return (
    <MenuList
      className={className}
      checkedValues={Object.fromEntries(Object.entries(list.filters).map(([id, all]) => [id, [...all]]))}
      onCheckedValueChange={(_, { name, checkedItems }) => list.setFilter(name, checkedItems)}
    >
      {byChoice(columns).map((column) => (
        <Choices key={column.id} list={list} column={column} />
      ))}
    </MenuList>
  );
}

function Choices<Row>({ list, column }: { list: List<Row>; column: Column<Row> }) {
  const wanted = list.filters[column.id] ?? [];
  const all = list.all.choices(column);
  const shown = all.filter(([choice], at) => at < mostChoices || wanted.includes(choice));
  return (
    <MenuGroup>
      <MenuGroupHeader>{column.header}</MenuGroupHeader>
      {shown.map(([choice, count]) => (
        <MenuItemCheckbox
          key={choice}
          name={column.id}
          value={choice}
          secondaryContent={count.toLocaleString('en-GB')}
        >
          {choice === '' ? en.table.noChoice : choice}
        </MenuItemCheckbox>
      ))}
      {shown.length < all.length && (
        <MenuGroupHeader>{en.table.moreChoices(all.length - shown.length)}</MenuGroupHeader>
      )}
    </MenuGroup>
  );
}

export function GroupMenu<Row>({ list, columns }: { list: List<Row>; columns: readonly Column<Row>[] }) {
  const choices = byChoice(columns);
  if (choices.length === 0) return null;
  return (
    <MenuButton icon={<GroupIcon />} label={en.table.group(list.group?.header ?? null)}>
      <MenuList
        checkedValues={{ group: [list.group?.id ?? ''] }}
        onCheckedValueChange={(_, { checkedItems }) => list.setGroup(checkedItems[0] || null)}
      >
        <MenuItemRadio name="group" value="">
          {en.table.ungrouped}
        </MenuItemRadio>
        <MenuDivider />
        {choices.map((column) => (
          <MenuItemRadio key={column.id} name="group" value={column.id}>
            {column.header}
          </MenuItemRadio>
        ))}
      </MenuList>
    </MenuButton>
  );
}
