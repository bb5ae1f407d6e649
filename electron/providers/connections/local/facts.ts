import { realpath, stat } from 'node:fs/promises';
import type { FileFacts } from '../connection.ts';
import type { Accounts } from './accounts.ts';
import { troubleOf } from './trouble.ts';

const windows = process.platform === 'win32';

/** As `HostConnection.stat`. Rejects with what the file system says. */
export async function factsAt(path: string, accounts: Accounts): Promise<FileFacts | null> {
  const facts = await stat(path).catch((error: unknown) => {
    if (troubleOf(error) === 'missing') return null;
    throw error;
  });
  if (facts === null) return null;
  return {
    path,
    realPath: await realpath(path),
    kind: facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : 'other',
    system: windows ? 'windows' : 'posix',
    size: facts.size,
    mode: windows ? 0 : facts.mode & 0o7777,
    owner: windows ? 'unknown' : await accounts.nameOf('passwd', facts.uid),
    group: windows ? 'unknown' : await accounts.nameOf('group', facts.gid),
    uid: facts.uid,
    gid: facts.gid,
    names: facts.nlink,
    modifiedAt: Math.floor(facts.mtimeMs),
  };
}
