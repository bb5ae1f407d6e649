import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, exec } from '#kit/exec.ts';

/** A directory with programs that know nothing of our code: keytool of some Java, and openssl. */
export interface Bench {
  /** A new file with this content; gives its path. */
  file(content: string | Uint8Array): Promise<string>;
  /** Path of a file that does not exist yet. */
  path(): string;
  read(path: string): Promise<Buffer>;
  /** Runs a program; its output when it ends well, an error with all it said when not. */
  must(...argv: [string, ...string[]]): Promise<string>;
  remove(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-key-store-'));
  const path = (): string => join(directory, randomBytes(8).toString('hex'));
  return {
    path,
    async file(content) {
      const place = path();
      await writeFile(place, content, { mode: 0o600 });
      return place;
    },
    read: (place) => readFile(place),
    async must(...argv) {
      const { code, stdout, stderr } = await exec({ argv, timeoutMs: 60_000, env: childEnvironment() });
      if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stdout}${stderr}`);
      return stdout.toString();
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
