import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type ExecResult, exec } from '#kit/exec.ts';
import { tempDirectory } from '#test/make/agent.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';

/** How long one of its processes may take on a busy machine. */
export const slow = 240_000;

const asOther = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

/** The program as it is built, once for all tests of a file, each in a directory of its own: real processes, socket and store. */
export class BuiltProgram {
  #built: Bundle | null = null;
  #directory = '';
  #children: ChildProcess[] = [];

  constructor() {
    beforeAll(async () => {
      this.#built = await quickStarting('electron/cli.ts');
      chmodSync(dirname(this.#built.path), 0o755); // another account starts it too
    });
    afterAll(() => this.#built?.remove());
    let directory: ReturnType<typeof tempDirectory>;
    beforeEach(() => {
      directory = tempDirectory('program');
      this.#directory = directory.path;
    });
    afterEach(async () => {
      for (const child of this.#children.splice(0)) await ended(child, 'SIGKILL');
      directory.remove();
    });
  }

  get directory(): string {
    return this.#directory;
  }

  get path(): string {
    if (this.#built === null) throw new Error('it is built before the first test');
    return this.#built.path;
  }

  environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.#directory,
      TRUSTKEEP_DATA_DIRECTORY: join(this.#directory, 'data'),
      LC_ALL: 'C.UTF-8',
    };
  }

  /** Runs one command to its end. */
  async run(...args: string[]): Promise<ExecResult & { out: string; said: string }> {
    const env = this.environment();
    const result = await exec({ argv: [process.execPath, this.path, ...args], timeoutMs: slow, env });
    return { ...result, out: result.stdout.toString('utf8'), said: result.stderr.toString('utf8') };
  }

  /** Starts a command that the test talks to; it is gone after the test. */
  spawn(...args: string[]) {
    const env = this.environment();
    const child = spawn(process.execPath, [this.path, ...args], { env, stdio: 'pipe' });
    this.#children.push(child);
    return child;
  }

  /** `trustkeep run`, once it said that it is ready. */
  running(): Promise<ChildProcess & { said(): string }> {
    const child = this.spawn('run');
    let said = '';
    return new Promise((done, fail) => {
      const take = (part: Buffer): void => {
        said += part.toString('utf8');
        if (said.includes('is ready')) done(Object.assign(child, { said: () => said }));
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('exit', (code) => fail(new Error(`it ended with ${code}: ${said}`)));
    });
  }

  /** Another account must be able to use the packages of this checkout, or there is nothing to see. */
  async canBeOther(): Promise<boolean> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
    const argv = [...asOther, 'sh', '-c', '[ -r "$0" ] && [ -x "$1" ]', this.path, process.execPath] as const;
    return (await exec({ argv, timeoutMs: slow }).catch(() => null))?.code === 0;
  }

  runAsOther(...args: string[]): Promise<ExecResult> {
    const argv = [...asOther, process.execPath, this.path, ...args] as const;
    return exec({ argv, timeoutMs: slow, env: this.environment() });
  }
}

/** The exit code of a process, once it has ended. A signal that is given is sent first. */
export function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => {
    child.once('exit', (code) => done(code));
    if (signal !== undefined) child.kill(signal);
  });
}
