import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { run } from '../../scripts/electron/run.ts';
import { writeCommandLine } from '../../scripts/package/command-line.ts';
import { have } from '../servers/available.ts';
import { makeServiceSetup } from '../servers/service-setup.ts';
import { windowsNode, writeProgramForWine } from '../servers/windows-node.ts';
import { Wine, wineProgram } from '../servers/wine.ts';
import { thisVersion } from './packaged.ts';

// The service of Windows, installed, started and removed by the packaged command line with the service manager of Wine. What
// Wine's does not keep (delayed start, flags, identity of the service, access lists) is for docs/windows-checklist.md.
// One Windows for all; each test begins where the one before it ended.
const installation = 'C:\\Program Files\\Trustkeep';
const folder = `${installation}\\resources\\cli`;
const program = `${folder}\\trustkeep.exe`;
const key = 'HKLM\\System\\CurrentControlSet\\Services\\Trustkeep';
const data = 'C:\\ProgramData\\Trustkeep';
const line = `"${program}" "run" "--service" "--data-directory=${data}"`;

const complete = have(wineProgram) && have('makensis');

describe.skipIf(process.arch !== 'x64' || !complete)('the service of Windows', () => {
  let wine: Wine;
  let place: string;
  let setup: string;
  const at = (...names: string[]) => join(wine.drive, 'ProgramData', 'Trustkeep', ...names);

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'trustkeep-winservice-'));
    wine = new Wine(place);
    wine.run('reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f');
    const cli = join(wine.drive, 'Program Files', 'Trustkeep', 'resources', 'cli');
    await writeCommandLine({ system: 'win', arch: 'x64' }, join(root, 'out', 'node'), cli);
    await writeProgramForWine(thisVersion, join(cli, 'trustkeep.exe'));
    // Wine stops its services with the last program of its user
    wine.start(await windowsNode(), '-e', 'setInterval(() => {}, 1e6)');
  });
  afterAll(() => wine?.remove());

  const trustkeep = (...words: string[]) => wine.run(program, ...words);
  const service = (...words: string[]) => trustkeep('service', ...words);
  const status = () => JSON.parse(service('status', '--json').out);
  /** As Windows tells it: state, exit code, exit code of the service. */
  const told = () => {
    const { out } = wine.run('sc', 'query', 'Trustkeep');
    return [/STATE +: \d+ +(\w+)/, /WIN32_EXIT_CODE +: (\d+)/, /SERVICE_EXIT_CODE +: (\d+)/].map(
      (pattern) => pattern.exec(out)?.[1],
    );
  };

  test('is not there yet, and that is said', () => {
    expect(service('status')).toMatchObject({ code: 1, out: 'The service is not installed.\n' });
    expect(service('start').said).toContain('Install it first: trustkeep service install');
  });

  test('is not installed with a program that others can replace', () => {
    const file = join(wine.drive, 'Program Files', 'Trustkeep', 'resources', 'cli', 'cli.js');
    chmodSync(file, 0o666);
    const { code, said } = service('install');
    chmodSync(file, 0o644);
    expect([code, said.split('\n')[0]]).toEqual([
      1,
      `The service would start ${program}, but everyone can change ${folder}\\cli.js.`,
    ]);
    expect(wine.values(key)).toBeNull();
  });

  test('takes no directory of something else, and follows no link', () => {
    const into = (directory: string) =>
      service('install', '--data-directory', directory).said.split('\n')[0] ?? '';
    const [letter, open] = [join(wine.drive, 'letters', 'one.txt'), join(wine.drive, 'open')] as const;
    for (const folder of [dirname(letter), open, at()]) mkdirSync(folder, { recursive: true });
    writeFileSync(letter, '', { mode: 0o600 });
    chmodSync(open, 0o777);
    symlinkSync(dirname(letter), at('run'));
    expect(into('C:\\letters')).toMatch(/letters is no data directory .*: other files are in it\.$/);
    expect(into('C:\\')).toMatch(/it is a whole drive\.$/);
    expect(into('C:\\letters\\one.txt')).toMatch(/^The data directory .* cannot be made: EEXIST/);
    expect(into('C:\\open\\data')).toMatch(/^everyone can change C:\\open, and put another/);
    expect(into(data)).toBe(`${data}\\run is a link, where a file or directory of Trustkeep belongs.`);
    expect([statSync(letter).mode & 0o777, wine.values(key)]).toEqual([0o600, null]);
    rmSync(at('run'));
  });

  test('is installed and runs, and its agent answers at its pipe', () => {
    const { code, out, said } = service('install');
    expect([code, out.split('\n')[0]]).toEqual([0, 'The service is running.']);
    expect(said).toContain(`with its data in ${data}, which only it and administrators can open.`);
    expect(wine.values(key)).toMatchObject({
      ...{ ImagePath: line, ObjectName: 'NT SERVICE\\Trustkeep', Start: '0x2', Type: '0x10' },
      ...{ DisplayName: 'Trustkeep agent', PreshutdownTimeout: '0x2bf20' },
    });
    expect(told()).toEqual(['RUNNING', '0', '0']);
    const agent = JSON.parse(trustkeep('status', '--system', '--json').out);
    expect(agent).toMatchObject({ version: thisVersion, face: 'headless', dataDirectory: data });
    expect(agent.keychain).toMatchObject({ kind: 'key-file', state: 'ready' });
    const shown = service('status');
    expect([shown.code, shown.said]).toEqual([0, `Its agent answers: Trustkeep ${thisVersion}.\n`]);
    expect(status()).toMatchObject({ file: program, processId: agent.pid, startsAtBoot: true });
  });

  test('a second installation changes it, and says so; a group may call it then', () => {
    const before = status().processId;
    const { code, said } = service('install', '--account', 'LocalSystem', '--group', 'Users');
    expect([code, said.split('\n')[0]]).toEqual([
      0,
      'The service was already installed: its settings were replaced.',
    ]);
    const { ImagePath, ObjectName } = wine.values(key) ?? {};
    expect([ImagePath, ObjectName]).toEqual([`${line} "--service-group=S-1-5-32-545"`, 'LocalSystem']);
    expect(status()).toMatchObject({ running: true, account: 'LocalSystem' });
    expect(status().processId).not.toBe(before);
    expect(trustkeep('status', '--system').code).toBe(0);
    // the pipe took who may use it
    expect(readFileSync(at('logs', 'service.log'), 'utf8')).not.toContain(' warn ');
  });

  test('runs on when an installation over it is refused; a group is no account', () => {
    symlinkSync(wine.drive, at('logs', 'link'));
    expect(service('install').said).toContain('logs\\link is a link');
    expect(status()).toMatchObject({ running: true, account: 'LocalSystem' });
    rmSync(at('logs', 'link'));
    expect(service('install', '--account', 'Users').said).toContain('Users is a group, not an account.');
  });

  test('says what is wrong where Windows cannot be called, in the log of the service too', () => {
    const modules = join(wine.drive, 'Program Files', 'Trustkeep', 'resources', 'cli', 'node_modules');
    const [name = ''] = globSync('**/koffi.node', { cwd: modules });
    renameSync(join(modules, name), join(place, 'koffi.node'));
    const sentence = 'Trustkeep cannot call Windows: Cannot find module';
    expect(service('status').said).toMatch(new RegExp(`^${sentence}.*\\.\\n.*virus scanner`));
    trustkeep('run', '--service', `--data-directory=${data}`);
    expect(readFileSync(at('logs', 'service.log'), 'utf8')).toContain(`could not run: ${sentence}`);
    renameSync(join(place, 'koffi.node'), join(modules, name));
  });

  test('restarts, and stops with its steps finished and no code', () => {
    const before = status().processId;
    expect(service('restart').code).toBe(0);
    expect(status().processId).not.toBe(before);
    expect(service('stop')).toMatchObject({ code: 0, said: '' });
    expect(told()).toEqual(['STOPPED', '0', '0']);
    const log = readFileSync(at('logs', 'service.log'), 'utf8').trim().split('\n');
    expect(log.at(-1)).toMatch(/info stopping \{"because":"it was stopped"\}$/);
    expect(existsSync(at('trustkeep.db-wal'))).toBe(false); // the database was closed
    expect(service('stop').code).toBe(0);
    expect(trustkeep('status', '--system').code).toBe(5);
  });

  test('ends well when the agent itself is told to', () => {
    expect(service('start').code).toBe(0);
    expect(trustkeep('stop', '--system').code).toBe(0);
    expect(service('stop').code).toBe(0);
    expect(told()).toEqual(['STOPPED', '0', '0']);
  });

  test('an agent that cannot start leaves its exit code with Windows and its sentence with who started it', () => {
    cpSync(at('trustkeep.db'), at('good.db'));
    writeFileSync(at('trustkeep.db'), 'no database '.repeat(100));
    const { code, said } = service('start');
    expect([code, said]).toEqual([1, expect.stringContaining('it ended with code 1. The database C:\\')]);
    expect(said).toContain(`See ${data}\\logs\\service.log`);
    expect(told()).toEqual(['STOPPED', '1066', '1']);
    expect(status().sentence).toContain('The service ended with code 1; Windows may start it again.');
    rmSync(at('trustkeep.db'));
    cpSync(at('good.db'), at('trustkeep.db'));
    // Windows would start it again, perhaps while its files are replaced: an update does
    setup = makeServiceSetup(place, installation);
    expect([wine.run(setup, '/S').code, status().running]).toEqual([0, true]);
  });

  test('an account of its own needs its password, which is kept nowhere', async () => {
    const word = 'P1anted-Passw0rd';
    expect(service('install', '--account', 'admin').said).toContain('needs its password');
    expect(service('install', '--account', 'no-one').said).toContain('There is no account or group "no-one"');
    writeFileSync(join(place, 'given'), `${word}\n`);
    expect(service('install', '--account', 'admin', '--password-file', 'given').code).toBe(0);
    expect(status()).toMatchObject({ running: true, account: '.\\admin' });
    // in any file of this Windows: as text, and as Windows writes text
    const found = await run(['grep', '-rlaP', `${word}|${[...word].join('\\x00')}`, place]);
    expect(found.trim()).toBe(join(place, 'given'));
    rmSync(join(place, 'given'));
  });

  test('an update stops it and starts it again, if it ran', () => {
    const before = status().processId;
    expect(wine.run(setup, '/S').code).toBe(0);
    expect(status()).toMatchObject({ running: true });
    expect(status().processId).not.toBe(before);
    expect(wine.values(key)).not.toHaveProperty('StartAfterUpdate');
    expect([service('stop').code, wine.run(setup, '/S').code]).toEqual([0, 0]);
    expect(told()[0]).toBe('STOPPED');
    expect(service('start').code).toBe(0);
  });

  test('a removal of the program removes it; that of another installation leaves it alone', () => {
    const elsewhere = 'C:\\Elsewhere';
    expect(wine.run(setup, '/S', `/D=${elsewhere}`).code).toBe(0);
    // the folder comes last and without quotation marks, which only a line of a batch file can say
    const uninstall = (where: string) => {
      const said = `"${where}\\uninstall.exe" /S _?=${where}\r\n`;
      writeFileSync(join(wine.drive, 'remove.bat'), said);
      return wine.run('cmd', '/c', 'C:\\remove.bat').code;
    };
    expect(uninstall(elsewhere)).toBe(0);
    expect(told()[0]).toBe('RUNNING');
    expect(uninstall(installation)).toBe(0);
    expect(wine.values(key)).toBeNull();
    expect(service('install').code).toBe(0);
  });

  test('knows where its data are, wherever that is', () => {
    const own = 'C:\\Own data\\certs';
    const { said } = service('install', '--data-directory', own);
    expect(said).toContain(`Its data were in ${data} until now, and are still there.`);
    expect(said).toContain(`trustkeep status --data-directory "${own}"`);
    expect(service('status').said).toBe(`Its agent answers: Trustkeep ${thisVersion}.\n`);
    expect(service('remove').said).toBe(`The data in ${own} and the master key are still there.\n`);
    expect(service('install').code).toBe(0);
  });

  test('is removed while it runs, and its data stay', () => {
    const { code, out, said } = service('remove');
    expect([code, out]).toEqual([0, 'The service is not installed.\n']);
    expect(said).toBe(`The data in ${data} and the master key are still there.\n`);
    expect(wine.values(key)).toBeNull();
    expect(existsSync(at('master.key'))).toBe(true);
    expect(service('remove').code).toBe(5);
    expect(trustkeep('status', '--system').code).toBe(5);
  });
});
