import { lchown, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { mustRun, textOf } from './machine.ts';
import type { ServiceTools } from './service.ts';

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** The account by its name, made as a system account without log-in when it is ours and is not there yet. */
export async function accountFor(tools: ServiceTools, name: string, home: string): Promise<Account> {
  const known = await knownAccount(tools, name);
  if (known !== null) return known;
  if (name !== ownAccount)
    throw new Failure('service.account-missing', `There is no account "${name}" on this machine.`, {
      hint: `Create it first, or leave out --account: "${ownAccount}" is then created.`,
    });
  const wanted = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  await mustRun(
    tools,
    ['useradd', ...wanted, '--home-dir', home, name],
    `The account "${name}" could not be created`,
  );
  const made = await knownAccount(tools, name);
  if (made === null)
    throw new Failure('service.failed', `The account "${name}" was created, but is not known.`);
  return made;
}

/** The one that is created where no other is named. */
export const ownAccount = 'trustkeep';

/** Rejects with `service.account-missing` where there is no such group. */
export async function refuseUnknownGroup(tools: ServiceTools, name: string): Promise<void> {
  if ((await tools.run(['getent', 'group', name])).code === 0) return;
  throw new Failure('service.account-missing', `There is no group "${name}" on this machine.`, {
    hint: `Create it first: groupadd --system ${name}`,
  });
}

/** As the system resolves names, directory services too (getent(1)); null where there is none of this name. */
export async function knownAccount(tools: ServiceTools, name: string): Promise<Account | null> {
  const { code, stdout } = await tools.run(['getent', 'passwd', name]);
  const [, , uid, gid] = textOf(stdout).split(':');
  return code === 0 && uid !== undefined ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * Gives the data directory and all in it to the account. Links in it are given, not followed. What an account that is not
 * root may change is not walked as root where somebody else could swap it meanwhile: the service must not be running.
 */
export async function giveData(directory: string, { uid, gid }: Account): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await give(directory, uid, gid);
}

async function give(path: string, uid: number, gid: number): Promise<void> {
  const facts = await lstat(path);
  if (facts.isSymbolicLink())
    throw new Failure(
      'service.failed',
      `${path} is a link, where a file or directory of Trustkeep belongs.`,
      {
        hint: 'Remove it, then run the command again.',
      },
    );
  if (facts.uid !== uid || facts.gid !== gid) await lchown(path, uid, gid);
  if (!facts.isDirectory()) return;
  for (const name of await readdir(path)) await give(join(path, name), uid, gid);
}
