import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Client, connectLocally, failureOf } from '../../../electron/transport/client.ts';
import type { Bundle } from '../bundle.ts';

/** The service as it is built, in a process of its own over a data directory, called over its local socket. */
export class KilledAgent {
  readonly dataDirectory: string;
  /** Everything the processes wrote to standard error. */
  readonly logPath: string;
  readonly temporary: string;
  readonly #built: Bundle;
  readonly #home: string;
  #child: ChildProcess | null = null;
  #client: Client | null = null;

  constructor(built: Bundle, home: string, dataDirectory = join(home, 'data')) {
    this.#built = built;
    this.#home = home;
    this.dataDirectory = dataDirectory;
    this.logPath = join(home, 'agent.log');
    this.temporary = join(home, 'tmp');
    mkdirSync(this.temporary, { recursive: true });
  }

  /** Starts a process, and gives it before it is ready. */
  spawn(): ChildProcess {
    const child = spawn(process.execPath, [this.#built.path, 'run', '--data-directory', this.dataDirectory], {
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (part: Buffer) => appendFileSync(this.logPath, part));
    this.#child = child;
    this.#client = null;
    return child;
  }

  /** Resolves when the process that was spawned can be called; false when it ended before. */
  async ready(): Promise<boolean> {
    const child = this.#child;
    if (child === null) return false;
    let said = '';
    const ready = await new Promise<boolean>((resolve) => {
      child.stdout?.on('data', (part: Buffer) => {
        said += part.toString();
        if (said.includes('is ready')) resolve(true);
      });
      child.once('exit', () => resolve(false));
    });
    if (!ready) return false;
    // on a machine with much to do an agent may be silent for longer than a command waits
    for (let tries = 0; tries < 6 && alive(child); tries += 1) {
      this.#client = await connectLocally(this.dataDirectory, 'tester').catch(() => null);
      if (this.#client !== null) break;
    }
    return this.#client !== null && alive(child);
  }

  async start(): Promise<void> {
    this.spawn();
    if (!(await this.ready())) throw new Error(`the agent did not start; see ${this.logPath}`);
  }

  /** As the contract says, or null when the process went before it answered. A refusal rejects with its Failure. */
  async call<T>(work: (client: Client) => Promise<T>): Promise<T | null> {
    const child = this.#child;
    const client = this.#client;
    if (child === null || client === null || !alive(child)) return null;
    try {
      return await work(client);
    } catch (thrown) {
      const failure = failureOf(thrown);
      // an answer was cut off: the process has gone, or its end has not been seen yet
      if (failure.code === 'agent.unreachable' || !alive(child)) return null;
      throw failure;
    }
  }

  get isAlive(): boolean {
    return this.#child !== null && alive(this.#child);
  }

  /** Ends the process, by SIGKILL or as a service manager does, and waits for it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null || !alive(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  #environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.#home,
      TMPDIR: this.temporary,
      LC_ALL: 'C.UTF-8',
      // a bus that is not there: the master key is in a key file
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus',
      NODE_COMPILE_CACHE: join(dirname(this.#built.path), 'cache'),
    };
  }
}

const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;
