import { describe, expect, it } from 'vitest';
import { linesOf, Searchable } from '../../../renderer/parts/data-table/arrange.ts';
import { type Column, exportedOf } from '../../../renderer/parts/data-table/columns.ts';
import { toCsv, toJson } from '../../../renderer/parts/data-table/export.ts';
import {
  isShown,
  layout,
  moved,
  ordered,
  sortedBy,
  untouched,
} from '../../../renderer/parts/data-table/layout.ts';
import { compare, inOrder } from '../../../renderer/parts/data-table/order.ts';

interface Row {
  name: string;
  port: number | null;
  state: string;
}
const columns: Column<Row>[] = [
  { id: 'name', header: 'Name', value: (row) => row.name },
  { id: 'port', header: 'Port', value: (row) => row.port, text: (row) => `port ${row.port}` },
  { id: 'state', header: 'State', value: (row) => row.state, choice: (row) => row.state },
  { id: 'since', header: 'Since', value: () => 0, time: true, hidden: true },
  { id: 'buttons', header: 'Buttons', plain: true, value: () => 'secret button' },
];
const row = (name: string, port: number | null = 443, state = 'ok'): Row => ({ name, port, state });
const names = (rows: readonly Row[]): string[] => rows.map(({ name }) => name);

describe('searching and filtering a table', () => {
  const all = new Searchable([row('Shop.example'), row('mail', 25, 'failed'), row('db', 5432)], columns);

  it('finds every word anywhere in the row, whatever its case', () => {
    expect(names(all.found('shop 443', {}))).toEqual(['Shop.example']);
    expect(names(all.found('EXAMPLE', {}))).toEqual(['Shop.example']);
    expect(all.found('shop 8443', {})).toEqual([]);
  });

  it('finds everything with nothing, and nothing in columns of buttons', () => {
    expect(all.found('  ', {})).toHaveLength(3);
    expect(all.found('button', {})).toEqual([]);
  });

  it('leaves the rows with one of the wanted choices in each column, together with the search', () => {
    expect(names(all.found('', { state: ['failed'] }))).toEqual(['mail']);
    expect(all.found('', { state: ['failed', 'ok'] })).toHaveLength(3);
    expect(all.found('', { state: [] })).toHaveLength(3);
    expect(names(all.found('db', { state: ['ok'] }))).toEqual(['db']);
    expect(all.found('db', { state: ['failed'] })).toEqual([]);
  });

  it('counts the choices of a column, the most frequent first', () => {
    expect(all.choices(columns[2] as Column<Row>)).toEqual([
      ['ok', 2],
      ['failed', 1],
    ]);
  });
});

describe('sorting a table', () => {
  const sorted = (rows: Row[], ...by: string[]) =>
    names(
      inOrder(
        rows,
        columns,
        by.map((one) => ({ column: one.replace('-', ''), descending: one.startsWith('-') })),
      ),
    );

  it('sorts numbers by size and names as people do', () => {
    expect([10, 9, null, 100].sort(compare)).toEqual([null, 9, 10, 100]);
    expect(sorted([row('web-10'), row('Web-9'), row('api'), row('web-9a')], 'name')).toEqual([
      'api',
      'Web-9',
      'web-9a',
      'web-10',
    ]);
  });

  it('sorts names with other letters as people do, too', () => {
    expect(sorted([row('zeta-2'), row('Übung-10'), row('Übung-9'), row('alpha')], 'name')).toEqual([
      'alpha',
      'Übung-9',
      'Übung-10',
      'zeta-2',
    ]);
  });

  it('sorts by several columns, each its own way, and leaves equal rows as they were', () => {
    const rows = [row('c', 1, 'ok'), row('a', 1, 'failed'), row('b', 1, 'ok')];
    expect(sorted(rows, 'state', '-name')).toEqual(['a', 'c', 'b']);
    expect(sorted(rows, '-port')).toEqual(['c', 'a', 'b']);
    expect(sorted(rows, 'buttons')).toEqual(['c', 'a', 'b']);
  });

  it('turns round the column that is sorted by, and adds one with Shift', () => {
    const by = sortedBy([], 'name', false);
    expect(by).toEqual([{ column: 'name', descending: false }]);
    expect(sortedBy(by, 'name', false)).toEqual([{ column: 'name', descending: true }]);
    expect(sortedBy(by, 'port', true)).toEqual([...by, { column: 'port', descending: false }]);
    expect(sortedBy([...by, { column: 'port', descending: false }], 'port', true)[1]?.descending).toBe(true);
  });
});

it('groups rows by a choice, and folds groups', () => {
  const rows = [row('a', 1, 'ok'), row('b', 1, 'failed'), row('c', 1, 'ok')];
  const told = (folded: string[]) =>
    linesOf(rows, columns[2], folded, ({ name }) => name).map((line) =>
      line.kind === 'row' ? line.key : `${line.label} ${line.rows.length}`,
    );
  expect(told([])).toEqual(['failed 1', 'b', 'ok 2', 'a', 'c']);
  expect(told(['ok'])).toEqual(['failed 1', 'b', 'ok 2']);
});

describe('the columns of a table', () => {
  it('are moved, but never before the first', () => {
    const moving = (id: string, by: 1 | -1) =>
      ordered(columns, { ...untouched, order: [...moved(columns, untouched, id, by)] }).map((one) => one.id);
    expect(moving('state', -1)).toEqual(['name', 'state', 'port', 'since', 'buttons']);
    expect(moving('port', -1)).toEqual(['name', 'port', 'state', 'since', 'buttons']);
    expect(moving('port', 1)).toEqual(['name', 'state', 'port', 'since', 'buttons']);
  });

  it('are shown as they come until a person chooses, the first always', () => {
    const shown = (chosen: Record<string, boolean>) =>
      columns.filter((one, at) => isShown(one, at, { ...untouched, shown: chosen })).map((one) => one.id);
    expect(shown({})).toEqual(['name', 'port', 'state', 'buttons']);
    expect(shown({ since: true, port: false, name: false })).toEqual(['name', 'state', 'since', 'buttons']);
  });

  it('are as they come where what was remembered cannot be read', () => {
    for (const bad of [{}, { order: 'x', shown: 3, sorts: [{}], group: 7 }])
      expect(layout.parse(bad)).toEqual(untouched);
    expect(layout.safeParse(null).success).toBe(false);
  });
});

describe('exporting a table', () => {
  it('writes what is shown as CSV that no spreadsheet takes for formulas', () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', 'a "b", c', 'two\nlines'];
    const lines = toCsv(
      hostile.map((name) => row(name, -5)),
      columns,
    );
    expect(lines.startsWith('\uFEFFName,Port,State,Since\r\n')).toBe(true);
    expect(lines).not.toContain('secret button');
    for (const name of hostile.slice(0, 7))
      expect(lines).toContain(`\n'${name},-5,ok,1970-01-01T00:00:00.000Z\r\n`);
    expect(lines).toContain('\n"a ""b"", c",');
    expect(lines).toContain('\n"two\nlines",');
  });

  it('writes JSON by the IDs of the columns, with times as dates and lists as lists', () => {
    expect(JSON.parse(toJson([row('=a', null)], columns))).toEqual([
      { name: '=a', port: null, state: 'ok', since: '1970-01-01T00:00:00.000Z' },
    ]);
    const list = { ...(columns[0] as Column<Row>), exported: () => ['a', '=b'] };
    expect(exportedOf(row('x'), list)).toEqual(['a', '=b']);
  });
});
