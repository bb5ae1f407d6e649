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

/** A file without its comments, line by line as it was; `source` in its place, for what is not on disk. */
export function codeOf(file: string, source?: string): string {
  const text = source ?? read(file);
  const { comments } = source === undefined ? parse(file) : parseText(file, source);
  let code = '';
  let at = 0;
  for (const { start, end } of comments) {
    code += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    at = end;
  }
  return code + text.slice(at);
}

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

/** What `import('…')` and `require('…')` name, of values and of types, however it is quoted; null: it is computed. */
function moduleCalledFor({ type, source, callee, arguments: given }: Syntax): string | null | undefined {
  if (type === 'ImportExpression' || type === 'TSImportType') return fixedText(source);
  const isRequire = type === 'CallExpression' && Reflect.get(Object(callee), 'name') === 'require';
  return isRequire ? fixedText(Array.isArray(given) ? given[0] : undefined) : undefined;
}

/** A string, or a template into which nothing is put. */
function fixedText(node: unknown): string | null {
  if (!isSyntax(node)) return null;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  const [only, more] = node.type === 'TemplateLiteral' && Array.isArray(node.quasis) ? node.quasis : [];
  const cooked: unknown = Reflect.get(Object(Reflect.get(Object(only), 'value')), 'cooked');
  return more === undefined && typeof cooked === 'string' ? cooked : null;
}

/** Most files have none, which their text tells sooner than their tree. */
const mayCall = /\b(?:import|require)\b(?!\s+[\w{*'"]|['".])/;

/** Whoever calls for a module gets all of it. A computed one is `(computed)`. */
export function callsForModules(file: string, source = read(file)): Import[] {
  const found: Import[] = [];
  if (!mayCall.test(source)) return found;
  walk(
    file,
    (node) => {
      const named = moduleCalledFor(node);
      if (named === undefined) return;
      found.push({ file, target: named === null ? '(computed)' : resolve(file, named), names: ['*'] });
    },
    source,
  );
  return found;
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
