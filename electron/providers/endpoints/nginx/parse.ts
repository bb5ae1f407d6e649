import { posix } from 'node:path';
import { atOnce } from '#kit/in-slices.ts';
import { Failure } from '#shared/failure.ts';
import { globMatcher, plainStart } from '../common/globs.ts';
import { type Directive, holdsValues, readingFile } from './tokens.ts';

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

/** As `resolving`, at once. @internal */
export const resolveConfiguration = (...given: Parameters<typeof resolving>): Configuration =>
  atOnce(resolving(...given));

/** Puts the files together as nginx does: includes in their places, globs in byte order. In steps, which may be many. */
export function* resolving(
  files: Map<string, Buffer>,
  configPath: string,
  prefix: string,
): Generator<undefined, Configuration> {
  const parsed = new Map<string, Directive[]>();
  const directory = posix.dirname(configPath);
  const includePatterns: string[] = [];

  function* fileDirectives(name: string, depth: number, values: boolean): Generator<undefined, Directive[]> {
    const content = files.get(name);
    if (content === undefined || depth > 64) throw notPrinted(name);
    const as = values ? `values of ${name}` : name;
    const own = parsed.get(as) ?? (yield* readingFile(name, content, values));
    parsed.set(as, own);
    return yield* expand(own, depth, values);
  }
  let expanded = 0;
  const count = (directives: number): void => {
    expanded += directives;
    if (expanded > mostDirectives) throw tooLarge(configPath);
  };
  function* expand(
    directives: Directive[],
    depth: number,
    values: boolean,
  ): Generator<undefined, Directive[]> {
    const expandedHere: Directive[] = [];
    for (const directive of directives) {
      count(1);
      yield;
      if (directive.name === 'include' && directive.block === null) {
        const pattern = fullPath(directive.args[0]?.text ?? '', directory);
        includePatterns.push(pattern);
        for (const name of included(pattern, files, count))
          for (const one of yield* fileDirectives(name, depth + 1, values)) expandedHere.push(one);
      } else if (directive.block === null) expandedHere.push(directive);
      else {
        const block = yield* expand(directive.block, depth, holdsValues.has(directive.name));
        expandedHere.push({ ...directive, block });
      }
    }
    return expandedHere;
  }

  const directives = yield* fileDirectives(configPath, 0, false);
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
  const found = near.filter(globMatcher(pattern)).map((name) => ({ name, bytes: Buffer.from(name) }));
  return found.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ name }) => name);
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

/** As nginx does it: put together, never normalised, so that it equals the names nginx prints. */
export function fullPath(path: string, base: string): string {
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path;
  return base.endsWith('/') ? `${base}${path}` : `${base}/${path}`;
}

/** Every directive of a tree, outermost first. */
export function* walk(directives: readonly Directive[]): Generator<Directive> {
  const open = [{ level: directives, at: 0 }];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const directive = last.level[last.at++];
    if (directive === undefined) open.pop();
    else {
      yield directive;
      if (directive.block !== null) open.push({ level: directive.block, at: 0 });
    }
  }
}
