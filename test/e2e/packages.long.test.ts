import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTarGz } from '../../scripts/package/archive.ts';
import { listOf, writeSum } from '../../scripts/package/beside.ts';
import { buildPackages } from '../../scripts/package/builder.ts';
import { billOfMaterials } from '../../scripts/package/sbom.ts';
import { normalAccount, runAs } from '../servers/account.ts';
import { have } from '../servers/available.ts';
import { end } from '../servers/display.ts';
import { describeAgentPackages, testTurns } from './agent-package.ts';
import { type Desktop, electronForTests, startDesktop } from './electron.ts';
import {
  apt,
  debOf,
  initService,
  onlyFile,
  pathsOfDeb,
  runs,
  stageVersion,
  startInstalled,
  thisVersion,
  unlike,
} from './packaged.ts';

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
  let packages: { now: string; next: string };

  beforeAll(async () => {
    if (electron === null) return;
    folder = mkdtempSync(join(tmpdir(), 'trustkeep-packages-'));
    chmodSync(folder, 0o755); // apt reads packages as a user of its own
    const kinds = have('rpmbuild') ? ['deb', 'rpm'] : ['deb'];
    packages = {
      now: await debOf(found(), thisVersion, join(folder, 'now'), kinds),
      next: await debOf(found(), next, join(folder, 'next'), ['deb']),
    };
    desktop = await startDesktop();
  }, 600_000);

  afterAll(async () => {
    spawnSync('apt-get', ['purge', '--yes', 'trustkeep']);
    if (initService.possible) initService.clear();
    await desktop?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const found = () => {
    if (electron === null) throw new Error('there is no Electron here');
    return electron;
  };

  /** What a normal user gets from the command line of the package, found by its name. */
  function trustkeep(...args: string[]): { code: number | null; out: string; said: string } {
    const [program = '', ...rest] = runAs(account, ['trustkeep', ...args]);
    const { status, stdout, stderr } = spawnSync(program, rest, {
      ...{ env: { ...desktop.env, PATH: '/usr/sbin:/usr/bin:/bin' }, cwd: desktop.home, encoding: 'utf8' },
    });
    return { code: status, out: stdout, said: stderr };
  }

  const startDesktopProgram = () => startInstalled(desktop, data());
  const running = (): string =>
    trustkeep('tasks', 'list', '--states=queued,running', '--json', '--data-directory', data()).out.trim();

  const data = () => join(desktop.home, 'data');

  test('holds what it says, of root alone, and nothing that takes over rights', () => {
    const fields = execFileSync('dpkg-deb', ['--field', packages.now], { encoding: 'utf8' });
    expect(fields).toContain('Package: trustkeep\n');
    expect(fields).toContain(`Version: ${thisVersion}\n`);
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
    const rpm = onlyFile(dist, '.rpm');
    const ask = (...args: string[]) => execFileSync('rpm', ['-qp', ...args, rpm], { encoding: 'utf8' });
    const paths = ask('--list')
      .trim()
      .split('\n')
      .filter((path) => path !== '/opt/Trustkeep');
    const inDeb = pathsOfDeb(packages.now).filter(
      (path) => path.startsWith('/opt/Trustkeep/') || /trustkeep/.test(path),
    );
    expect(paths.sort()).toEqual(inDeb.sort());
    expect(ask('--queryformat', '%{NAME} %{VERSION} %{ARCH} %{LICENSE}')).toBe(
      `trustkeep ${thisVersion} x86_64 Apache-2.0`,
    );
    expect(ask('--requires')).toContain('gtk3');
    expect(ask('--scripts')).toContain('postuninstall');
    expect(
      ask('--list', '--verbose')
        .split('\n')
        .filter((line) => line !== '' && !/ root +root /.test(line)),
    ).toEqual([]);
  });

  test('comes with its list of files, bill of materials and sum, all of which another build repeats', async () => {
    const [first, second] = ['first', 'second'].map((name) => join(folder, `${name}.tar.gz`)) as [
      string,
      string,
    ];
    const made = join(packages.now, '..');
    const unpacked = join(made, 'linux-unpacked');
    const before = await listOf(unpacked);
    const little = join(unpacked, 'resources', 'app.asar.unpacked');
    await writeTarGz(little, 'trustkeep', first, true);
    const project = join(folder, 'again');
    await stageVersion(found(), thisVersion, project);
    const again = await buildPackages({ target, kinds: ['dir'], folder: project, electron: found() });
    expect(unlike(await listOf(join(again, 'linux-unpacked')), before, /apparmor-profile/)).toEqual([]);
    await writeTarGz(little, 'trustkeep', second, true);
    await writeSum(first);
    renameSync(second, first);
    execFileSync('sha512sum', ['--check', '--status', 'first.tar.gz.sha512'], { cwd: folder });
    const names = execFileSync('tar', ['-tzf', first], { encoding: 'utf8' }).trim().split('\n');
    expect(names.filter((name) => !name.startsWith('trustkeep/'))).toEqual([]);
    expect(names).toContain('trustkeep/node_modules/better-sqlite3/prebuilds/linux-x64.node');

    const licenses = JSON.parse(readFileSync(join(unpacked, 'resources/cli/licenses.json'), 'utf8'));
    const [bill, same] = [await billOfMaterials(licenses), await billOfMaterials(licenses)];
    expect(bill).toBe(same);
    const { bomFormat, components } = JSON.parse(bill);
    const parts = components.map((part: { name: string }) => part.name);
    expect(bomFormat).toBe('CycloneDX');
    expect(parts).toEqual(
      expect.arrayContaining(['electron', 'node', 'react', 'better-sqlite3', 'ssh2', 'undici']),
    );
    expect(parts).not.toContain('vitest');
    expect(licenses.filter((part: { license: string }) => !part.license)).toEqual([]);
  });

  test('puts the command line on the path, which answers quickly', () => {
    apt('install', packages.now);
    expect(execFileSync('dpkg', ['--verify', 'trustkeep'], { encoding: 'utf8' })).toBe('');
    expect(trustkeep('--version').out).toBe(`trustkeep ${thisVersion}\n`);
    // processor time: a machine that has much to do says nothing about the program
    const ten = 'for one in 0 1 2 3 4 5 6 7 8 9; do trustkeep --version >/dev/null || exit; done; times';
    const [, children = ''] = execFileSync('bash', ['-c', ten], { encoding: 'utf8' }).split('\n');
    const seconds = children.match(/[\d.]+(?=s)/g)?.map(Number) ?? [];
    expect(seconds).toHaveLength(2);
    expect(seconds.reduce((sum, one) => sum + one, 0)).toBeLessThan(10 * 0.15);
  });

  test('needs nothing of who starts it: no NODE_OPTIONS, no Node on the path, any folder', () => {
    const env = { NODE_OPTIONS: '--require /nowhere.cjs', PATH: '/usr/bin:/bin' };
    const run = (program: string, cwd: string) =>
      spawnSync(program, ['--version'], { env, cwd, encoding: 'utf8' });
    expect(run('/usr/bin/trustkeep', '/').stdout).toBe(`trustkeep ${thisVersion}\n`);
    expect(run('./trustkeep', '/opt/Trustkeep/resources/cli').stdout).toBe(`trustkeep ${thisVersion}\n`);
  });

  test('rehearses the whole job as it is installed', () => {
    const { code, out, said } = trustkeep('rehearse');
    expect([code, said]).toEqual([0, '']);
    expect(out.match(/PROVED: /g)).toHaveLength(2);
    expect(out).not.toContain('NOT PROVED');
  });

  test('starts the desktop with the sandbox, whose agent the command line reaches', async () => {
    const { child, log } = startDesktopProgram();
    await expect.poll(log, soon).toContain('the agent works');
    expect(log()).not.toContain('without the sandbox');
    const status = trustkeep('status', '--json', '--data-directory', data());
    expect(JSON.parse(status.out)).toMatchObject({ version: thisVersion, face: 'desktop', pid: child.pid });
    const pem = join(desktop.home, 'kept.pem');
    writeFileSync(pem, '');
    const added = ['tls', 'add', 'pem', '--name', 'kept', '--path', pem, '--data-directory', data()];
    expect(trustkeep(...added).said).toBe('');
    // what runs is asked about before the desktop quits
    await expect.poll(running, soon).toBe('[]');
    await desktop.choose('Quit');
    await expect.poll(() => child.exitCode, soon).toBe(0);
  });

  test('is updated in place, with the data kept, and its service too', async () => {
    if (initService.possible) {
      initService.install();
      expect(initService.agent()?.version).toBe(thisVersion);
    }
    apt('install', packages.next);
    if (initService.possible) expect(initService.agent()?.version).toBe(next);
    expect(trustkeep('--version').out).toBe(`trustkeep ${next}\n`);
    const { child, log } = startDesktopProgram();
    await expect.poll(() => log().match(/the agent works/g)?.length, soon).toBe(2);
    const endpoints = trustkeep('tls', 'list', '--json', '--data-directory', data());
    expect(JSON.parse(endpoints.out)).toMatchObject([{ name: 'kept' }]);
    await end(child);
  });

  testTurns(() => ({ folder, desktop: packages.next, version: next }));

  test('is removed without a trace, and leaves the data, saying where it is', () => {
    const paths = execFileSync('dpkg', ['--listfiles', 'trustkeep'], { encoding: 'utf8' }).trim().split('\n');
    const own = paths.filter((path) => /trustkeep/i.test(path));
    expect(own).toContain('/usr/bin/trustkeep');
    expect(own).toContain('/usr/share/icons/hicolor/48x48/apps/trustkeep-desktop.png');
    const service = initService.possible ? initService.agent() : null;
    const said = apt('purge', 'trustkeep');
    expect(existsSync('/etc/init.d/trustkeep')).toBe(false);
    expect(runs(service?.pid)).toBe(false);
    expect(existsSync('/var/lib/trustkeep/trustkeep.db')).toBe(initService.possible);
    initService.clear();
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

describeAgentPackages();
