import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentKinds, makeAgent } from '../../scripts/package/agent-kinds.ts';
import { have } from '../servers/available.ts';
import { apt, commandLineOf, initService, onlyFile, pathsOfDeb, runs, thisVersion } from './packaged.ts';

const target = { system: 'linux', arch: 'x64' } as const;
const next = '0.1.99';
type Kinds = Parameters<typeof makeAgent>[0]['kinds'];

/** Makes packages of the agent of that version in a new folder, all that `npm run package:agent` makes but for its compression. */
async function agentPackages(version: string, dist: string, kinds: Kinds): Promise<string> {
  mkdirSync(dist, { recursive: true });
  const commandLine = commandLineOf(version, `${dist}-node`);
  await makeAgent({ target, kinds, version, dist, commandLine, compression: 'store' });
  return dist;
}

const ask = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });

const trustkeep = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('trustkeep', args, {
    ...{ encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/bin', HOME: '/nonexistent' } },
  });
  return { code: status, out: stdout, said: stderr };
};

interface Turns {
  folder: string;
  /** The package of the desktop that is installed, and its version. */
  desktop: string;
  version: string;
}

/** Where the desktop's package is installed, with its service. */
export function testTurns(place: () => Turns): void {
  test('gives its place to the agent for servers and takes it back, with the data kept', async () => {
    const { folder, desktop, version } = place();
    const made = await agentPackages(version, join(folder, 'agent'), ['agent.deb']);
    execFileSync('dpkg', ['--install', onlyFile(made, '.deb')]);
    expect(pathsOfDeb(desktop)).toContain('/usr/bin/trustkeep-desktop');
    expect(existsSync('/usr/bin/trustkeep-desktop')).toBe(false);
    expect(readFileSync('/opt/Trustkeep/resources/package-type', 'utf8')).toBe('deb trustkeep-agent');
    expect(trustkeep('--version').out).toBe(`trustkeep ${version}\n`);
    const service = initService.possible ? initService.agent() : null;
    if (initService.possible) expect(service?.version).toBe(version);
    // apt removes the other one first, and its service with it
    apt('install', desktop);
    expect(readFileSync('/opt/Trustkeep/resources/package-type', 'utf8')).toBe('deb');
    expect(runs(service?.pid)).toBe(false);
    if (!initService.possible) return;
    initService.install();
    expect(initService.agent()?.version).toBe(version);
  });
}

/** The packages of the agent for servers: not beside those of the desktop, which are installed on the same machine. */
export function describeAgentPackages(): void {
  describe.skipIf(process.getuid?.() !== 0 || !have('dpkg-deb'))('the packages of the agent alone', () => {
    const made: Made = { folder: '', now: '', later: '' };
    const kinds = agentKinds.filter((kind) => kind !== 'agent.rpm' || have('rpmbuild'));

    beforeAll(async () => {
      made.folder = mkdtempSync(join(tmpdir(), 'trustkeep-agent-packages-'));
      execFileSync('chmod', ['755', made.folder]); // apt reads packages as a user of its own
      made.now = await agentPackages(thisVersion, join(made.folder, 'now'), kinds);
      made.later = await agentPackages(next, join(made.folder, 'later'), ['agent.deb']);
    }, 300_000);
    afterAll(() => {
      spawnSync('apt-get', ['purge', '--yes', 'trustkeep-agent']);
      if (initService.possible) initService.clear();
      if (made.folder !== '') rmSync(made.folder, { recursive: true, force: true });
    });

    testContents(made);
    testUse(made);
  });
}

interface Made {
  folder: string;
  /** Folders of the packages of this version and of the next one. */
  now: string;
  later: string;
}

const debOf = ({ now }: Made): string => onlyFile(now, '.deb');

function testContents(made: Made): void {
  test('need no library of a desktop, and hold nothing of one', () => {
    expect(ask('dpkg-deb', '--field', debOf(made), 'Depends')).toBe('libc6 (>= 2.28), libstdc++6 (>= 8)\n');
    const paths = pathsOfDeb(debOf(made));
    expect(paths).toContain('/usr/bin/trustkeep');
    expect(paths.filter((path) => /electron|\.asar|\.desktop|icons|chrom|locales/i.test(path))).toEqual([]);
    const root = join(made.folder, 'unpacked');
    ask('dpkg-deb', '--extract', debOf(made), root);
    const programs = paths.filter((path) => /\/cli\/node$|\.node$/.test(path));
    expect(programs).toHaveLength(3);
    const needed = programs.flatMap(
      (path) => ask('readelf', '-d', join(root, path)).match(/(?<=NEEDED.*\[)[^\]]+/g) ?? [],
    );
    const usual = /^(ld-linux|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)\.)/;
    expect(needed.filter((name) => !usual.test(name))).toEqual([]);
  });

  test.runIf(have('rpmbuild'))('are the same as deb and rpm', () => {
    const rpm = onlyFile(made.now, '.rpm');
    const paths = ask('rpm', '-qp', '--list', rpm)
      .trim()
      .split('\n')
      .filter((path) => path !== '/opt/Trustkeep');
    const inDeb = pathsOfDeb(debOf(made)).filter((path) => /^\/opt\/Trustkeep\/.|\/trustkeep$/.test(path));
    expect(paths.sort()).toEqual(inDeb.sort());
    const requires = ask('rpm', '-qp', '--requires', rpm);
    expect(requires).toContain('glibc >= 2.28');
    expect(requires).not.toMatch(/gtk|nss|atspi|X11/i);
    expect(ask('rpm', '-qp', '--conflicts', rpm)).toBe('trustkeep\n');
  });

  test('come with sum, bill of materials and list of files, which another build repeats byte for byte', async () => {
    const again = await agentPackages(thisVersion, join(made.folder, 'again'), [
      'agent.deb',
      'agent.tar.gz',
      'docker',
    ]);
    const files = ask('sh', '-c', 'cd "$1" && ls', 'sh', again).trim().split('\n');
    expect(files).toHaveLength(12);
    for (const file of files)
      expect([file, readFileSync(join(again, file)).equals(readFileSync(join(made.now, file)))]).toEqual([
        file,
        true,
      ]);
    execFileSync('sh', ['-c', 'sha512sum --check --status *.sha512'], { cwd: made.now });
    const { components } = JSON.parse(readFileSync(`${debOf(made)}.cdx.json`, 'utf8'));
    const parts = components.map(({ name }: { name: string }) => name);
    expect(parts).toEqual(expect.arrayContaining(['node', 'better-sqlite3', 'ssh2', 'undici']));
    expect(parts.filter((name: string) => ['electron', 'react'].includes(name))).toEqual([]);
    const image = readFileSync(`${onlyFile(made.now, 'docker-x64.tar.gz')}.files`, 'utf8');
    expect(image).toMatch(/^Dockerfile {2}[0-9a-f]{64}$/m);
    expect(image).toMatch(/^agent\/resources\/cli\/node {2}/m);
  });
}

function testUse(made: Made): void {
  test('install nothing besides, and the command line answers, works and says what it is made of', () => {
    const said = apt('install', debOf(made));
    expect(said).toMatch(/^0 upgraded, 1 newly installed, 0 to remove/m);
    expect(ask('dpkg', '--verify', 'trustkeep-agent')).toBe('');
    expect(trustkeep('--version').out).toBe(`trustkeep ${thisVersion}\n`);
    const about = JSON.parse(trustkeep('about', '--json').out);
    expect(about.version).toBe(thisVersion);
    expect(about.parts.map(({ name }: { name: string }) => name)).not.toContain('electron');
    const { code, out } = trustkeep('rehearse');
    expect([code, out.match(/PROVED: /g)?.length, out.includes('NOT PROVED')]).toEqual([0, 2, false]);
  });

  test('are updated in place with the service, which says how', () => {
    if (initService.possible) {
      initService.install();
      expect(initService.agent()?.version).toBe(thisVersion);
      const { package: kind, commands } = JSON.parse(
        trustkeep('autoupdate', 'get', '--system', '--json').out,
      );
      expect([kind, commands]).toEqual([
        'deb',
        ['sudo apt-get update && sudo apt install --only-upgrade trustkeep-agent'],
      ]);
    }
    apt('install', onlyFile(made.later, '.deb'));
    expect(trustkeep('--version').out).toBe(`trustkeep ${next}\n`);
    if (initService.possible) expect(initService.agent()?.version).toBe(next);
  });

  test('are removed without a trace, and leave the data, saying where it is', () => {
    const own = ask('dpkg', '--listfiles', 'trustkeep-agent')
      .trim()
      .split('\n')
      .filter((path) => /trustkeep/i.test(path));
    const service = initService.possible ? initService.agent() : null;
    expect(apt('purge', 'trustkeep-agent')).toContain('/var/lib/trustkeep');
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    expect([existsSync('/etc/init.d/trustkeep'), runs(service?.pid)]).toEqual([false, false]);
    expect(existsSync('/var/lib/trustkeep/trustkeep.db')).toBe(initService.possible);
  });
}
