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

/** Folders of clients are small: whoever names a larger one meant another. */
const most = { depth: 8, entries: 5000, bytes: 65_536 };

/**
 * The account keys at a path: the file itself, or those below a folder. Symbolic links are followed, each folder read
 * once. Rejects as `node:fs` does when the path itself cannot be read; folders below that cannot be are passed over.
 */
export async function findKeys(path: string): Promise<FoundKey[]> {
  if (!(await stat(path)).isDirectory()) return keysAmong([path]);
  const seen = new Set<string>();
  const files: string[] = [];
  let entries = 0;
  const read = async (folder: string, depth: number): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real) || depth > most.depth || entries > most.entries) return;
    seen.add(real);
    const names = (await readdir(folder)).toSorted();
    entries += names.length;
    for (const name of names) {
      const inside = join(folder, name);
      const facts = await stat(inside).catch(() => null);
      if (facts?.isDirectory()) await read(inside, depth + 1).catch(() => {});
      else if (facts?.isFile()) files.push(inside);
    }
  };
  await read(path, 0);
  return keysAmong(files);
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
