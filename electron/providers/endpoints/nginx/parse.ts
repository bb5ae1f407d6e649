import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { type Directive, holdsValues, parseFile } from './tokens.ts';

/** The whole configuration as nginx resolved it. */
export interface Configuration {
  /** Main configuration file; relative certificate and include paths are below its directory. */
  configPath: string;
  /** What relative `root`, `pid` and `error_log` are below. */
  prefix: string;
  /** Every file nginx read, in its order, with its exact bytes. */
  files: Map<string, Buffer>;
  /** Top level directives with all includes put in place. */
  directives: Directive[];
  /** Full patterns of all `include` directives. */
  includePatterns: string[];
}

/** Puts the files together as nginx does: includes in their places, globs in byte order. */
export function resolveConfiguration(
  files: Map<string, Buffer>,
  configPath: string,
  prefix: string,
): Configuration {
  const parsed = new Map<string, Directive[]>();
  const directory = posix.dirname(configPath);
  const includePatterns: string[] = [];

  const fileDirectives = (name: string, depth: number, values: boolean): Directive[] => {
    const content = files.get(name);
    if (content === undefined || depth > 64) throw notPrinted(name);
    const as = values ? `values of ${name}` : name;
    const own = parsed.get(as) ?? parseFile(name, content, values);
    parsed.set(as, own);
    return expand(own, depth, values);
  };
  let expanded = 0;
  const count = (directives: number): void => {
    expanded += directives;
    if (expanded > mostDirectives) throw tooLarge(configPath);
  };
  const expand = (directives: Directive[], depth: number, values: boolean): Directive[] =>
    directives.flatMap((directive) => {
      count(1);
      if (directive.name === 'include' && directive.block === null) {
        const pattern = fullPath(directive.args[0]?.text ?? '', directory);
        includePatterns.push(pattern);
        return included(pattern, files, count).flatMap((name) => fileDirectives(name, depth + 1, values));
      }
      return directive.block === null
        ? [directive]
        : [{ ...directive, block: expand(directive.block, depth, holdsValues.has(directive.name)) }];
    });

  const directives = fileDirectives(configPath, 0, false);
  return { configPath, prefix, files, directives, includePatterns: [...new Set(includePatterns)] };
}

function included(
  pattern: string,
  files: Map<string, Buffer>,
  count: (directives: number) => void,
): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const start = plainStart(pattern);
  const near = [...files.keys()].filter((name) => name.startsWith(start));
  count(near.length + files.size / namesPerDirective);
  return near.filter(globMatcher(pattern)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Files that include each other many times over can become more than fits into memory. */
const mostDirectives = 500_000;
/** A glob is held against each file that begins as it does, which takes as long as a directive; so long take so many others. */
const namesPerDirective = 100;

function tooLarge(configPath: string): Failure {
  return new Failure(
    'endpoint.configuration-invalid',
    `The nginx configuration ${configPath} is too large with all that it includes: more than ${mostDirectives} directives.`,
    { hint: 'Check which files include which, and how often.' },
  );
}

function notPrinted(name: string): Failure {
  return new Failure('endpoint.configuration-invalid', `nginx names the file ${name} but did not print it.`, {
    hint: 'Run nginx -T on the endpoint and see whether the file is there. Someone may have removed it just now.',
  });
}

/** As the C library's glob does it: `*` and `?` match neither `/` nor a leading dot. */
export function matchesGlob(pattern: string, path: string): boolean {
  return globMatcher(pattern)(path);
}

function plainStart(pattern: string): string {
  return /^[^*?[\\]*/.exec(pattern)?.[0] ?? '';
}

/** Taken apart once, for many paths. */
function globMatcher(pattern: string): (path: string) => boolean {
  const start = plainStart(pattern);
  const parts = pattern.split('/').map((text) => ({ text, pieces: piecesOf(text) }));
  return (path) => {
    if (!path.startsWith(start)) return false;
    const names = path.split('/');
    return (
      parts.length === names.length &&
      parts.every(({ text, pieces }, i) => matchesSegment(text, pieces, names[i] ?? ''))
    );
  };
}

/** `*` by going back to the last one only: a pattern made to hurt costs no more than its length times the name's. */
function matchesSegment(segment: string, pieces: readonly Piece[], name: string): boolean {
  if (/^[*?[]/.test(segment) && name.startsWith('.')) return false;
  let [p, n, star, from] = [0, 0, -1, 0];
  while (n < name.length) {
    const piece = pieces[p];
    if (piece === '*') [star, from, p] = [p, n, p + 1];
    else if (piece?.(name[n] ?? '')) [p, n] = [p + 1, n + 1];
    else if (star >= 0) [p, n, from] = [star + 1, from + 1, from + 1];
    else return false;
  }
  while (pieces[p] === '*') p++;
  return p === pieces.length;
}

type Piece = '*' | ((character: string) => boolean);

function piecesOf(segment: string): Piece[] {
  return [...segment.matchAll(/\[!?\]?[^\]]*\]|\\.|[\s\S]/g)].map(([piece]): Piece => {
    if (piece === '*') return '*';
    if (piece === '?') return () => true;
    if (piece.length > 1 && piece.startsWith('[')) return oneOf(piece);
    const plain = piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece;
    return (character) => character === plain;
  });
}

function oneOf(set: string): Piece {
  const body = set
    .replace(/^\[!/, '[^')
    .replace(/\\/g, '\\\\')
    .replace(/^(\[\^?)\]/, '$1\\]');
  try {
    const expression = new RegExp(`^${body}$`, 's');
    return (character) => expression.test(character);
  } catch {
    return () => false; // such as `[z-a]`, which holds nothing
  }
}

/** As nginx does it: put together, never normalised, so that it equals the names nginx prints. */
export function fullPath(path: string, base: string): string {
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path;
  return base.endsWith('/') ? `${base}${path}` : `${base}/${path}`;
}

/** Every directive of a tree, outermost first. */
export function* walk(directives: readonly Directive[]): Generator<Directive> {
  for (const directive of directives) {
    yield directive;
    if (directive.block !== null) yield* walk(directive.block);
  }
}
