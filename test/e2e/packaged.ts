import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/electron/paths.ts';
import { standInSqlite } from '../../scripts/electron/stand-in.ts';
import { type FoundElectron, prepareApp } from '../../scripts/find-electron.ts';
import { buildPackages } from '../../scripts/package/builder.ts';
import { stage } from '../../scripts/package/stage.ts';
import { normalAccount, runAs } from '../servers/account.ts';
import { endWithUs } from '../servers/display.ts';
import type { Desktop } from './electron.ts';

const target = { system: 'linux', arch: 'x64' } as const;

/** The version that is built here. */
export const thisVersion: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/**
 * A project for electron-builder in a new folder: the release of this checkout around the Electron of the tests, whose
 * programs call themselves that version. `npm run build` has made the command line.
 */
export async function stageVersion(
  electron: FoundElectron,
  version: string,
  folder: string,
  flavour: 'release' | 'e2e' = 'release',
): Promise<void> {
  const { appDirectory } = await prepareApp({ electron, flavour });
  const built = `${folder}-out`;
  cpSync(join(appDirectory, 'out'), built, { recursive: true });
  renumber(join(built, 'main'), version);
  const commandLine = commandLineOf(version, `${folder}-node`);
  await stage({ target, built, commandLine, folder, version });
  if (electron.kind !== 'stand-in') return;
  // where the library itself looks first for a binary compiled on purpose; the command line has its own library
  const binding = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
  cpSync(await standInSqlite(root, () => {}), join(folder, binding));
}

/** Makes packages of that version, among them a Debian one, whose path it gives. */
export async function debOf(
  electron: FoundElectron,
  version: string,
  folder: string,
  kinds: readonly string[],
): Promise<string> {
  await stageVersion(electron, version, folder);
  const dist = await buildPackages({ target, kinds, folder, electron, compression: 'store' });
  return onlyFile(dist, '.deb');
}

/** A copy of the command line that `npm run build` has made, which calls itself that version. Gives the folder. */
export function commandLineOf(version: string, folder: string): string {
  cpSync(join(root, 'out', 'node'), folder, { recursive: true });
  renumber(folder, version);
  return folder;
}

/** Writes another version into what was built: once in each program. */
function renumber(folder: string, version: string): void {
  if (version === thisVersion) return;
  let changed = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.js')) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    const renumbered = text.replaceAll(`version: "${thisVersion}"`, `version: "${version}"`);
    if (renumbered === text) continue;
    changed++;
    writeFileSync(file, renumbered);
  }
  if (changed !== 1) throw new Error(`${changed} files below ${folder} say their version`);
}

/** The one file of a folder with that ending. */
export function onlyFile(folder: string, ending: string): string {
  const [file, second] = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (file === undefined || second !== undefined) throw new Error(`there is not one ${ending}`);
  return join(folder, file);
}

/** Lines of one text that the other has not, but those that are like `but`. */
export function unlike(one: string, other: string, but: RegExp): string[] {
  const [left, right] = [one, other].map((text) => text.split('\n').filter((line) => !but.test(line)));
  const more = (of: string[] = [], than: string[] = []) => of.filter((line) => !than.includes(line));
  return [...more(left, right), ...more(right, left)];
}

/** Runs apt-get as root, asking nothing. Gives what it said. */
export const apt = (...args: string[]): string =>
  execFileSync('apt-get', ['--yes', '--quiet', '--no-install-recommends', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, DEBIAN_FRONTEND: 'noninteractive', HOME: '/root' },
  });

/** What a Debian package installs, absolute paths without a slash at the end. */
export function pathsOfDeb(file: string): string[] {
  const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 2 ** 30 });
  const names = execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' }).split('\n');
  return names.map((name) => name.slice(1).replace(/\/$/, ''));
}

/** The desktop as its entry in the menu starts it, by a normal user, with Chromium's sandbox. */
export function startInstalled(desktop: Desktop, data: string): { child: ChildProcess; log(): string } {
  const entry = readFileSync('/usr/share/applications/trustkeep-desktop.desktop', 'utf8');
  const program = /^Exec=(\S+)/m.exec(entry)?.[1] ?? '';
  const argv = runAs(normalAccount(), [program, `--data-directory=${data}`, '--disable-gpu']);
  const [first = '', ...rest] = argv;
  const child = spawn(first, rest, { env: desktop.env, cwd: desktop.home, stdio: 'ignore' });
  endWithUs(child);
  const file = join(data, 'desktop', 'logs', 'trustkeep.log');
  return { child, log: () => (existsSync(file) ? readFileSync(file, 'utf8') : '') };
}

/** The service of the package by an init script, as root meets it; only where systemd did not start the machine. */
export const initService = {
  /** Not where a service has been used already: what it left is somebody's. */
  possible:
    process.getuid?.() === 0 &&
    !['/run/systemd/system', '/var/lib/trustkeep'].some((path) => existsSync(path)),
  install: () => execFileSync('trustkeep', ['service', 'install'], { encoding: 'utf8' }),
  /** Version and process of the agent that answers; null when none does. */
  agent(): { version: string; pid: number } | null {
    const { status, stdout } = spawnSync('trustkeep', ['status', '--system', '--json'], { encoding: 'utf8' });
    return status === 0 ? JSON.parse(stdout) : null;
  },
  /** What a removal of the package leaves on purpose. */
  clear(): void {
    for (const place of ['/var/lib/trustkeep', '/etc/trustkeep', '/var/log/trustkeep.log'])
      rmSync(place, { recursive: true, force: true });
    spawnSync('userdel', ['trustkeep']);
  },
};

/** Whether that process works. One that ended, and that nothing has been told of yet, does not. */
export function runs(pid: number | undefined): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/^\d+ \(.*\) Z /.test(readFileSync(file, 'latin1'));
}
