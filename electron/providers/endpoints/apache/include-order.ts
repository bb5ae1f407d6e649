import { posix } from 'node:path';
import { globMatcher } from '../common/globs.ts';
import type { Included } from './dump.ts';

/**
 * Which of the files that Apache listed an `Include` stands for. It lists them in the order in which it read them; the numbers of lines
 * beside them are those of another file where the one before included something too.
 */
export class IncludeOrder {
  readonly #serverRoot: string;
  readonly #next = new Map<Included, number>();
  readonly #read = new Set<Included>();

  constructor(serverRoot: string) {
    this.#serverRoot = serverRoot;
  }

  /** The next ones below `around` that the pattern fits. A pattern gives each file once. */
  take(around: Included, pattern: string): Included[] {
    const fits = fitting(pattern, this.#serverRoot);
    const from = this.#next.get(around) ?? 0;
    const paths = new Set<string>();
    for (const { path } of around.files.slice(from)) {
      if (paths.has(path) || !fits(path)) break;
      paths.add(path);
    }
    this.#next.set(around, from + paths.size);
    return around.files.slice(from, from + paths.size);
  }

  /** Its content is known. */
  note(file: Included): void {
    this.#read.add(file);
  }

  /** Every file that Apache listed was read. */
  isWhole(main: Included): boolean {
    return this.#read.has(main) && main.files.every((one) => this.isWhole(one));
  }
}

/** A directory stands for all files below it. */
function fitting(pattern: string, serverRoot: string): (path: string) => boolean {
  const fits = pattern.includes('${') ? endFits(pattern) : plainFits(pattern, serverRoot);
  return (path) => fits(path) || above(path).some(fits);
}

function plainFits(pattern: string, serverRoot: string): (path: string) => boolean {
  const full = posix.isAbsolute(pattern) ? posix.normalize(pattern) : posix.join(serverRoot, pattern);
  return globMatcher(full.replace(/(?<=.)\/+$/, ''));
}

/** A variable of the environment may be anything: what stands behind the last one decides, and nothing fits where nothing does. */
function endFits(pattern: string): (path: string) => boolean {
  const end = pattern.slice(pattern.lastIndexOf('}') + 1);
  const names = (end.startsWith('/') ? end : `*${end}`).split('/').filter((name) => name !== '');
  if (end === '' || names.length === 0) return () => false;
  const matcher = globMatcher(names.join('/'));
  return (path) => matcher(path.split('/').slice(-names.length).join('/'));
}

/** Directories that a path is in, the nearest first. */
export function above(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === path ? [] : [parent, ...above(parent)];
}
