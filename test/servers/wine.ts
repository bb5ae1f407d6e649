import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const wineProgram = '/usr/lib/wine/wine64';
const wineServer = '/usr/lib/wine/wineserver64';

interface Ended {
  code: number | null;
  out: string;
  said: string;
}

interface Started {
  child: ChildProcess;
  /** Its exit code. */
  ended: Promise<number | null>;
  /** What it has said so far. */
  said(): string;
}

/** Wine in a folder of its own, which holds its Windows: some seconds for the first program, then one. Debian's, of 64 bits. */
export class Wine {
  readonly #folder: string;
  readonly #started: ChildProcess[] = [];
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where it keeps its Windows. */
  get prefix(): string {
    return join(this.#folder, 'wine');
  }

  /** `C:\` as files. */
  get drive(): string {
    return join(this.prefix, 'drive_c');
  }

  /** Its own home: folders like the desktop of Windows are links to it. */
  #options(env: Record<string, string>) {
    const home = join(this.#folder, 'home');
    mkdirSync(home, { recursive: true });
    return {
      cwd: this.#folder,
      env: {
        ...{ HOME: home, USER: 'admin', PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
        ...{ WINEPREFIX: this.prefix, WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1' },
        WINEDLLOVERRIDES: 'winemenubuilder.exe=d', // no entries in the menu of this machine
        ...env,
      },
    };
  }

  /** Runs a program of Windows to its end. A Windows Node writes into files only. */
  run(...argv: string[]): Ended {
    return this.runWith({}, ...argv);
  }

  /** The same, with more in its environment. */
  runWith(env: Record<string, string>, ...argv: string[]): Ended {
    const [out, said] = ['out', 'said'].map((name) => join(this.#folder, name)) as [string, string];
    const [first, second] = [openSync(out, 'w'), openSync(said, 'w')];
    const { status } = spawnSync(wineProgram, argv, {
      ...this.#options(env),
      stdio: ['ignore', first, second],
    });
    closeSync(first);
    closeSync(second);
    return { code: status, out: readFileSync(out, 'utf8'), said: readFileSync(said, 'utf8') };
  }

  /** Starts a program of Windows, which `remove` ends if it has not ended before. */
  start(...argv: string[]): Started {
    const said = join(this.#folder, `said-${this.#count++}`);
    const file = openSync(said, 'w');
    const child = spawn(wineProgram, argv, { ...this.#options({}), stdio: ['ignore', file, file] });
    closeSync(file);
    this.#started.push(child);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    return { child, ended, said: () => readFileSync(said, 'utf8') };
  }

  /** The values of a key of the registry, without those below it; null when there is no such key. */
  values(key: string): Record<string, string> | null {
    const { code, out } = this.run('reg', 'query', key);
    if (code !== 0) return null;
    const lines = out.matchAll(/^ {4}(.+?) {4}REG_\w+ {4}(.*?)\r?$/gm);
    return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
  }

  /**
   * Ends what runs, its server last: that lives on for some seconds, and the next folder of Wine may get the number of
   * this one in the file system, by which it would be taken for the server of that.
   */
  remove(): void {
    for (const child of this.#started) if (child.exitCode === null) child.kill('SIGKILL');
    for (const word of ['-k', '-w'])
      spawnSync(wineServer, [word], { ...this.#options({}), stdio: 'ignore', timeout: 60_000 });
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  }
}
