import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readStart } from '#kit/read-start.ts';

/** Clients whose accounts can be read, and how a path is told to be that of an account key of theirs. */
const clients = {
  /** `accounts/<server>/<id>/private_key.json` (a JWK), beside `regr.json`. */
  certbot: (path: string) => basename(path) === 'private_key.json',
  /** `accounts/<server>/<email>/keys/<email>.key` (PEM), below `account.json`. */
  lego: (path: string) => path.endsWith('.key') && basename(dirname(path)) === 'keys',
  /** `ca/<server>/account.key` (PEM), beside `ca.conf`. */
  'acme.sh': (path: string) => basename(path) === 'account.key',
};

export interface FoundKey {
  client: keyof typeof clients;
  file: string;
}

interface FoundKeys {
  keys: FoundKey[];
  /** The first place below the path that this account is not allowed to read, and why; null: there is none. */
  closed: { path: string; because: unknown } | null;
  /** The folder is larger or deeper than what is read of one: there may be more keys. */
  cut: boolean;
}

/** Folders of clients are small: whoever names a larger one meant another. */
const most = { depth: 8, entries: 5000, bytes: 65_536 };

/**
 * The account keys at a path: the file itself, or those below a folder. Symbolic links are followed, each folder read
 * once. Rejects as `node:fs` does when the path itself cannot be read; what is below and cannot be is passed over.
 */
export async function findKeys(path: string): Promise<FoundKeys> {
  if (!(await stat(path)).isDirectory()) return { keys: keysAmong([path]), closed: null, cut: false };
  const seen = new Set<string>();
  const files: string[] = [];
  let closed: FoundKeys['closed'] = null;
  let cut = false;
  let entries = 0;
  const passOver = (at: string) => (thrown: unknown) => {
    if (isDenied(thrown)) closed ??= { path: at, because: thrown };
    return null;
  };
  const read = async (folder: string, depth: number): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    if (depth > most.depth || entries > most.entries) {
      cut = true;
      return;
    }
    const names = (await readdir(folder)).toSorted();
    entries += names.length;
    for (const name of names) {
      const inside = join(folder, name);
      const facts = await stat(inside).catch(passOver(inside));
      if (facts?.isDirectory()) await read(inside, depth + 1).catch(passOver(inside));
      else if (facts?.isFile()) files.push(inside);
    }
  };
  await read(path, 0);
  return { keys: keysAmong(files), closed, cut };
}

export function isDenied(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

function keysAmong(files: readonly string[]): FoundKey[] {
  const names = Object.keys(clients) as (keyof typeof clients)[];
  return files.flatMap((file) => {
    const client = names.find((name) => clients[name](file));
    return client === undefined ? [] : [{ client, file }];
  });
}

/** A file of a client, which is small. Rejects as `node:fs` does, and for one that is larger or no file. */
export async function readSmall(path: string): Promise<Buffer> {
  const bytes = await readStart(path, most.bytes);
  if (bytes.length > most.bytes) throw new Error('too large');
  return bytes;
}
