import { Tab, TabList } from '@fluentui/react-components';
import type { KeyboardEvent } from 'react';

interface TabsProps<Id extends string> {
  tabs: readonly (readonly [id: Id, label: string])[];
  here: Id;
  small?: boolean;
  onChoose(id: Id): void;
}

/**
 * Sheets of one screen. Only the chosen tab is reached by the Tab key, arrows lead to the others: done here, because the library
 * does it with hidden elements that take the focus.
 */
export function Tabs<Id extends string>({ tabs, here, small = false, onChoose }: TabsProps<Id>) {
  return (
    <TabList
      {...{ 'data-tabster': undefined }}
      size={small ? 'small' : 'medium'}
      selectedValue={here}
      onTabSelect={(_, data) => onChoose(data.value as Id)}
      onKeyDown={walk}
    >
      {tabs.map(([id, label]) => (
        <Tab key={id} value={id} tabIndex={id === here ? 0 : -1}>
          {label}
        </Tab>
      ))}
    </TabList>
  );
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  all[(to + all.length) % all.length]?.focus();
}
