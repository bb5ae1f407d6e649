/**
 * The attack: read everything that the desktop leaves lying about. Marked secrets are typed into every form of the
 * window, key by key, and given by the vaults it reads; then every place that somebody may see is searched for every
 * mark in every writing, and in each place the same search finds a control that was put there. The agent without a
 * screen has the same test in test/security.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { openDriver } from '../../electron/database/open.ts';
import { runAs } from '../servers/account.ts';
import { have } from '../servers/available.ts';
import { haveSquid } from '../servers/squid.ts';
import { canRunSshd } from '../servers/sshd.ts';
import { type ProcessWatch, recordChildren, watchProcesses } from './child-watch.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';
import { heldBy, wholeStrings } from './heap.ts';
import { inFiles, inText, type Mark, mark, marked, markedKey, type Search, searchFor } from './marks.ts';
import { Person } from './planted-forms.ts';
import { type PlantedSite, startPlantedSite } from './planted-site.ts';

const electron = await electronForTests();
const can = electron !== null && have('nginx') && have('sudo') && haveSquid() && canRunSshd();
const soon = { timeout: 15_000, interval: 200 };

/** Somewhere a secret must not be; `find` says what it finds there. */
interface Place {
  name: string;
  find(search: Search): Promise<string[]> | string[];
  /** Puts a text there, as a mistake would. */
  plant(text: string): unknown;
}

describe.skipIf(!can)('secrets planted in the window', () => {
  let site: PlantedSite;
  let app: Launched;
  let page: Page;
  let person: Person;
  let session: CDPSession;
  let watch: ProcessWatch;
  let children: () => Promise<string[]>;
  const startedAt = Date.now();
  const said: string[] = [];
  const printed: string[] = [];
  const marks: Mark[] = [];
  let search: Search = searchFor([]);
  const known = (...more: Mark[]): void => {
    marks.push(...more);
    search = searchFor(marks);
  };
  /** No secret, and typed as a name: it is found in many places where secrets are not. */
  const control = mark('the control');

  beforeAll(async () => {
    app = await launchApp({ args: ['--log-level=debug', wholeStrings] });
    for (const stream of [app.app.process().stdout, app.app.process().stderr])
      stream?.on('data', (part: Buffer) => printed.push(part.toString()));
    site = await startPlantedSite(app.account);
    known(...site.marks);
    children = await recordChildren(app.app);
    watch = watchProcesses();
    page = await app.page();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error.stack)));
    person = new Person(page);
    session = await page.context().newCDPSession(page);
    await app.app.evaluate(({ clipboard }) => clipboard.writeText('what was there before'));
  });
  afterAll(async () => {
    watch?.stop();
    await app?.stop();
    await site?.stop();
    rmSync(temporaryControl, { force: true });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await app.screenshot('planted-failed').catch(() => {});
  });

  const held = (which: Search): Promise<string[]> => heldBy(session, which);

  /** Shown on purpose. From the moment its page is left it is a secret like the others. */
  async function readRecoveryKey(door: string): Promise<void> {
    await page.getByRole('button', { name: 'Show recovery key' }).click();
    known(marked(door, await page.locator('[data-recovery-key]').innerText()));
    expect((await held(search)).join()).toContain(`${door} in the heap`);
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  // ── planting ──────────────────────────────────────────────────────────────────────────────────────────────────

  test('the recovery key is in the heap while it is shown, and not after', async () => {
    await readRecoveryKey('the recovery key');
    await page.getByText('Add the first endpoint').waitFor();
    expect(await held(search)).toEqual([]);
  });

  test('a password typed for an endpoint is in the heap while it is in its field, and not after', async () => {
    const { inline } = site.ssh;
    await person.openPemForm(control.value, inline, site.pemPath);
    await person.fill({ user: inline.user });
    await person.type('password', site.the('a wrong password over one that was typed before'));
    await person.type('password', site.the('a wrong password for an endpoint'));
    await person.press('Add');
    await page.locator('[data-failure="ssh.login-refused"]').waitFor();
    await person.type('password', site.the('the password of an endpoint'));
    expect((await held(search)).join()).toContain('the password of an endpoint in the heap');
    await person.addEndpoint();
    expect(await held(search)).toEqual([]);
  });

  test('the passphrase of the key of an endpoint is typed', async () => {
    await person.openPemForm('by-key', site.ssh.root, site.pemPath);
    await person.radio('Private key');
    await person.fill({ user: 'root', ssh_key_path: site.keys.inline });
    await person.type('ssh_key_password', site.the('the passphrase of the key of an endpoint'));
    await person.addEndpoint();
  });

  test('a password typed into a form that is closed with nothing done is gone with it', async () => {
    const wrong = site.the('a wrong password in a form that was closed');
    await person.openPemForm('never', site.ssh.inline, site.pemPath);
    await person.type('password', wrong);
    await page.keyboard.press('Escape');
    await person.gone();
    await person.openPemForm('never', site.ssh.inline, site.pemPath);
    await person.type('password', wrong);
    await person.radio('Private key');
    await person.press('Cancel');
    await person.gone();
    expect(await held(search)).toEqual([]);
  });

  test('a local credential is refused, added, changed and left as it was', async () => {
    await person.go('Credential stores');
    await page.getByText('trustkeep-store').first().click();
    await page.getByRole('button', { name: 'Add credential' }).first().click();
    await person.fill({ id: 'a/slash', username: 'root', privatekeypath: site.keys.local });
    await person.type('password', site.the('a password of a local credential'));
    await person.type('passphrase', site.the('the passphrase of the key of a local credential'));
    await person.press('Add');
    await page.getByText(/slash/).first().waitFor();
    await person.fill({ id: 'root' });
    await person.press('Add');
    await person.gone();
    await page.getByText('root', { exact: true }).first().click();
    await person.press('Edit');
    await person.type('password', site.the('a password in its second version'));
    await person.press('Save');
    await person.press('Edit');
    await person.type('password', site.the('a password that was taken back'));
    await person.press('Cancel');
    await person.press('Close');
    await person.gone();
    await person.openPemForm('local-store', site.ssh.root, site.pemPath);
    await person.useStore('trustkeep-store', 'root');
    await person.addEndpoint();
  });

  test('a token of HashiCorp Vault is typed, and the vault gives a password', async () => {
    await person.openStoreForm('HashiCorp Vault or OpenBao', 'vault');
    await person.fill({ vaulturl: site.vault.url, rootpath: 'kv/hosts', verify: 'web' });
    await person.trust(site.vault.caPem);
    await person.type('token', site.the('a wrong token of the vault'));
    await person.press('Test and add');
    await person.failure();
    await person.type('token', site.the('the token of the vault'));
    await person.addStore('vault');
    await person.lookUp('web', site.ssh.vault.user);
    await person.openEndpointForm('web1', site.ssh.vault);
    await person.fill({ nginx_config_path: site.nginx.nginx.configPath });
    await person.useStore('vault', 'web');
    await person.addEndpoint();
  });

  test('a SecretID is typed, bare and wrapped', async () => {
    await person.openStoreForm('HashiCorp Vault or OpenBao', 'vault-by-role');
    await person.type('token', site.the('a password left behind by another kind'));
    await page.selectOption('[data-field=authtype]', 'AppRoleSecret');
    await person.fill({ vaulturl: site.vault.url, rootpath: 'kv/hosts', roleid: site.roleId });
    await person.trust(site.vault.caPem);
    await person.type('secretid', site.the('the SecretID'));
    await person.addStore('vault-by-role');
    await person.lookUp('web', site.ssh.vault.user);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await person.type('secretid', site.the('the token that wraps a SecretID'));
    await page.locator('[data-field=appwrapped]').check();
    await person.press('Test and save');
    await person.gone();
    await person.lookUp('web', site.ssh.vault.user);
  });

  test('the password of a client certificate is typed, and CyberArk gives a password', async () => {
    await person.openStoreForm('HashiCorp Vault or OpenBao', 'ccp');
    await person.type('token', site.the('a password left behind by another kind'));
    await person.radio('CyberArk');
    await person.fill({ appid: 'Trustkeep', ccpurl: site.ccp.url, authcert: site.pfx });
    await person.fill({ verify: 'Safe=Web;Object=web' });
    await person.trust(site.ccp.caPem);
    await person.type('certpass', site.the('a wrong password of the client certificate'));
    await person.press('Test and add');
    await person.failure();
    await person.type('certpass', site.the('the password of the client certificate'));
    await person.addStore('ccp');
    await person.lookUp('Safe=Web;Object=web', site.ssh.ccp.user);
    await person.openPemForm('ccp-host', site.ssh.ccp, site.pemPath);
    await person.useStore('ccp', 'Safe=Web;Object=web');
    await person.addEndpoint();
  });

  test('the password for a Secret Server is typed, and it gives a key with its passphrase', async () => {
    await person.openStoreForm('Delinea Secret Server', 'delinea');
    await person.fill({ url: site.delinea.url, username: 'agent', verify: '12' });
    await person.trust(site.delinea.caPem);
    await person.type('password', site.the('the password for the Secret Server'));
    await person.addStore('delinea');
    await person.lookUp('12', 'root');
    await person.openPemForm('delinea-host', site.ssh.root, site.pemPath);
    await person.useStore('delinea', '12');
    await person.addEndpoint();
  });

  test('the HMAC key of an account at an authority is typed', async () => {
    await person.go('Authorities');
    await page.getByRole('button', { name: 'Add authority' }).first().click();
    await person.fill({ name: 'nowhere', directory_url: 'https://127.0.0.1:9/directory', eab_key_id: 'kid' });
    await person.type('eab_hmac_key', site.the('the key of an account at an authority'));
    await page.locator('[data-field=agree_to_terms]').check();
    await person.press('Add');
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.getByText('127.0.0.1:9').nth(1).waitFor();
    await person.press('Close');
    await person.gone();
  });

  test('the password of the proxy is typed, and the proxy asks for it', async () => {
    await person.go('Proxy');
    await page.getByRole('radio', { name: 'Manual proxy' }).check();
    await person.fill({ host: '127.0.0.1', port: String(site.squid.port), user: 'agent' });
    await person.type('password', site.the('the password of the proxy'));
    await page.getByRole('button', { name: 'Test and save' }).click();
    const saved = page.getByText('It takes effect immediately');
    const anyway = page.getByRole('button', { name: 'Save without testing' });
    await saved.or(anyway).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await saved.waitFor();
    await person.fill({ 'doctor-url': 'http://planted.invalid/' });
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.locator('[data-report]').waitFor();
    await expect
      .poll(async () => (await site.squid.accessLog()).join('\n'), soon)
      .toMatch(/planted\.invalid.* agent$/m);
  });

  test('the passphrase of a backup is typed, and a wrong one for it', async () => {
    await person.go('Settings');
    await page.getByText('Create backup…').click();
    const path = join(app.desktop.home, 'everything.trustkeep');
    await person.fill({ path });
    await person.type('passphrase', site.the('the passphrase of a backup'));
    await person.type('passphrase-again', site.the('the passphrase of a backup'));
    await person.press('Create backup');
    await page.getByText('The backup was created').waitFor();
    await page.getByText('Restore…').click();
    await person.fill({ path });
    await person.type('passphrase', site.the('a wrong passphrase of a backup'));
    await person.press('Check and restore');
    await page.locator('[data-failure="backup.wrong-passphrase"]').waitFor();
    await person.press('Cancel');
    await person.gone();
  });

  test('the recovery key of another master key is in the heap while it is shown, and not after', async () => {
    await page.getByText('Rotate master key…').click();
    await person.press('Rotate');
    await readRecoveryKey('the second recovery key');
    await person.gone();
    expect(await held(search)).toEqual([]);
  });

  test('the key of a certificate is made and installed with a password of the vault', async () => {
    await person.go('Endpoints');
    await page.getByText('web1', { exact: true }).first().click();
    await page
      .getByRole('button', { name: /Request certificate for shop\.example|^Request$/ })
      .first()
      .click();
    await person.press('Request certificate');
    await page.getByRole('button', { name: 'Read the plan' }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await person.go('Tasks');
    await page.getByText('Certificate for').first().click();
    await page
      .getByText(/handshakes? showed the new key and the full chain/)
      .first()
      .waitFor();
    const key = readFileSync(join(site.nginx.nginx.dir, 'tls/shop.key'), 'utf8');
    known(markedKey('the key of a certificate', key));
    for (const { id } of site.vault.state.tokens.values())
      if (id !== site.vault.rootToken) known(marked('a token that the vault gave', id));
    await expect
      .poll(async () => JSON.stringify(await app.desktop.notifications()), soon)
      .toContain('Done: shop.example');
  });

  // ── searching ─────────────────────────────────────────────────────────────────────────────────────────────────

  test('everything that was planted is looked for, and was really used', async () => {
    expect(marks.length).toBeGreaterThan(35);
    // looking at the outbound connection, the agent asks every server it will need for its front page
    expect(site.vault.incidents.filter((one) => !one.startsWith('GET /:'))).toEqual([]);
    expect(site.ccp.incidents.filter((one) => !one.startsWith('accept: '))).toEqual([]);
    expect(site.delinea.incidents).toEqual([]);
    for (const [name, sshd] of Object.entries(site.ssh))
      expect(sshd.output(), name).toMatch(/Accepted (password|publickey) for/);
    expect(rows().filter(([table]) => table === 'secrets').length).toBeGreaterThan(12);
    // what is marked with the mouse or the keyboard can be pasted too: of a secret the dots that are drawn
    expect(await readClipboards()).toMatch(/^what was there before\n•*$/);
  });

  /** Every row of every table but the free pages, which the search of the files reads. */
  function rows(): [table: string, row: string][] {
    const driver = openDriver(join(app.dataDirectory, 'trustkeep.db'), { readonly: true });
    try {
      const tables = driver.all("SELECT name FROM sqlite_master WHERE type = 'table'", []);
      return tables.flatMap(({ name }) =>
        driver
          .all(`SELECT * FROM "${name}"`, [])
          .map((row): [string, string] => [String(name), JSON.stringify(row)]),
      );
    } finally {
      driver.close();
    }
  }

  /** What the user of the application left in the common temporary directory; the files of keys are ours. */
  const temporaryFiles = (which: Search): string[] =>
    readdirSync(tmpdir())
      .map((name) => join(tmpdir(), name))
      .filter((path) => path !== app.desktop.home && !path.includes('trustkeep-planted-inputs-'))
      .flatMap((path) => {
        const facts = statSync(path, { throwIfNoEntry: false });
        if (facts === undefined || facts.uid !== ownUid() || facts.ctimeMs < startedAt) return [];
        return facts.isDirectory() ? inFiles(which, path).found : which(readFileSync(path));
      });
  const temporaryControl = join(tmpdir(), `trustkeep-planted-${process.pid}`);
  const ownUid = (): number => app.account?.uid ?? process.getuid?.() ?? 0;

  /** Runs in the page, with the text as `planted`. */
  const inPage = (code: string) => (text: string) =>
    page.evaluate(`{ const planted = ${JSON.stringify(text)}; ${code} }`);
  const textOf = (where: string, read: () => Promise<string> | string) => async (which: Search) =>
    inText(which, where, await read());

  /** Ends a child that reads what we write, once the watch came by: on a busy machine that takes its time. */
  async function untilSeen(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
    const gone = once(child, 'exit');
    await expect.poll(() => watch.seen().some((one) => one.includes(text)), soon).toBe(true);
    child.stdin.end('\n');
    await gone;
  }

  const places: Place[] = [
    {
      name: 'any screen',
      async find(which) {
        const found: string[] = [];
        const links = await page.getByRole('navigation').locator('a').all();
        expect(links.length).toBeGreaterThan(8);
        for (const link of links) {
          const [, screen] = /^#\/([^/]+)/.exec((await link.getAttribute('href')) ?? '') ?? [];
          await link.click();
          await page.locator(`[data-screen="${screen}"] h1`).first().waitFor();
          await page.waitForFunction(`document.querySelector('.fui-Skeleton') === null`);
          found.push(...inText(which, page.url(), await page.content()));
        }
        return found;
      },
      plant: inPage(`document.body.append(Object.assign(document.createElement('p'), { title: planted }))`),
    },
    {
      name: 'the console of the page',
      find: textOf('the console', () => said.join('\n')),
      plant: inPage('console.log(planted)'),
    },
    {
      name: 'what the page stores',
      find: textOf('what the page stores', () =>
        page.evaluate<string>(`Promise.all([indexedDB.databases(), caches.keys().catch(() => [])]).then((names) =>
          JSON.stringify([{ ...localStorage }, { ...sessionStorage }, names, document.cookie, history.state,
            location.href, window.name]))`),
      ),
      plant: inPage(`localStorage.setItem('planted', planted)`),
    },
    {
      name: 'the clipboard',
      find: textOf('the clipboard', readClipboards),
      plant: (text) => app.app.evaluate(({ clipboard }, value) => clipboard.writeText(value), text),
    },
    {
      name: 'what the application prints',
      find: textOf('its output', () => printed.join('')),
      plant: (text) => app.app.evaluate((_, value) => console.log(value), text),
    },
    {
      name: 'the words of any process',
      find: textOf('a process', () => watch.seen().join('\n')),
      plant: (text) => untilSeen(spawn('sh', ['-c', 'read line; true', 'planted', text]), text),
    },
    {
      name: 'the environment of any process',
      find: textOf('a process', () => watch.seen().join('\n')),
      plant: (text) => untilSeen(spawn('cat', { env: { ...process.env, PLANTED: text } }), text),
    },
    {
      name: 'what the application starts',
      find: textOf('a child', async () => (await children()).join('\n')),
      plant: (text) =>
        app.app.evaluate((_, value) => {
          const { getBuiltinModule } = process as unknown as { getBuiltinModule(name: string): unknown };
          const programs = getBuiltinModule('node:child_process') as {
            spawn(program: string, words: string[]): unknown;
          };
          programs.spawn('true', [value]);
        }, text),
    },
    {
      name: 'notifications and tray',
      find: textOf('what the desktop shows', async () =>
        JSON.stringify([await app.desktop.notifications(), await app.desktop.tray()]),
      ),
      plant: (text) =>
        app.app.evaluate(
          ({ Notification }, body) => new Notification({ title: 'Planted', body }).show(),
          text,
        ),
    },
    {
      name: 'the rows of the database, the audit among them',
      find: (which) =>
        rows().flatMap(([table, row]) => inText(which, `the table ${table}: ${row.slice(0, 80)}`, row)),
      plant: async (text) => {
        await person.openPemForm(text, site.ssh.inline, site.pemPath);
        await person.fill({ user: site.ssh.inline.user });
        await person.type('password', site.the('the password of an endpoint'));
        await person.addEndpoint();
      },
    },
    {
      name: 'any file of the person',
      find: (which) => inFiles(which, app.desktop.home).found,
      plant: (text) => writeFileSync(join(app.dataDirectory, 'desktop', 'planted'), text),
    },
    {
      name: 'the common temporary directory',
      find: temporaryFiles,
      plant: (text) => {
        writeFileSync(temporaryControl, text);
        chownSync(temporaryControl, ownUid(), -1);
      },
    },
  ];

  async function readClipboards(): Promise<string> {
    const both = await app.app.evaluate(({ clipboard }) => {
      const read = clipboard.readText.bind(clipboard) as (which: string) => Promise<string> | string;
      return Promise.all([read('clipboard'), read('selection')]);
    });
    return both.join('\n');
  }

  test.each(places)('are not in $name, where a control is found', async ({ find, plant }) => {
    expect(await find(search)).toEqual([]);
    const one = mark('the control');
    await plant(one.value);
    await expect.poll(async () => (await find(searchFor([one]))).join(), soon).toContain('the control');
  });

  test('are not in the hands of any script, where controls are found: texts, fields and bytes', async () => {
    expect(await held(search)).toEqual([]);
    const planted = Object.fromEntries(
      ['text', 'pieces', 'deep', 'name', 'field'].map((one) => [one, mark(`the ${one}`)]),
    );
    const value = (one: string): string => JSON.stringify(planted[one]?.value);
    const parts = JSON.stringify(planted.pieces?.value.match(/.{1,15}/g));
    await page.evaluate(`globalThis.text = ${value('text')}`);
    await page.evaluate(`globalThis.pieces = ${parts}.reduce((all, one) => all + one, '')`);
    await page.evaluate(`globalThis.deep = 'x'.repeat(5000) + ${value('deep')}`);
    await page.evaluate(`globalThis.names = { [${value('name')}]: true }`);
    await page.evaluate(
      `globalThis.field = Object.assign(document.createElement('input'), { value: ${value('field')} })`,
    );
    await page.evaluate('globalThis.bytes = new Uint8Array(37)');
    const found = await held(searchFor(Object.values(planted)));
    for (const { door } of Object.values(planted)) expect(found.join('\n')).toContain(`${door} in`);
    expect(found.join('\n')).toMatch(
      /a buffer of 37 bytes in the page:[^@]+Window[^@]+@\d+\s+property bytes/,
    );
    const text = found.find((one) => one.startsWith('the text in') && one.includes('property text'));
    expect(text).toContain('property text → string');
  });

  test('the search of the files reads database, WAL, log, copies and the storages of Chromium', () => {
    const { found, files } = inFiles(searchFor([control]), app.desktop.home);
    const below = `${app.dataDirectory}/`;
    const names = files.filter((path) => path.startsWith(below)).map((path) => path.slice(below.length));
    expect(names).toEqual(
      expect.arrayContaining([
        ...['trustkeep.db', 'trustkeep.db-wal', 'trustkeep.db-shm', 'desktop/logs/trustkeep.log'],
        expect.stringMatching(/^backups\/trustkeep\.db-\d+\.backup$/),
        expect.stringMatching(/^desktop\/Local Storage\/leveldb\/.+\.log$/),
      ]),
    );
    expect(files).toContain(join(app.desktop.home, 'everything.trustkeep'));
    expect(found.join('\n')).toMatch(/trustkeep\.db-wal|trustkeep\.db$/m);
    expect(found.join('\n')).toMatch(/\.backup$/m);
    const log = readFileSync(join(app.dataDirectory, 'desktop/logs/trustkeep.log'), 'utf8');
    expect(log).toMatch(/ debug .*read credential/);
    expect(watch.looks()).toBeGreaterThan(1_000);
    for (const program of [/electron.*--type=renderer/s, /--type=zygote/, /sudo/, /nginx/])
      expect([program, watch.seen().some((one) => one.startsWith('cmdline: ') && program.test(one))]).toEqual(
        [program, true],
      );
  });

  // ── breaking ──────────────────────────────────────────────────────────────────────────────────────────────────

  test('are in no report of a crash: of the window with a password in its field, of the agent', async () => {
    await person.openPemForm('crash', site.ssh.inline, site.pemPath);
    await person.type('password', site.the('a password typed when the window broke'));
    const { home } = app.desktop;
    const [main, dumps] = await app.app.evaluate(({ app, crashReporter }) => {
      if (crashReporter.getUploadToServer()) throw new Error('reports of crashes are sent');
      return [process.pid, app.getPath('crashDumps')] as const;
    });
    const window = await app.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    );
    for (const pid of [main, window]) await allowCores(pid);
    const cores = (): string[] =>
      inFiles(search, home).files.filter((path) => /core[^/]*$|\.dmp$/.test(path) && !path.includes('Cache'));

    // the kernel writes cores here, unless it hands them to a program, and what was in memory is found in them
    const written = !readFileSync('/proc/sys/kernel/core_pattern', 'utf8').startsWith('|');
    const one = mark('the control');
    await breakChild(one.value);
    expect(inFiles(searchFor([one]), home).found.length).toBe(written ? 1 : 0);
    for (const path of cores()) rmSync(path);

    const broken = page.waitForEvent('crash');
    void session.send('Page.crash').catch(() => {});
    await broken;
    const gone = once(app.app.process(), 'exit');
    void app.app.evaluate(() => process.crash()).catch(() => {});
    await gone;
    expect(cores().length).toBe(written ? 1 : 0);
    for (const path of cores()) expect(statSync(path).size).toBeLessThan(64 * 1024 ** 2);
    expect(inFiles(search, home).found).toEqual([]);
    expect(temporaryFiles(search)).toEqual([]);
    if (existsSync(dumps)) expect(inFiles(search, dumps).files.join()).not.toMatch(/\.dmp/);
  });

  /** The limit of most machines is none, but what gathers reports of crashes asks for whole ones. */
  async function allowCores(pid: number): Promise<void> {
    const [program = '', ...words] = runAs(app.account, [
      'prlimit',
      '--pid',
      String(pid),
      '--core=unlimited',
    ]);
    const { code, stderr } = await exec({ argv: [program, ...words], timeoutMs: 5_000 });
    expect(stderr.toString()).toBe('');
    expect(code).toBe(0);
    const filter = readFileSync(`/proc/${pid}/coredump_filter`, 'utf8');
    expect(Number.parseInt(filter, 16)).toBe(0x10);
  }

  async function breakChild(secret: string): Promise<void> {
    const [program = '', ...words] = runAs(app.account, ['sh', '-c', 'ulimit -c unlimited; kill -SEGV $$']);
    const env = { ...app.desktop.env, PLANTED: secret };
    await once(spawn(program, words, { cwd: app.desktop.home, env, stdio: 'ignore' }), 'exit');
  }
});
