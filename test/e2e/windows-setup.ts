import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'vitest';
import type { Wine } from '../servers/wine.ts';

const key = '3f0f2c1e-7c52-4c0b-9d0b-6f7c6f0a1a55';
const uninstallKey = `Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${key}`;
const runKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run';
const paths = {
  HKCU: 'HKCU\\Environment',
  HKLM: 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment',
} as const;

type Root = keyof typeof paths;

/** What installers did to a Windows, seen from outside. */
export class WindowsSetup {
  readonly #wine: Wine;

  constructor(wine: Wine) {
    this.#wine = wine;
  }

  /** A file or folder of Windows, as one here. */
  file(path: string): string {
    return join(this.#wine.drive, ...path.replace(/^C:\\/, '').split('\\'));
  }

  has(path: string): boolean {
    return existsSync(this.file(path));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.file(path)), { recursive: true });
    writeFileSync(this.file(path), text);
  }

  /** Lines that the shell of Windows was told since it was last asked. */
  told(): string[] {
    const file = this.file('C:\\plug-ins.txt');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    rmSync(file);
    return lines;
  }

  /** Each file below a folder with its hash; none where there is no such folder. */
  files(path: string): Record<string, string> {
    const folder = this.file(path);
    if (!existsSync(folder)) return {};
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    return Object.fromEntries(
      found.map((one) => {
        const file = join(one.parentPath, one.name);
        return [relative(folder, file), createHash('sha1').update(readFileSync(file)).digest('hex')];
      }),
    );
  }

  /** What Windows lists as installed; null: nothing of ours. */
  entry(root: Root): Record<string, string> | null {
    return this.#wine.values(`${root}\\${uninstallKey}`);
  }

  version(root: Root = 'HKCU'): string | null {
    return this.entry(root)?.DisplayVersion ?? null;
  }

  /** The list of folders with programs. */
  path(root: Root = 'HKCU'): string | null {
    const values = this.#wine.values(paths[root]) ?? {};
    return Object.entries(values).find(([name]) => name.toLowerCase() === 'path')?.[1] ?? null;
  }

  setPath(text: string, root: Root = 'HKCU'): void {
    const args = ['/v', 'Path', '/t', 'REG_EXPAND_SZ', '/d', text, '/f'];
    expect(this.#wine.run('reg', 'add', paths[root], ...args).code).toBe(0);
  }

  /** What starts at login, as Electron stores it. */
  start(): string | null {
    return this.#wine.values(runKey)?.['com.trustkeep.desktop'] ?? null;
  }

  setStart(command: string): void {
    const args = ['/v', 'com.trustkeep.desktop', '/d', command, '/f'];
    expect(this.#wine.run('reg', 'add', runKey, ...args).code).toBe(0);
  }

  /** Removes the program as Windows does it silently, which is over some moments after the program that was started. */
  async remove(root: Root, ...words: string[]): Promise<void> {
    const command = this.entry(root)?.QuietUninstallString ?? '';
    const [, program = '', rest = ''] = /^"(.+)" (.*)$/.exec(command) ?? [];
    expect(this.#wine.run(program, ...rest.split(' '), ...words).code).toBe(0);
    await expect.poll(() => this.entry(root), { timeout: 60_000 }).toBeNull();
  }

  /** Starts the stand-in for the desktop, or a copy of it elsewhere, and waits until it runs. */
  async startDesktop(program: string, ...words: string[]) {
    const ready = this.file('C:\\desktop-is-ready.txt');
    rmSync(ready, { force: true });
    const started = this.#wine.start(program, ...words);
    await expect.poll(() => existsSync(ready), { timeout: 60_000 }).toBe(true);
    rmSync(ready);
    return started;
  }

  copy(from: string, to: string): void {
    mkdirSync(dirname(this.file(to)), { recursive: true });
    copyFileSync(this.file(from), this.file(to));
  }

  /** All files, and all lines of the registry where programs write: a key's lines begin with its name. */
  everything(): Set<string> {
    // Windows' own, and the folder of a person's programs, which is no program's
    const passing =
      /^(windows|users\/admin\/(AppData\/Local\/)?Temp)\/|^users\/admin\/AppData\/Local\/Programs\/$/i;
    const files = readdirSync(this.#wine.drive, { recursive: true }).map(String);
    const lines = ['HKCU', 'HKLM\\Software'].flatMap((root) => {
      expect(this.#wine.run('reg', 'export', root, 'C:\\windows\\temp\\all.reg', '/y').code).toBe(0);
      const text = readFileSync(this.file('C:\\windows\\temp\\all.reg'), 'utf16le');
      return text.split('\r\n\r\n').flatMap((part) => {
        const [name = '', ...values] = part.split('\r\n');
        return [name, ...values.map((value) => `${name} ${value}`)];
      });
    });
    // Wine's own, keys that all programs share, and the network of this machine, which changes when it likes
    const shared =
      /^\[HKEY_CURRENT_USER\\Software\\(Wine\\|Microsoft\\Windows\\CurrentVersion\\Uninstall\]$)|\\NetworkCards\\/;
    const kept = [...files.filter((name) => !passing.test(`${name}/`)), ...lines];
    return new Set(kept.filter((line) => !shared.test(line)));
  }
}
