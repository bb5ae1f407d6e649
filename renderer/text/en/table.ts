import { count } from './count.ts';

const number = (value: number): string => value.toLocaleString('en-GB');

/** What every list can do. */
export const table = {
  search: (label: string) => `Search ${label.toLowerCase()}`,
  count: (found: number, all: number) => (found === all ? number(all) : `${number(found)} of ${number(all)}`),
  nothingFound: 'Nothing found',
  nothingFoundHint: 'No row has every word of the search and what the list is filtered by.',
  newest: (rows: number) => `The newest ${number(rows)} are listed, and only they are searched.`,
  older: 'Load older entries',
  pages: 'Pages',
  page: (page: number, pages: number) => `Page ${page} of ${pages}`,
  previous: 'Previous',
  next: 'Next',
  range: (first: number, last: number, all: number) => `${number(first)}–${number(last)} of ${number(all)}`,
  sortHint: 'Sort by this column. With Shift: sort by it besides the others.',
  keys: 'Arrow keys lead from row to row, Space selects, Enter opens. Shift selects a range, Ctrl+A selects all.',
  filter: (active: number) => (active === 0 ? 'Filter' : `Filter (${active})`),
  filters: 'Filters',
  removeFilter: (filter: string) => `Remove filter ${filter}`,
  clearFilters: 'Clear filters',
  noChoice: '(none)',
  moreChoices: (more: number) => `${number(more)} more: use the search`,
  group: (by: string | null) => (by === null ? 'Group' : `Grouped by ${by.toLowerCase()}`),
  ungrouped: 'No groups',
  columns: 'Columns',
  moveColumn: (header: string, by: number) => `Move ${header} ${by < 0 ? 'forward' : 'back'}`,
  resetColumns: 'Reset',
  export: 'Export',
  exportCsv: 'Save as CSV',
  exportJson: 'Save as JSON',
  exported: (rows: number) => `${count(rows, 'row')} exported`,
  copyCommand: 'Copy as command',
  refresh: 'Refresh',
  select: (name: string) => `Select ${name}`,
  selectAll: (rows: number) => `Select all ${number(rows)}`,
  selection: 'Selected rows',
  selected: (rows: number) => `${number(rows)} selected`,
  clearSelection: 'Clear selection',
  asks: (verb: string) => `${verb}…`,
  cannot: (others: number) =>
    others === 1
      ? '1 selected row is left out: this cannot be done to it.'
      : `${number(others)} selected rows are left out: this cannot be done to them.`,
  allCommands: (all: number) => `all ${number(all)} commands`,
  progress: (ended: number, all: number) => `${number(ended)} of ${number(all)}`,
  outcome: (done: number, failed: number, left: number) =>
    [
      `${number(done)} done`,
      ...(failed === 0 ? [] : [`${number(failed)} failed`]),
      ...(left === 0 ? [] : [`${number(left)} not begun`]),
    ].join(', '),
};
