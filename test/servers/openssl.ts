import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, exec } from '#kit/exec.ts';

/** The openssl program in a directory of its own, as an oracle that knows nothing of our code. */
export interface Openssl {
  /** Runs `openssl …` in the directory of the files. */
  run(...args: string[]): Promise<{ code: number | null; said: string }>;
  /** Runs it and demands that it succeeds; gives what it said. */
  must(...args: string[]): Promise<string>;
  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  path(name: string): string;
  remove(): Promise<void>;
}

export async function openOpenssl(): Promise<Openssl> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-openssl-'));
  const path = (name: string): string => join(directory, name);
  const run: Openssl['run'] = async (...args) => {
    const argv: [string, ...string[]] = ['openssl', ...args];
    const { code, stdout, stderr } = await exec({ argv, timeoutMs: 30_000, env: childEnvironment() });
    return { code, said: `${stdout}${stderr}` };
  };
  return {
    run,
    path,
    async must(...args) {
      const { code, said } = await run(...args);
      if (code !== 0) throw new Error(`openssl ${args.join(' ')} ended with ${code}: ${said}`);
      return said;
    },
    async file(name, content) {
      await writeFile(path(name), content, { mode: 0o600 });
      return path(name);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
