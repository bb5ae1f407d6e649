import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli } from '#test/make/cli.ts';
import { nearest } from '../../../electron/cli/nearest.ts';
import { pairs, table } from '../../../electron/cli/table.ts';
import { dated, when } from '../../../electron/cli/when.ts';

test('docs/cli.md is what "trustkeep help --markdown" prints', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
  expect((await cli(['help', '--markdown'])).stdout).toBe(page);
  expect(page).toContain('| 7 | With --wait: the task failed, and the previous state is not back');
});

test('docs/failures.md is what "trustkeep help --markdown failures" prints', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/failures.md'), 'utf8');
  expect((await cli(['help', '--markdown', 'failures'])).stdout).toBe(page);
  expect(page).toMatch(/^\| `ssh\.host-key-changed` \| .* \| `identity` \| after a change \| 1 \|$/m);
});

describe('a table', () => {
  const columns = [
    { head: 'name', value: ({ name }: { name: string; text: string }) => name, whole: true },
    { head: 'text', value: ({ text }: { name: string; text: string }) => text },
  ];
  const rows = [
    { name: 'a', text: 'short' },
    { name: 'ep_0123456789abcdef', text: 'a long text that does not fit' },
  ];

  test('is as wide as it needs when nobody looks', () => {
    expect(table(rows, columns, { columns: null, unicode: true, now: 0 })).toEqual([
      'NAME                 TEXT',
      'a                    short',
      'ep_0123456789abcdef  a long text that does not fit',
    ]);
  });

  test('fits the terminal, cutting what need not be copied', () => {
    const fitted = table(rows, columns, { columns: 36, unicode: true, now: 0 });
    expect(fitted[2]).toBe('ep_0123456789abcdef  a long text th…'.slice(0, 36));
    expect(Math.max(...fitted.map((line) => line.length))).toBe(36);
    const ascii = table(rows, columns, { columns: 36, unicode: false, now: 0 });
    expect(ascii[2]).toBe('ep_0123456789abcdef  a long text t..');
  });

  test('keeps its columns below each other for wide and for hostile text', () => {
    const odd = [
      { name: '日本', text: 'x' },
      { name: 'a\u001b[1mb', text: 'y' },
    ];
    const lines = table(odd, columns, { columns: null, unicode: true, now: 0 });
    expect(lines).toEqual(['NAME    TEXT', '日本    x', 'a [1mb  y']);
  });

  test('of pairs leaves out what there is not', () => {
    expect(
      pairs([
        ['A', '1'],
        ['Long', '2'],
        ['No', null],
      ]),
    ).toEqual(['A     1', 'Long  2']);
  });
});

describe('a date', () => {
  const day = 86_400_000;
  test.each([
    [12 * day, 'in 12 days'],
    [day + 3_600_000, 'in 25 hours'],
    [2 * day, 'in 2 days'],
    [90_000, 'in 90 seconds'],
    [1_000, 'in 1 second'],
    [0, 'now'],
    [-3 * 3_600_000, '3 hours ago'],
    [-119_000, '119 seconds ago'],
  ])('%d ms away is "%s"', (away, expected) => {
    expect(when(1_000_000_000_000 + away, 1_000_000_000_000)).toBe(expected);
  });

  test('that never was says so', () => {
    expect(when(null, 0)).toBe('never');
    expect(dated(1_000_000_000_000, 1_000_000_000_000 - day * 3)).toBe('2001-09-09 01:46 UTC (in 3 days)');
  });
});

describe('the nearest word', () => {
  const words = ['add', 'list', 'nginx_config_path', 'name', 'host', 'tls add'];
  test.each([
    ['ad', 'add'],
    ['lsit', 'list'],
    ['nginx_conf', 'nginx_config_path'],
    ['hots', 'host'],
    ['nmae', 'name'],
    ['zebra', null],
    ['', null],
  ])('to "%s" is %s', (typed, expected) => {
    expect(nearest(typed, words)).toBe(expected);
  });
});
