import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { standInSqlite } from '../../scripts/electron/stand-in.ts';
import { prepareApp } from '../../scripts/find-electron.ts';
import { buildPackages } from '../../scripts/package/builder.ts';
import { stage } from '../../scripts/package/stage.ts';
import { normalAccount, runAs } from '../servers/account.ts';
import { have } from '../servers/available.ts';
import { end, endWithUs } from '../servers/display.ts';
import { type Desktop, electronForTests, startDesktop } from './electron.ts';

// The Debian package, as it is released but for its compression: installed, used, updated and removed by apt as root. It
// cannot be done twice at once on a machine.
const electron = process.platform === 'linux' ? await electronForTests() : null;
const account = normalAccount();
const target = { system: 'linux', arch: 'x64' } as const;
const soon = { timeout: 60_000, interval: 100 };
const next = '0.1.99';

describe.skipIf(electron === null || account === null || !have('dpkg-deb'))('the Debian package', () => {
  let folder: string;
  let desktop: Desktop;
  let now: string;
  let packages: { now: string; next: string };

  beforeAll(async () => {
    if (electron === null) return;
    folder = mkdtempSync(join(tmpdir(), 'trustkeep-packages-'));
    chmodSync(folder, 0o755); // apt reads packages as a user of its own
    now = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
    const { appDirectory } = await prepareApp({ electron, flavour: 'release' });
    const made = { main: join(appDirectory, 'out'), node: join(root, 'out', 'node') };
    packages = { now: await packageOf(made, now), next: await packageOf(made, next) };
    desktop = await startDesktop();
  }, 600_000);

  afterAll(async () => {
    spawnSync('apt-get', ['purge', '--yes', 'trustkeep']);
    await desktop?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** A package of that version, whose programs call themselves that. */
  async function packageOf(made: { main: string; node: string }, version: string): Promise<string> {
    if (electron === null) throw new Error('there is no Electron here');
    const at = join(folder, version);
    const [built, commandLine] = [join(at, 'out'), join(at, 'node')];
    cpSync(made.main, built, { recursive: true });
    cpSync(made.node, commandLine, { recursive: true });
    for (const place of [join(built, 'main'), commandLine]) renumber(place, now, version);
    const project = join(at, 'project');
    await stage({ target, built, commandLine, folder: project, version });
    if (electron.kind === 'stand-in') {
      // where the library itself looks first for a binary compiled on purpose; the command line has its own library
      const binding = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
      cpSync(await standInSqlite(root, () => {}), join(project, binding));
    }
    const kinds = version === now && have('rpmbuild') ? ['deb', 'rpm'] : ['deb'];
    const dist = await buildPackages({ target, kinds, folder: project, electron, compression: 'store' });
    return join(dist, only(dist, '.deb'));
  }

  const only = (dist: string, ending: string): string => {
    const [file, second] = readdirSync(dist).filter((name) => name.endsWith(ending));
    if (file === undefined || second !== undefined) throw new Error(`there is not one ${ending}`);
    return file;
  };

  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['--yes', '--quiet', '--no-install-recommends', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DEBIAN_FRONTEND: 'noninteractive', HOME: folder },
    });

  /** What a normal user gets from the command line of the package, found by its name. */
  function trustkeep(...args: string[]): { code: number | null; out: string; said: string } {
    const [program = '', ...rest] = runAs(account, ['trustkeep', ...args]);
    const { status, stdout, stderr } = spawnSync(program, rest, {
      ...{ env: { ...desktop.env, PATH: '/usr/sbin:/usr/bin:/bin' }, cwd: desktop.home, encoding: 'utf8' },
    });
    return { code: status, out: stdout, said: stderr };
  }

  /** The desktop as its entry in the menu starts it, with Chromium's sandbox. */
  function startDesktopProgram() {
    const entry = readFileSync('/usr/share/applications/trustkeep-desktop.desktop', 'utf8');
    const program = /^Exec=(\S+)/m.exec(entry)?.[1] ?? '';
    const [first = '', ...rest] = runAs(account, [program, `--data-directory=${data()}`, '--disable-gpu']);
    const child = spawn(first, rest, { env: desktop.env, cwd: desktop.home, stdio: 'ignore' });
    endWithUs(child);
    const log = () => {
      const file = join(data(), 'desktop', 'logs', 'trustkeep.log');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    return { child, log };
  }

  const data = () => join(desktop.home, 'data');

  test('holds what it says, of root alone, and nothing that takes over rights', () => {
    const fields = execFileSync('dpkg-deb', ['--field', packages.now], { encoding: 'utf8' });
    expect(fields).toContain('Package: trustkeep\n');
    expect(fields).toContain(`Version: ${now}\n`);
    expect(fields).toContain('Architecture: amd64\n');
    expect(fields).not.toContain('invalid');
    const lines = execFileSync('dpkg-deb', ['--contents', packages.now], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(lines.filter((line) => !/^\S+ root\/root /.test(line))).toEqual([]);
    expect(lines.filter((line) => /^...[sS]|^.{6}[sS]|^-.{7}w/.test(line))).toEqual([]);
    const natives = lines.filter((line) => line.includes('.node'));
    expect(natives.filter((line) => line.includes('/cli/') && !line.startsWith('l'))).toEqual([]);
  });

  test.runIf(have('rpmbuild'))('is the same as the RPM package, which has no files of others', () => {
    const dist = join(packages.now, '..');
    const rpm = join(dist, only(dist, '.rpm'));
    const ask = (...args: string[]) => execFileSync('rpm', ['-qp', ...args, rpm], { encoding: 'utf8' });
    const paths = ask('--list')
      .trim()
      .split('\n')
      .filter((path) => path !== '/opt/Trustkeep');
    const deb = execFileSync('dpkg-deb', ['--fsys-tarfile', packages.now], { maxBuffer: 2 ** 30 });
    const inDeb = execFileSync('tar', ['-tf', '-'], { input: deb, encoding: 'utf8' })
      .split('\n')
      .map((line) => line.slice(1).replace(/\/$/, ''))
      .filter((path) => path.startsWith('/opt/Trustkeep/') || /trustkeep/.test(path));
    expect(paths.sort()).toEqual(inDeb.sort());
    expect(ask('--queryformat', '%{NAME} %{VERSION} %{ARCH} %{LICENSE}')).toBe(
      `trustkeep ${now} x86_64 Apache-2.0`,
    );
    expect(ask('--requires')).toContain('gtk3');
    expect(ask('--scripts')).toContain('postuninstall');
    expect(
      ask('--list', '--verbose')
        .split('\n')
        .filter((line) => line !== '' && !/ root +root /.test(line)),
    ).toEqual([]);
  });

  test('puts the command line on the path, which answers quickly', () => {
    apt('install', packages.now);
    expect(execFileSync('dpkg', ['--verify', 'trustkeep'], { encoding: 'utf8' })).toBe('');
    const took = Array.from({ length: 9 }, () => {
      const started = performance.now();
      expect(trustkeep('--version').out).toBe(`trustkeep ${now}\n`);
      return performance.now() - started;
    });
    expect(Math.min(...took)).toBeLessThan(150);
  });

  test('needs nothing of who starts it: no NODE_OPTIONS, no Node on the path, any folder', () => {
    const env = { NODE_OPTIONS: '--require /nowhere.cjs', PATH: '/usr/bin:/bin' };
    const run = (program: string, cwd: string) =>
      spawnSync(program, ['--version'], { env, cwd, encoding: 'utf8' });
    expect(run('/usr/bin/trustkeep', '/').stdout).toBe(`trustkeep ${now}\n`);
    expect(run('./trustkeep', '/opt/Trustkeep/resources/cli').stdout).toBe(`trustkeep ${now}\n`);
  });

  test('rehearses the whole job as it is installed', () => {
    const { code, out, said } = trustkeep('rehearse');
    expect([code, said]).toEqual([0, '']);
    expect(out.match(/PROVED: /g)).toHaveLength(2);
    expect(out).not.toContain('NOT PROVED');
  }, 120_000);

  test('starts the desktop with the sandbox, whose agent the command line reaches', async () => {
    const { child, log } = startDesktopProgram();
    await expect.poll(log, soon).toContain('the agent works');
    expect(log()).not.toContain('without the sandbox');
    const status = trustkeep('status', '--json', '--data-directory', data());
    expect(JSON.parse(status.out)).toMatchObject({ version: now, face: 'desktop', pid: child.pid });
    const pem = join(desktop.home, 'kept.pem');
    writeFileSync(pem, '');
    const added = ['tls', 'add', 'pem', '--name', 'kept', '--path', pem, '--data-directory', data()];
    expect(trustkeep(...added).said).toBe('');
    await desktop.choose('Quit');
    await expect.poll(() => child.exitCode, soon).toBe(0);
  }, 120_000);

  test('is updated in place, with the data kept', async () => {
    apt('install', packages.next);
    expect(trustkeep('--version').out).toBe(`trustkeep ${next}\n`);
    const { child, log } = startDesktopProgram();
    await expect.poll(() => log().match(/the agent works/g)?.length, soon).toBe(2);
    const endpoints = trustkeep('tls', 'list', '--json', '--data-directory', data());
    expect(JSON.parse(endpoints.out)).toMatchObject([{ name: 'kept' }]);
    await end(child);
  }, 120_000);

  test('is removed without a trace, and leaves the data, saying where it is', () => {
    const paths = execFileSync('dpkg', ['--listfiles', 'trustkeep'], { encoding: 'utf8' }).trim().split('\n');
    const own = paths.filter((path) => /trustkeep/i.test(path));
    expect(own).toContain('/usr/bin/trustkeep');
    expect(own).toContain('/usr/share/icons/hicolor/48x48/apps/trustkeep-desktop.png');
    const said = apt('purge', 'trustkeep');
    expect(said).toContain('/var/lib/trustkeep');
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    const places = [
      '/opt',
      '/usr/bin',
      '/usr/share/applications',
      '/usr/share/doc',
      '/etc/apparmor.d',
      '/var/lib',
    ];
    const left = places.flatMap((place) => (existsSync(place) ? readdirSync(place) : []));
    expect(left.filter((name) => /^trustkeep/i.test(name))).toEqual([]);
    expect(existsSync(join(data(), 'trustkeep.db'))).toBe(true);
  });
});

/** Writes another version into what was built: once in each program. */
function renumber(folder: string, from: string, to: string): void {
  if (from === to) return;
  let changed = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.js')) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    const renumbered = text.replaceAll(`version: "${from}"`, `version: "${to}"`);
    if (renumbered === text) continue;
    changed++;
    writeFileSync(file, renumbered);
  }
  expect(changed).toBe(1);
}
