import { posix } from 'node:path';

/** Where a value of the configuration leads, below CATALINA_BASE; null: to no file of the host. */
export function fileOf(value: string, base: string): string | null {
  const path = value.replace(/^file:(?:\/\/(?=\/))?/i, '');
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(path) ? null : posix.resolve(base, path);
}
