import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { fetchPackage, lockedPackage } from '../../scripts/package/fetch.ts';
import { have } from '../servers/available.ts';
import { windowsNode } from '../servers/windows-node.ts';
import { Wine, wineProgram } from '../servers/wine.ts';
import { apart } from '../windows/apart.ts';

// The unit tests of the agent once more where the platform is win32, and those that have a sense only there: a Windows Node
// under Wine, with the SQLite, the keychain, the paths, the files and the pipes of Windows as Wine has them. Those that
// cannot hold there are named in test/windows/apart.ts. Wine is not Windows: docs/windows-checklist.md.

/** What is no part of a running agent. */
const elsewhere = /^unit\/(renderer|scripts|build)\//;

/** What else is tried there, of tests with more than units. */
const more = ['integration/transport/local-socket.test.ts'];
/** They wait for the disk and for Wine more than they work. */
const lanes = 3;
const compiler = 'x86_64-w64-mingw32-gcc';
const keyring = '@napi-rs/keyring-win32-x64-msvc';

interface Told {
  file: string;
  name: string;
  outcome: 'passed' | 'skipped' | string;
}

const onWindows = (path: string) => win32.join('Z:\\', path.replaceAll('/', '\\'));

/** The part of the keychain library for Windows, and the library of Windows that it asks for and Wine has not. */
async function layKeychain(wine: Wine): Promise<void> {
  const { version, integrity } = await lockedPackage(keyring);
  expect(wine.run('cmd', '/c', 'exit').code).toBe(0); // makes Windows
  const modules = join(wine.drive, 'users', 'admin', '.node_modules'); // where Node looks last
  cpSync(await fetchPackage(keyring, version, integrity), join(modules, keyring), { recursive: true });
  const source = join(root, 'test', 'servers', 'bcryptprimitives.c');
  const library = join(wine.drive, 'windows', 'system32', 'bcryptprimitives.dll');
  execFileSync(compiler, ['-Wall', '-Werror', '-O1', '-s', '-shared', source, '-o', library, '-ladvapi32']);
}

const complete = [wineProgram, compiler].map(have).every(Boolean);

describe.skipIf(process.arch !== 'x64' || !complete)('the unit tests on Windows', () => {
  let wine: Wine;
  let told: Told[];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trustkeep-units-'));
    wine = new Wine(folder);
    await layKeychain(wine);
    const tests = join(root, 'test');
    const files = ['unit', 'windows']
      .flatMap((room) => readdirSync(join(tests, room), { recursive: true }).map((name) => `${room}/${name}`))
      .filter((name) => /\.(test|windows)\.ts$/.test(name) && !elsewhere.test(name));
    const all = [...files, ...more];
    const node = await windowsNode();
    const run = async (lane: number): Promise<Told[]> => {
      const [list, results] = ['list', 'results'].map((name) => join(folder, `${name}-${lane}`)) as [
        string,
        string,
      ];
      const own = all.filter((_, at) => at % lanes === lane);
      writeFileSync(list, own.map((name) => `${onWindows(join(tests, name))}\n`).join(''));
      writeFileSync(results, '');
      const started = wine.start(node, ...[join(tests, 'windows', 'run.ts'), list, results].map(onWindows));
      expect(await started.ended, started.said()).toBe(0);
      return readFileSync(results, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    const base = `${onWindows(tests)}\\`;
    told = (await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane))))
      .flat()
      .map((one) => ({ ...one, file: one.file.replace(base, '').replaceAll('\\', '/') }));
  }, 900_000);
  afterAll(() => wine?.remove());

  test('hold, but for what Windows or Wine has not', () => {
    const failed = told.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped');
    const known = apart.flatMap(({ file, tests }) => tests.map((name) => `${file}: ${name}`));
    const found = failed.map(({ file, name }) => `${file}: ${name}`);
    const news = failed.filter(({ file, name }) => !known.includes(`${file}: ${name}`));
    expect(news).toEqual([]);
    expect(known.filter((one) => !found.includes(one))).toEqual([]);
  });

  test('are most of all', () => {
    const passed = told.filter(({ outcome }) => outcome === 'passed');
    expect(passed.length / told.length).toBeGreaterThan(0.95);
    expect(passed.length).toBeGreaterThan(3_900);
  });
});
