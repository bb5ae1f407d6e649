import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const wineProgram = '/usr/lib/wine/wine64';

interface Ended {
  code: number | null;
  out: string;
  said: string;
}

/** Wine in a folder of its own, which holds its Windows: some seconds for the first program, then one. Debian's, of 64 bits. */
export class Wine {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `C:\` as files. */
  get drive(): string {
    return join(this.#folder, 'wine', 'drive_c');
  }

  /** Runs a program of Windows to its end. A Windows Node writes into files only. */
  run(...argv: string[]): Ended {
    const [out, said] = ['out', 'said'].map((name) => join(this.#folder, name)) as [string, string];
    const [first, second] = [openSync(out, 'w'), openSync(said, 'w')];
    const { status } = spawnSync(wineProgram, argv, {
      cwd: this.#folder,
      env: {
        ...{ HOME: this.#folder, USER: 'admin', PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
        ...{ WINEPREFIX: join(this.#folder, 'wine'), WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1' },
      },
      stdio: ['ignore', first, second],
    });
    closeSync(first);
    closeSync(second);
    return { code: status, out: readFileSync(out, 'utf8'), said: readFileSync(said, 'utf8') };
  }

  /** The server of Wine ends with the last program of its folder. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  }
}
