import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { have } from '../servers/available.ts';
import { installerTools, makeInstallers } from '../servers/nsis/installers.ts';
import { windowsNode } from '../servers/windows-node.ts';
import { Wine, wineProgram } from '../servers/wine.ts';
import { thisVersion } from './packaged.ts';
import { WindowsSetup } from './windows-setup.ts';

// The whole installer for Windows as electron-builder makes it, with the real command line, run silently by Wine. Of 64
// bits, with stand-ins for its plug-ins and for Electron (test/servers/nsis): docs/windows-checklist.md says what a
// person checks. One Windows for all; each test begins where the one before it ended.
const next = '0.1.99';
const mine = 'C:\\users\\admin\\AppData\\Local\\Programs\\Trustkeep';
const forAll = 'C:\\Program Files\\Trustkeep';
const ownFolder = "C:\\Ann O'Neil & Sons";
const elsewhere = `${ownFolder}\\Trust keep`;
const cli = (folder: string) => `${folder}\\resources\\cli`;
const data = 'C:\\users\\admin\\AppData\\Local\\Trustkeep';
const profile = 'C:\\users\\admin\\AppData\\Roaming\\trustkeep';
const copy = 'C:\\users\\admin\\AppData\\Local\\trustkeep-updater';
const menu = (folder: string) => `${folder}\\Microsoft\\Windows\\Start Menu\\Programs\\Trustkeep.lnk`;
const ofAll = 'C:\\ProgramData\\Trustkeep\\logs\\note.json';
const before = 'C:\\Other;%USERPROFILE%\\bin';

const differences = (one: Set<string>, other: Set<string>) => [
  ...[...one].filter((line) => !other.has(line)).map((line) => `gone: ${line}`),
  ...[...other].filter((line) => !one.has(line)).map((line) => `new: ${line}`),
];
const complete = [wineProgram, ...installerTools].map(have).every(Boolean);

describe.skipIf(process.arch !== 'x64' || !complete)('the whole installer for Windows', () => {
  let wine: Wine;
  let windows: WindowsSetup;
  let now: string;
  let later: string;
  let nothing: Set<string>;
  /** What the first installation laid down. */
  let whole: Record<string, string>;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trustkeep-setup-'));
    wine = new Wine(folder);
    windows = new WindowsSetup(wine);
    expect(wine.run('cmd', '/c', 'exit').code).toBe(0); // makes Windows
    [now = '', later = ''] = await makeInstallers(folder, wine.prefix, [thisVersion, next]);
    windows.setPath(before);
    nothing = windows.everything();
  }, 600_000);
  afterAll(() => wine?.remove());

  const install = (setup: string, ...words: string[]) => wine.run(setup, '/S', ...words).code;
  const versionOf = (folder: string) => wine.run(`${cli(folder)}\\trustkeep.exe`, '--version').out.trim();
  const keepData = () => {
    windows.write(`${data}\\trustkeep.db`, 'data');
    windows.write(`${profile}\\window.json`, 'window');
  };
  const dataKept = () =>
    [`${data}\\trustkeep.db`, `${profile}\\window.json`].every((one) => windows.has(one));

  test('installs for one user without a word', () => {
    expect(install(now)).toBe(0);
    expect(windows.entry('HKCU')).toMatchObject({
      DisplayName: `Trustkeep ${thisVersion}`,
      DisplayVersion: thisVersion,
      Publisher: 'Trustkeep contributors',
      DisplayIcon: `${mine}\\Trustkeep.exe,0`,
      EstimatedSize: expect.stringMatching(/^0x[1-9a-f]/),
      UninstallString: `"${mine}\\Uninstall Trustkeep.exe" /currentuser`,
      QuietUninstallString: `"${mine}\\Uninstall Trustkeep.exe" /currentuser /S`,
    });
    expect(JSON.stringify(windows.entry('HKCU'))).not.toContain('.invalid');
    expect(windows.entry('HKLM')).toBeNull();
    expect(windows.path()).toBe(`${before};${cli(mine)}`);
    const links = [menu('C:\\users\\admin\\AppData\\Roaming'), 'C:\\users\\admin\\Desktop\\Trustkeep.lnk'];
    expect(windows.told()).toEqual(links.map((link) => `identity com.trustkeep.desktop ${link}`));
    expect(windows.has(copy)).toBe(false);
    expect(versionOf(mine)).toBe(`trustkeep ${thisVersion}`);
    whole = windows.files(mine);
    expect(Object.keys(whole)).toEqual(
      expect.arrayContaining(['Trustkeep.exe', 'resources/app.asar', 'resources/cli/trustkeep.exe']),
    );
  });

  test('repairs what was damaged and keeps the data', () => {
    keepData();
    windows.write(`${mine}\\Trustkeep.exe`, 'no program');
    windows.write(`${cli(mine)}\\trustkeep.exe`, '');
    rmSync(windows.file(`${mine}\\resources\\app.asar`));
    expect(install(now)).toBe(0);
    expect(windows.files(mine)).toEqual(whole);
    expect([dataKept(), windows.path()]).toEqual([true, `${before};${cli(mine)}`]);
  });

  test('updates in place, and starts the new version when it is told to', () => {
    windows.write(`${mine}\\resources\\of-the-old-version.txt`, 'old');
    windows.told();
    expect(install(later, '--updated', '--force-run')).toBe(0);
    expect([windows.version(), versionOf(mine)]).toEqual([next, `trustkeep ${next}`]);
    expect(windows.has(`${mine}\\resources\\of-the-old-version.txt`)).toBe(false);
    expect([dataKept(), windows.path()]).toEqual([true, `${before};${cli(mine)}`]);
    expect(windows.told()).toContain(`start ${menu('C:\\users\\admin\\AppData\\Roaming')} --updated`);
  });

  test('replaces a newer version only when it is told to, or by the updater', () => {
    const newer = windows.files(mine);
    expect(install(now)).toBe(3);
    expect([windows.version(), windows.files(mine)]).toEqual([next, newer]);
    expect(install(now, '--downgrade')).toBe(0);
    expect([windows.version(), versionOf(mine)]).toEqual([thisVersion, `trustkeep ${thisVersion}`]);
    expect(install(later)).toBe(0);
    expect(install(now, '--updated')).toBe(0);
    expect([windows.version(), dataKept()]).toEqual([thisVersion, true]);
  });

  test('lets a running agent finish, ends a desktop, and leaves programs of other folders alone', async () => {
    rmSync(windows.file(data), { recursive: true });
    const agent = wine.start(`${cli(mine)}\\trustkeep.exe`, 'run');
    await expect.poll(() => agent.said(), { timeout: 60_000 }).toContain('is ready');
    expect(install(later)).toBe(0);
    expect(await agent.ended).toBe(0);
    expect(agent.said()).toContain('the stop command');
    const desktop = await windows.startDesktop(`${mine}\\Trustkeep.exe`);
    windows.copy(`${mine}\\Trustkeep.exe`, `${mine} 2\\Trustkeep.exe`);
    const other = await windows.startDesktop(`${mine} 2\\Trustkeep.exe`);
    expect(install(later)).toBe(0);
    await desktop.ended;
    expect(other.child.exitCode).toBeNull();
    expect(versionOf(mine)).toBe(`trustkeep ${next}`);
    other.child.kill('SIGKILL');
    await other.ended;
    rmSync(windows.file(`${mine} 2`), { recursive: true });
  });

  test('changes nothing where a program cannot be closed or a file is held open', async () => {
    const installed = windows.files(mine);
    const guarded = await windows.startDesktop(`${mine}\\Trustkeep.exe`, 'guarded');
    expect(install(later)).toBe(5);
    expect(windows.files(mine)).toEqual(installed);
    guarded.child.kill('SIGKILL');
    await guarded.ended;
    windows.copy(`${mine}\\Trustkeep.exe`, 'C:\\Reader\\reader.exe');
    const reader = await windows.startDesktop('C:\\Reader\\reader.exe', `${mine}\\resources\\LICENSE.txt`);
    expect(install(later)).toBe(2);
    reader.child.kill('SIGKILL');
    await reader.ended;
    expect([windows.version(), windows.path()]).toEqual([next, `${before};${cli(mine)}`]);
    expect(windows.files(mine)).toEqual(installed);
    rmSync(windows.file('C:\\Reader'), { recursive: true });
  });

  test('is removed without the data, also while it runs', async () => {
    keepData();
    const desktop = await windows.startDesktop(`${mine}\\Trustkeep.exe`);
    await windows.remove('HKCU');
    await desktop.ended;
    await expect.poll(() => windows.has(mine)).toBe(false);
    expect([dataKept(), windows.path()]).toEqual([true, before]);
    expect(windows.has(menu('C:\\users\\admin\\AppData\\Roaming'))).toBe(false);
  });

  test('installs into a folder with spaces and an apostrophe, and updates there while it runs', async () => {
    expect(install(now, `/D=${elsewhere}`)).toBe(0);
    expect(versionOf(elsewhere)).toBe(`trustkeep ${thisVersion}`);
    expect(windows.has(mine)).toBe(false);
    const desktop = await windows.startDesktop(`${elsewhere}\\Trustkeep.exe`);
    expect(install(later)).toBe(0);
    await desktop.ended;
    expect([versionOf(elsewhere), windows.path()]).toEqual([
      `trustkeep ${next}`,
      `${before};${cli(elsewhere)}`,
    ]);
  });

  test('asks for an administrator for all users, and changes nothing without one', () => {
    const installed = windows.files(elsewhere);
    expect(wine.runWith({ TRUSTKEEP_UAC: 'no' }, later, '/S', '/allusers').code).toBe(2);
    expect([windows.files(elsewhere), windows.entry('HKLM'), windows.has(forAll)]).toEqual([
      installed,
      null,
      false,
    ]);
  });

  test('installs for all users in the place of what one user had', async () => {
    const machine = windows.path('HKLM');
    windows.setStart(`${elsewhere}\\Trustkeep.exe --hidden`);
    expect(install(later, '/allusers')).toBe(0);
    expect([windows.entry('HKCU'), windows.has(elsewhere), windows.path()]).toEqual([null, false, before]);
    expect(windows.entry('HKLM')).toMatchObject({
      DisplayVersion: next,
      QuietUninstallString: `"${forAll}\\Uninstall Trustkeep.exe" /allusers /S`,
    });
    expect(windows.start()).toBe(`${forAll}\\Trustkeep.exe --hidden`);
    expect(windows.path('HKLM')).toBe(`${machine};${cli(forAll)}`);
    expect([windows.has(menu('C:\\ProgramData')), windows.has(copy)]).toEqual([true, false]);
    windows.write(ofAll, '{}');
    keepData();
    await windows.remove('HKLM', '--keep-data');
    expect([dataKept(), windows.has(ofAll), windows.path('HKLM')]).toEqual([true, true, machine]);
  });

  test('stops a running service for an update, starts it again, and removes it with the program', async () => {
    wine.run('reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f');
    // Wine stops its services with the last program of its user
    const user = wine.start(await windowsNode(), '-e', 'setInterval(() => {}, 1e6)');
    expect(install(now, '/allusers')).toBe(0);
    const trustkeep = (...words: string[]) => wine.run(`${cli(forAll)}\\trustkeep.exe`, ...words);
    expect(trustkeep('service', 'install').code).toBe(0);
    // an update that changes nothing leaves it running
    const guarded = await windows.startDesktop(`${forAll}\\Trustkeep.exe`, 'guarded');
    expect(install(later, '/allusers', '--updated')).toBe(5);
    expect(trustkeep('service', 'status').code).toBe(0);
    guarded.child.kill('SIGKILL');
    await guarded.ended;
    windows.copy(`${forAll}\\Trustkeep.exe`, 'C:\\Reader\\reader.exe');
    const reader = await windows.startDesktop('C:\\Reader\\reader.exe', `${forAll}\\resources\\LICENSE.txt`);
    expect(install(later, '/allusers', '--updated')).toBe(2);
    expect(trustkeep('service', 'status').code).toBe(0);
    reader.child.kill('SIGKILL');
    await reader.ended;
    rmSync(windows.file('C:\\Reader'), { recursive: true });
    expect(install(later, '/allusers', '--updated')).toBe(0);
    expect(JSON.parse(trustkeep('status', '--system', '--json').out).version).toBe(next);
    await windows.remove('HKLM', '--keep-data');
    expect(wine.values('HKLM\\System\\CurrentControlSet\\Services\\Trustkeep')).toBeNull();
    expect(windows.has('C:\\ProgramData\\Trustkeep\\trustkeep.db')).toBe(true);
    user.child.kill('SIGKILL');
    await user.ended;
    wine.run('reg', 'delete', 'HKCU\\Software\\Wine', '/v', 'Version', '/f');
  });

  test('leaves nothing after a removal with the data', async () => {
    expect(install(later, '/allusers')).toBe(0);
    await windows.remove('HKLM', '--remove-data');
    await expect.poll(() => windows.has(forAll)).toBe(false);
    expect(readFileSync(windows.file(ofAll), 'utf8')).toBe('{}');
    rmSync(windows.file('C:\\ProgramData\\Trustkeep'), { recursive: true });
    windows.told();
    rmSync(windows.file(ownFolder), { recursive: true, force: true });
    expect(differences(nothing, windows.everything())).toEqual([]);
  });
});
