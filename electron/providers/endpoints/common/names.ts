import { basename, dirname, join } from './paths.ts';

/**
 * What we leave on an endpoint for a while starts with a dot, so that globs such as `include conf.d/*` pass over it, and
 * with the caller's tag: `.trustkeep-<tag>.kept.site.key` is a kept copy, `….key.site.key` a new key. The name of the
 * file comes last: connections clear up names that start with it.
 */
export function keptName(path: string, tag: string): string {
  return join(dirname(path), `${mark(tag)}.kept.${basename(path)}`);
}

export function newKeyName(directory: string, name: string, tag: string): string {
  return join(directory, `${mark(tag)}.key.${name}`);
}

/** The note that every copy for `tag` was made: it only says so by being there, and nothing is read from it. */
export function noteName(directory: string, tag: string): string {
  return join(directory, `${mark(tag)}.snapshot`);
}

/** Is this file name one of those made for `tag`, or the half-written beginning of one? */
export function belongsTo(name: string, tag: string): boolean {
  return name.startsWith(`${mark(tag)}.`) || name.startsWith(`.${mark(tag)}.`);
}

/** Is this file name one of those made for a tag, whichever? */
export function isOurs(name: string): boolean {
  return name.startsWith(mark(''));
}

const mark = (tag: string): string => `.trustkeep-${tag.replace(/[^A-Za-z0-9_-]/g, '-')}`;
