import { describe, expect, it } from 'vitest';
import { atOnce } from '#kit/in-slices.ts';
import type { Included } from '../../../../../electron/providers/endpoints/apache/dump.ts';
import { evaluating } from '../../../../../electron/providers/endpoints/apache/evaluate.ts';
import { IncludeOrder } from '../../../../../electron/providers/endpoints/apache/include-order.ts';

const file = (path: string, ...files: Included[]): Included => ({ path, line: 1, files });
const main = file(
  '/etc/a/a.conf',
  ...['/etc/a/x/1.conf', '/etc/a/x/2.conf', '/etc/a/x/1.conf', '/srv/y/z/3.conf', '/etc/a/4.conf'].map(
    (path) => file(path),
  ),
);
const paths = (files: readonly Included[]) => files.map(({ path }) => path);

describe('the files that an Include stands for', () => {
  it('come in the order in which Apache listed them, each once for a pattern', () => {
    const order = new IncludeOrder('/etc/a');
    expect(paths(order.take(main, './x/../x/*.conf'))).toEqual(['/etc/a/x/1.conf', '/etc/a/x/2.conf']);
    expect(order.take(main, 'none/*.conf')).toEqual([]);
    expect(paths(order.take(main, '/etc/a/x/*.conf'))).toEqual(['/etc/a/x/1.conf']);
    expect(paths(order.take(main, '/srv/y/'))).toEqual(['/srv/y/z/3.conf']);
    expect(paths(order.take(main, `$\{WHERE}/4.conf`))).toEqual(['/etc/a/4.conf']);
  });

  it('are none where only a variable says which, and then the reading is not whole', () => {
    const read = (include: string) =>
      atOnce(
        evaluating(file('/etc/a/a.conf', file('/etc/a/4.conf')), {
          ...{ modules: new Set<string>(), version: '2.4.62', defines: [], serverRoot: '/etc/a' },
          content: (path) => Buffer.from(path === '/etc/a/a.conf' ? `Include ${include}\n` : 'Listen 1\n'),
        }),
      );
    expect(read('4.conf')).toMatchObject({ whole: true, tree: [{ name: 'listen' }] });
    expect(read(`$\{WHICH}`)).toMatchObject({ whole: false, tree: [] });
  });
});
