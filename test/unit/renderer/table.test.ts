import { describe, expect, it } from 'vitest';
import { type Column, compare, matches } from '../../../renderer/parts/data-table/columns.ts';

interface Row {
  name: string;
  port: number | null;
}
const columns: Column<Row>[] = [
  { id: 'name', header: 'Name', value: (row) => row.name },
  { id: 'port', header: 'Port', value: (row) => row.port, text: (row) => `port ${row.port}` },
  { id: 'buttons', header: 'Buttons', plain: true, value: () => 'secret button' },
];

describe('searching a table', () => {
  const row = { name: 'Shop.example', port: 443 };

  it('finds every word anywhere in the row, whatever its case', () => {
    expect(matches(row, columns, 'shop 443')).toBe(true);
    expect(matches(row, columns, 'EXAMPLE')).toBe(true);
    expect(matches(row, columns, 'shop 8443')).toBe(false);
  });

  it('finds everything with nothing, and nothing in columns of buttons', () => {
    expect(matches(row, columns, '  ')).toBe(true);
    expect(matches(row, columns, 'button')).toBe(false);
  });
});

describe('sorting a table', () => {
  it('sorts numbers by size and names as people do', () => {
    expect([10, 9, null, 100].sort(compare)).toEqual([null, 9, 10, 100]);
    expect(['web-10', 'Web-9', 'api'].sort(compare)).toEqual(['api', 'Web-9', 'web-10']);
  });
});
