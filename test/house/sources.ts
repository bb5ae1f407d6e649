import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** The tree as the house tests see it. */

export const root = join(import.meta.dirname, '../..');

export interface Import {
  file: string;
  /** Path from the root for our own files, the bare specifier for packages. */
  target: string;
}

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

export const filesLike = (pattern: string): string[] =>
  globSync(pattern, { cwd: root }).map((file) => file.replaceAll('\\', '/'));

/** Product code. */
export const sources: readonly string[] = ['shared', 'electron', 'renderer'].flatMap((room) =>
  filesLike(`${room}/**/*.{ts,tsx}`),
);

export const inside = (path: string, ...rooms: string[]): boolean =>
  rooms.some((room) => path === room || path.startsWith(`${room}/`));

export const ours = (target: string): boolean =>
  target.includes('/') && inside(target, 'shared', 'electron', 'renderer');

export const imports: readonly Import[] = sources.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const found = read(file).matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'|require\(\s*'([^']+)'\s*\)/g,
  );
  return [...found].map((match) => ({
    file,
    target: resolve(file, match[1] ?? match[2] ?? match[3] ?? match[4] ?? ''),
  }));
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('#shared/')) return `shared/${specifier.slice(8)}`;
  if (specifier.startsWith('#kit/')) return `electron/kit/${specifier.slice(5)}`;
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, normalize(join(root, dirname(file), specifier))).replaceAll('\\', '/');
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}
