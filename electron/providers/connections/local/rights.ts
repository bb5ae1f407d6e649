import { existsSync } from 'node:fs';
import { exec } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import {
  anythingBeside,
  flags,
  keepRights,
  readFlags,
  readRights,
  rights,
  sameAcl,
} from '../common/posix-rights.ts';
import type { FileFlag, FileRights } from '../connection.ts';
import { NotKept } from './trouble.ts';

const windows = process.platform === 'win32';
const timeoutMs = 30_000;

const untoldHere: FileRights = { acl: null, hidesAcl: false, attributes: null, label: null, untold: [] };
const none: FileRights = { ...untoldHere, acl: '', attributes: '' };

/** As `HostConnection.rights`, of files that are there. */
export async function localRights(paths: readonly string[]): Promise<FileRights[]> {
  if (windows) return paths.map(() => untoldHere);
  if (await arePlain(paths)) return paths.map(() => none);
  return examined(paths, rights, readRights);
}

/** As `HostConnection.flags`, of files that are there. */
export async function localFlags(paths: readonly string[]): Promise<(FileFlag[] | null)[]> {
  if (windows) return paths.map(() => null);
  return examined(paths, flags, (output) => readFlags(output, paths.length));
}

async function examined<T>(
  paths: readonly string[],
  script: string,
  read: (output: string) => T[],
): Promise<T[]> {
  if (paths.length === 0) return [];
  const { code, stdout, stderr } = await exec({ argv: ['sh', '-c', script, 'sh', ...paths], timeoutMs });
  const answers = read(stdout.toString());
  if (code === 0 && answers.length === paths.length) return answers;
  throw new Error(peerTail(stderr.toString()));
}

/** Do all of these files have nothing beside owner and mode? Symbolic links are followed. False also where it cannot be told. */
async function arePlain(paths: readonly string[]): Promise<boolean> {
  try {
    const { code, stdout } = await exec({ argv: ['getfattr', ...anythingBeside, ...paths], timeoutMs });
    return code === 0 && stdout.length === 0;
  } catch {
    return false; // there is no getfattr
  }
}

/** A new file of mode 0600 that takes after another. */
export interface Keeping {
  /** May not be there. */
  like: string;
  file: string;
  /** As `keepRights` takes it. */
  acl: string;
}

/** Whether `keep` would find nothing to do for any of these: nothing to give, and nothing that a directory gave. */
export async function haveNothingToKeep(each: readonly Keeping[]): Promise<boolean> {
  if (windows || each.length === 0) return true;
  if (each.some(({ acl }) => acl !== '' && acl !== sameAcl)) return false;
  return arePlain(each.flatMap(({ like, file }) => (existsSync(like) ? [like, file] : [file])));
}

/** Gives `file` what `like` has beside owner and mode, when it is there. */
export async function keep({ like, file, acl }: Keeping): Promise<void> {
  if (windows) return;
  const script = `${keepRights}\nkeep_rights "$1" "$2" "$3"`;
  const result = await exec({ argv: ['sh', '-c', script, 'sh', like, file, acl], timeoutMs });
  if (result.code !== 0) throw new NotKept(peerTail(result.stderr.toString()));
}
