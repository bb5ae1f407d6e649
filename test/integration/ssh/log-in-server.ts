import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const password = 'correct horse ü';
/** The public half of the key that was made last, as a line of OpenSSH. */
export const keys = { lastPublic: '' };

export async function newKey(type: string, phrase = '', more: readonly string[] = []): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-key-'));
  try {
    const path = join(directory, 'key');
    const quick = ['-a', '1', ...(type === 'rsa' ? ['-b', '2048'] : [])];
    await run('ssh-keygen', ['-q', '-t', type, ...quick, '-N', phrase, '-f', path, ...more]);
    keys.lastPublic = await readFile(`${path}.pub`, 'utf8');
    return await readFile(path, 'utf8');
  } finally {
    await rm(directory, { recursive: true });
  }
}
