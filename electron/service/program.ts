import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '#shared/failure.ts';

/**
 * The files as a service may start them: links resolved. Rejects with `service.program-open` where an account other
 * than root can replace one of them, which would give that account what the service may do.
 */
export async function safeProgram(files: readonly [string, ...string[]]): Promise<[string, ...string[]]> {
  const real = await Promise.all(files.map((file) => realpath(file)));
  for (const file of real) await refuseOpen(file);
  return real as [string, ...string[]];
}

async function refuseOpen(file: string): Promise<void> {
  for (let path = file; ; path = dirname(path)) {
    const facts = await lstat(path);
    const sticky = facts.isDirectory() && (facts.mode & 0o1000) !== 0;
    const open = (facts.mode & 0o022) !== 0 && !sticky;
    if (facts.uid !== 0 || open)
      throw new Failure(
        'service.program-open',
        `The service would start ${file}, but ${facts.uid === 0 ? 'other accounts' : `user ${facts.uid}`} can change ${path}.`,
        { hint: 'Install Trustkeep from its package, or as root in a directory that only root can change.' },
      );
    if (path === dirname(path)) return;
  }
}
