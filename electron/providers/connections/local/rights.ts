import { exec } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import { keepRights, readRights, rights } from '../common/posix-rights.ts';
import type { FileRights } from '../connection.ts';
import { NotKept } from './trouble.ts';

const windows = process.platform === 'win32';
const timeoutMs = 30_000;

/** As `HostConnection.rights`, of a file that is there. */
export async function localRights(path: string): Promise<FileRights> {
  if (windows) return { acl: null, hidesAcl: false, attributes: null, label: null, flags: [], untold: [] };
  const { code, stdout, stderr } = await exec({ argv: ['sh', '-c', rights, 'sh', path], timeoutMs });
  if (code !== 0) throw new Error(peerTail(stderr.toString()));
  return readRights(stdout.toString());
}

/** Gives `file`, a new one of mode 0600, what `like` has beside owner and mode, when it is there; `acl` as `keepRights` takes it. */
export async function keep(like: string, file: string, acl: string): Promise<void> {
  if (windows) return;
  const script = `${keepRights}\nkeep_rights "$1" "$2" "$3"`;
  const result = await exec({ argv: ['sh', '-c', script, 'sh', like, file, acl], timeoutMs });
  if (result.code !== 0) throw new NotKept(peerTail(result.stderr.toString()));
}
