/**
 * The attack: read everything that the desktop leaves lying about. Marked secrets are typed into every form of the
 * window, key by key, and given by the vaults it reads; then every place that somebody may see is searched for every
 * mark in every writing, and in each place the same search finds a control that was put there. The agent without a
 * screen has the same test in test/security.
 */
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { have } from '../servers/available.ts';
import { haveSquid } from '../servers/squid.ts';
import { canRunSshd } from '../servers/sshd.ts';
import { electronForTests } from './electron.ts';
import { inFiles, mark, searchFor } from './marks.ts';
import { allowCores, breakChild } from './planted-crash.ts';
import { Hunt, soon } from './planted-hunt.ts';
import { typingSecrets } from './planted-typing.suite.ts';
import { placesOf } from './planted-window-places.ts';

const electron = await electronForTests();
const can = electron !== null && have('nginx') && have('sudo') && haveSquid() && canRunSshd();

describe.skipIf(!can)('secrets planted in the window', () => {
  const hunt = new Hunt();

  beforeAll(() => hunt.start());
  afterAll(() => hunt.stop());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await hunt.app.screenshot('planted-failed').catch(() => {});
  });

  typingSecrets(hunt);

  test('everything that was planted is looked for, and was really used', async () => {
    expect(hunt.marks.length).toBeGreaterThan(35);
    // looking at the outbound connection, the agent asks every server it will need for its front page
    expect(hunt.site.vault.incidents.filter((one) => !one.startsWith('GET /:'))).toEqual([]);
    expect(hunt.site.ccp.incidents.filter((one) => !one.startsWith('accept: '))).toEqual([]);
    expect(hunt.site.delinea.incidents).toEqual([]);
    for (const [name, sshd] of Object.entries(hunt.site.ssh))
      expect(sshd.output(), name).toMatch(/Accepted (password|publickey) for/);
    expect(hunt.rows().filter(([table]) => table === 'secrets').length).toBeGreaterThan(12);
    // what is marked with the mouse or the keyboard can be pasted too: of a secret the dots that are drawn
    expect(await hunt.readClipboards()).toMatch(/^what was there before\n•*$/);
  });

  test.each(placesOf(hunt))('are not in $name, where a control is found', async ({ find, plant }) => {
    expect(await find(hunt.search)).toEqual([]);
    const one = mark('the control');
    await plant(one.value);
    await expect.poll(async () => (await find(searchFor([one]))).join(), soon).toContain('the control');
  });

  test('are not in the hands of any script, where controls are found: texts, fields and bytes', async () => {
    expect(await hunt.held(hunt.search)).toEqual([]);
    const planted = Object.fromEntries(
      ['text', 'pieces', 'deep', 'name', 'field'].map((one) => [one, mark(`the ${one}`)]),
    );
    const value = (one: string): string => JSON.stringify(planted[one]?.value);
    const parts = JSON.stringify(planted.pieces?.value.match(/.{1,15}/g));
    await hunt.page.evaluate(`globalThis.text = ${value('text')}`);
    await hunt.page.evaluate(`globalThis.pieces = ${parts}.reduce((all, one) => all + one, '')`);
    await hunt.page.evaluate(`globalThis.deep = 'x'.repeat(5000) + ${value('deep')}`);
    await hunt.page.evaluate(`globalThis.names = { [${value('name')}]: true }`);
    await hunt.page.evaluate(
      `globalThis.field = Object.assign(document.createElement('input'), { value: ${value('field')} })`,
    );
    await hunt.page.evaluate('globalThis.bytes = new Uint8Array(37)');
    const found = await hunt.held(searchFor(Object.values(planted)));
    for (const { door } of Object.values(planted)) expect(found.join('\n')).toContain(`${door} in`);
    expect(found.join('\n')).toMatch(
      /a buffer of 37 bytes in the page:[^@]+Window[^@]+@\d+\s+property bytes/,
    );
    const text = found.find((one) => one.startsWith('the text in') && one.includes('property text'));
    expect(text).toContain('property text → string');
  });

  test('the search of the files reads database, WAL, log, copies and the storages of Chromium', () => {
    const { found, files } = inFiles(searchFor([hunt.control]), hunt.app.desktop.home);
    const below = `${hunt.app.dataDirectory}/`;
    const names = files.filter((path) => path.startsWith(below)).map((path) => path.slice(below.length));
    expect(names).toEqual(
      expect.arrayContaining([
        ...['trustkeep.db', 'trustkeep.db-wal', 'trustkeep.db-shm', 'desktop/logs/trustkeep.log'],
        expect.stringMatching(/^backups\/trustkeep\.db-\d+\.backup$/),
        expect.stringMatching(/^desktop\/Local Storage\/leveldb\/.+\.log$/),
      ]),
    );
    expect(files).toContain(join(hunt.app.desktop.home, 'everything.trustkeep'));
    expect(found.join('\n')).toMatch(/trustkeep\.db-wal|trustkeep\.db$/m);
    expect(found.join('\n')).toMatch(/\.backup$/m);
    const log = readFileSync(join(hunt.app.dataDirectory, 'desktop/logs/trustkeep.log'), 'utf8');
    expect(log).toMatch(/ debug .*read credential/);
    expect(hunt.watch.looks()).toBeGreaterThan(1_000);
    for (const program of [/electron.*--type=renderer/s, /--type=zygote/, /sudo/, /nginx/])
      expect([
        program,
        hunt.watch.seen().some((one) => one.startsWith('cmdline: ') && program.test(one)),
      ]).toEqual([program, true]);
  });

  test('are in no report of a crash: of the window with a password in its field, of the agent', async () => {
    await hunt.person.openPemForm('crash', hunt.site.ssh.inline, hunt.site.pemPath);
    await hunt.person.type('password', hunt.site.the('a password typed when the window broke'));
    const { home } = hunt.app.desktop;
    const [main, dumps] = await hunt.app.app.evaluate(({ app, crashReporter }) => {
      if (crashReporter.getUploadToServer()) throw new Error('reports of crashes are sent');
      return [process.pid, app.getPath('crashDumps')] as const;
    });
    const window = await hunt.app.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    );
    for (const pid of [main, window]) await allowCores(hunt, pid);
    const cores = (): string[] =>
      inFiles(hunt.search, home).files.filter(
        (path) => /core[^/]*$|\.dmp$/.test(path) && !path.includes('Cache'),
      );

    // the kernel writes cores here, unless it hands them to a program, and what was in memory is found in them
    const written = !readFileSync('/proc/sys/kernel/core_pattern', 'utf8').startsWith('|');
    const one = mark('the control');
    await breakChild(hunt, one.value);
    expect(inFiles(searchFor([one]), home).found.length).toBe(written ? 1 : 0);
    for (const path of cores()) rmSync(path);

    const broken = hunt.page.waitForEvent('crash');
    void hunt.session.send('Page.crash').catch(() => {});
    await broken;
    const gone = once(hunt.app.app.process(), 'exit');
    void hunt.app.app.evaluate(() => process.crash()).catch(() => {});
    await gone;
    expect(cores().length).toBe(written ? 1 : 0);
    for (const path of cores()) expect(statSync(path).size).toBeLessThan(64 * 1024 ** 2);
    expect(inFiles(hunt.search, home).found).toEqual([]);
    expect(hunt.temporaryFiles(hunt.search)).toEqual([]);
    if (existsSync(dumps)) expect(inFiles(hunt.search, dumps).files.join()).not.toMatch(/\.dmp/);
  });
});
