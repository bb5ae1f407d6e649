import { Failure } from '#shared/failure.ts';

/** The segments of the root path and of one credential ID below it. */
export interface SecretPath {
  root: readonly string[];
  all: readonly string[];
  /** As it stands in sentences: `secret/servers/web1`. */
  shown: string;
}

/**
 * Root path and id joined. Slashes inside are fine; `credential.bad-id` for what Vault would read as another path
 * or refuse: empty, `.` and `..` segments, control characters, a dot at the end.
 */
export function secretPath(rootPath: string, id: string): SecretPath {
  const root = splitPath(rootPath);
  const own = splitPath(id);
  const all = [...root, ...own];
  const shown = all.join('/');
  const wrong = own.length === 0 ? 'the ID is empty' : whatIsWrong(all);
  if (wrong === null) return { root, all, shown };
  throw new Failure('credential.bad-id', `"${shown.slice(0, 300)}" cannot be a path in Vault: ${wrong}.`, {
    hint: 'Use the path of the secret relative to the root path, for example servers/web1.',
  });
}

/**
 * Where an auth method is mounted, below `auth/`. People copy it from commands and from the API as well:
 * `auth/approle`, `v1/auth/approle/login`.
 */
export function authMountPath(given: string): string[] {
  const path = splitPath(given);
  const start = path[0] === 'v1' && path[1] === 'auth' ? 2 : path[0] === 'auth' && path.length > 1 ? 1 : 0;
  const bare = path.slice(start);
  return start > 0 && bare.length > 1 && bare.at(-1) === 'login' ? bare.slice(0, -1) : bare;
}

/** Without the slashes at its ends; empty text has no segments. */
export function splitPath(path: string): string[] {
  const bare = path.replace(/^\/+|\/+$/g, '');
  return bare === '' ? [] : bare.split('/');
}

function whatIsWrong(segments: readonly string[]): string | null {
  if (segments.some((segment) => segment === '')) return 'there is nothing between two slashes';
  if (segments.some((segment) => segment === '.' || segment === '..'))
    return 'it contains "." or ".." as a part';
  if (segments.some((segment) => /\p{Cc}|\p{Cs}/u.test(segment))) return 'it contains control characters';
  if (segments.at(-1)?.endsWith('.')) return 'it ends with a dot';
  return null;
}
