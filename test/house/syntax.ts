import { type ParseResult, parseSync } from 'vite';
import { everything, read, resolve } from './sources.ts';

/** What a parser sees in our files. Reading imports and exports is cheap; the tree of a file is built on demand. */

export interface Import {
  file: string;
  /** A path from the root for our own files, the bare specifier for packages. */
  target: string;
  /** What is taken: names, `*` for all. Types count like values. */
  names: string[];
}

/** A node of the syntax tree; `type` as in the ESTree specification. */
export interface Syntax {
  type: string;
  start: number;
  end: number;
  [part: string]: unknown;
}

const parsed = new Map<string, ParseResult>();

function parse(file: string): ParseResult {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const fresh = parseText(file, read(file));
  parsed.set(file, fresh);
  return fresh;
}

function parseText(file: string, text: string): ParseResult {
  const fresh = parseSync(file, text);
  if (fresh.errors.length > 0) throw new Error(`${file}: ${fresh.errors[0]?.message}`);
  return fresh;
}

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';

/** Calls `visit` for every node of a file, parents first; of `source` in its place, for what is not on disk. */
export function walk(
  file: string,
  visit: (node: Syntax, parent: Syntax | undefined) => void,
  source?: string,
): void {
  const step = (value: unknown, parent: Syntax | undefined): void => {
    if (Array.isArray(value)) for (const item of value) step(item, parent);
    else if (isSyntax(value)) {
      visit(value, parent);
      for (const part of Object.values(value)) if (typeof part === 'object') step(part, value);
    }
  };
  step((source === undefined ? parse(file) : parseText(file, source)).program, undefined);
}

const nameOf = ({ name }: { name?: string | null }): string => name ?? '*';

function staticImports(file: string): Import[] {
  const { staticImports: taken, staticExports: given } = parse(file).module;
  return [
    ...taken.map(({ moduleRequest, entries }) => ({
      file,
      target: resolve(file, moduleRequest.value),
      names: entries.map(({ importName }) =>
        importName.kind === 'Default' ? 'default' : nameOf(importName),
      ),
    })),
    ...given.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, importName }) =>
        moduleRequest === null
          ? []
          : [{ file, target: resolve(file, moduleRequest.value), names: [nameOf(importName)] }],
      ),
    ),
  ];
}

/** `import('…')`, of values and of types, and `require('…')`: whoever writes it gets the whole module. */
function callsForModules(file: string): Import[] {
  const found = read(file).matchAll(/\b(?:import|require)\(\s*'([^']+)'/g);
  return [...found].map((match) => ({ file, target: resolve(file, match[1] ?? ''), names: ['*'] }));
}

export const imports: readonly Import[] = everything.flatMap((file) => [
  ...staticImports(file),
  ...callsForModules(file),
]);

/** The names a file exports, those of `export default` left out. */
export const exportsOf = (file: string): string[] =>
  parse(file).module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName }) => (exportName.kind === 'Name' ? [nameOf(exportName)] : [])),
  );
