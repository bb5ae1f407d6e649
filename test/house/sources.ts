import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** The tree as the house tests see it. */

export const root = join(import.meta.dirname, '../..');

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

export const filesLike = (pattern: string): string[] =>
  globSync(pattern, { cwd: root }).map((file) => file.replaceAll('\\', '/'));

/** Product code. */
export const sources: readonly string[] = ['shared', 'electron', 'renderer'].flatMap((room) =>
  filesLike(`${room}/**/*.{ts,tsx}`),
);

/** Everything we wrote: product, tests, scripts, and the settings of the tools. */
export const everything: readonly string[] = [
  ...sources,
  ...filesLike('{test,scripts,build}/**/*.{ts,tsx}'),
  ...filesLike('*.ts'),
];

export const inside = (path: string, ...rooms: string[]): boolean =>
  rooms.some((room) => path === room || path.startsWith(`${room}/`));

export const ours = (target: string): boolean =>
  target.includes('/') && inside(target, 'shared', 'electron', 'renderer');

/** A suite is the tests of a file that shares one start of what is tested with other suites. */
export const isTest = (file: string): boolean => /\.(test|suite)\.tsx?$/.test(file);

export const lineCount = (text: string): number => text.trimEnd().split('\n').length;

/** What a specifier names: a path from the root for our own files, itself for packages. */
export function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('#shared/')) return `shared/${specifier.slice(8)}`;
  if (specifier.startsWith('#kit/')) return `electron/kit/${specifier.slice(5)}`;
  if (specifier.startsWith('#test/')) return `test/${specifier.slice(6)}`;
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, normalize(join(root, dirname(file), specifier))).replaceAll('\\', '/');
}
