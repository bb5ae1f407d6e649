/**
 * The attack: read everything that is not locked away. A marked secret goes in through every door (command line, standard
 * input, file, key file with passphrase, EAB key, passphrase of the store, credentials, vaults, proxy, backups), others are
 * made inside (recovery keys, root key, keys for certificates) or given by vaults. The main job runs over real SSH with the log at its most talkative, and much of it fails.
 * Then every place that somebody may see is searched for every marker, in every writing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { silentLog } from '#kit/log.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import { openDatabase, openDriver } from '../../electron/database/open.ts';
import { keyFileKeychain } from '../../electron/secrets/key-file.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { osKeychain } from '../../electron/secrets/os-keychain.ts';
import { passphraseKeychain } from '../../electron/secrets/passphrase.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { type Client, connectLocally, failureOf } from '../../electron/transport/client.ts';
import { type Site, startSite } from '../integration/certify/site.ts';
import { credentialDoors, type Hands } from './credential-doors.ts';
import { foundBelow, foundIn, type Marker, markerOf, watchProcesses } from './markers.ts';
import { type Plant, type PlantedPeers, startPlantedPeers } from './planted-peers.ts';

const mark = (door: string): string => `Pl4nted-${door}-${randomBytes(9).toString('hex')}`;

const secrets = {
  'right password on the command line': mark('argv'),
  'wrong password on standard input': mark('stdin'),
  'wrong password on the command line': mark('wrong'),
  'passphrase of the ssh key, by file': mark('phrase'),
  'wrong passphrase of the ssh key': mark('nophrase'),
  'eab hmac key, by file': randomBytes(32).toString('base64url'),
  'eab hmac key on the command line': randomBytes(32).toString('base64url'),
  'passphrase of the store': mark('store'),
  'second passphrase of the store': mark('store2'),
  'passphrase of the backup': mark('backup'),
  'wrong passphrase of the backup': mark('nobackup'),
  'wrong passphrase of the store': mark('nostore'),
  'wrong recovery key': mark('recovery'),
};

describe.runIf(canRunSshd() && have('nginx') && have('sudo'))('planted secrets', () => {
  let program: Bundle;
  let directory: ReturnType<typeof tempDirectory>;
  let site: Site;
  let asRoot: Sshd;
  let asUser: Sshd;
  let agent: ChildProcess | null = null;
  const heard: string[] = [];
  let client: Client | null = null;
  const markers: Marker[] = Object.entries(secrets).map(([door, value]) => markerOf(door, value));
  let watch: ReturnType<typeof watchProcesses>;
  let peers: PlantedPeers;
  const planted = new Map<string, string>(Object.entries(secrets));
  const plant: Plant = (door, value = mark('door')) => {
    planted.set(door, value);
    markers.push(markerOf(door, value));
    return value;
  };
  const the = (door: string): string => planted.get(door) ?? '';

  beforeAll(async () => {
    program = await quickStarting('electron/cli.ts');
    directory = tempDirectory('planted');
    const password = secrets['right password on the command line'];
    [site, asRoot, asUser] = await Promise.all([
      startSite(),
      startSshd(),
      startSshd({ user: { password, sudo: 'password' } }),
    ]);
    peers = await startPlantedPeers(plant, { user: asUser.user, password });
  });
  afterAll(async () => {
    if (agent !== null && agent.exitCode === null) {
      const gone = new Promise((done) => agent?.once('exit', done));
      agent.kill('SIGKILL');
      await gone;
    }
    await peers?.stop();
    await site?.nginx.stop();
    await asRoot?.stop();
    await asUser?.stop();
    directory?.remove();
    await program?.remove();
  });

  const data = () => join(directory.path, 'data');
  const environment = () => ({ PATH: process.env.PATH ?? '', HOME: directory.path, LC_ALL: 'C.UTF-8' });

  /** Runs the command line as a person would; what it says is heard. */
  function trustkeep(args: string[], stdin = ''): Promise<{ code: number | null; out: string }> {
    return new Promise((done, fail) => {
      const argv = [program.path, ...args, '--json', '--data-directory', data()];
      const child = spawn(process.execPath, argv, { env: environment(), stdio: 'pipe' });
      if ([...planted.values()].some((value) => args.includes(value))) watch.allow(child.pid);
      let [out, error] = ['', ''];
      child.stdout.on('data', (part) => {
        out += part;
      });
      child.stderr.on('data', (part) => {
        error += part;
      });
      child.once('error', fail);
      child.once('close', (code) => {
        // the recovery key is shown once, on purpose
        heard.push(`${args[0]} ${args[1]}: ${args[1] === 'recovery-key' ? '' : out}${error}`);
        done({ code, out });
      });
      child.stdin.end(stdin);
    });
  }

  async function mustWork(args: string[], stdin = ''): Promise<Record<string, unknown>> {
    const { code, out } = await trustkeep(args, stdin);
    if (code !== 0) throw new Error(`${args.slice(0, 3).join(' ')} ended with ${code}: ${heard.at(-1)}`);
    return JSON.parse(out === '' ? '{}' : out);
  }

  async function mustFail(args: string[], stdin = ''): Promise<void> {
    const { code } = await trustkeep(args, stdin);
    if (code === 0) throw new Error(`${args.slice(0, 3).join(' ')} should have failed`);
  }

  async function startAgent(): Promise<void> {
    const argv = [
      program.path,
      'run',
      '--log-level',
      'debug',
      '--proof_seconds',
      '20',
      '--data-directory',
      data(),
    ];
    const child = spawn(process.execPath, argv, { env: environment(), stdio: 'pipe' });
    agent = child;
    const ready = Promise.withResolvers<void>();
    let said = '';
    const take = (part: Buffer): void => {
      heard.push(part.toString());
      said = `${said.slice(-100)}${part}`;
      if (said.includes('is ready')) ready.resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => ready.reject(new Error(`the agent ended with ${code}: ${heard.slice(-3)}`)));
    await ready.promise;
  }

  async function restart(): Promise<void> {
    client = null;
    const gone = new Promise((done) => agent?.once('exit', done));
    await trustkeep(['stop']);
    await gone;
    await startAgent();
  }

  /** A file of the managed host that a credential of a store opens. */
  async function logsIn(name: string, store: string, credential: string): Promise<void> {
    const { taskId } = await mustWork([
      ...['tls', 'add', 'pem', '--name', name, '--path', join(site.nginx.dir, 'tls/shop.crt')],
      ...['--connection_type', 'ssh', '--host', asUser.host, '--port', String(asUser.port)],
      ...['--store', store, '--store_cred_id', credential],
    ]);
    expect(await until(String(taskId), ended)).toBe('succeeded');
  }

  function inFile(name: string, text: string): string {
    const path = join(directory.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** The same socket that the command line uses, without starting it each time; answers are heard too. */
  async function asked<T>(call: (client: Client) => Promise<T>): Promise<T> {
    client ??= await connectLocally(data(), 'tester');
    if (client === null) throw new Error('no agent answers');
    const answer = await call(client);
    heard.push(JSON.stringify(answer));
    return answer;
  }

  async function certify(
    node: string,
    more: { key_place?: 'agent'; authority?: string; names?: string[] } = {},
  ): Promise<string> {
    const { taskId } = await asked((client) => client.certificates.request({ node, ...more }));
    await until(taskId, ['waiting']);
    await asked((client) => client.approvals.approve({ approval: taskId }));
    return taskId;
  }

  /** Reads the row itself: starting the command line for each look would take the whole minute. */
  async function until(taskId: string, states: string[]): Promise<string> {
    const { state } = await rowOf(taskId, ({ state }) => states.includes(state));
    return state;
  }

  async function rowOf(
    taskId: string,
    fits: (row: { state: string; waitingFor: string }) => boolean,
  ): Promise<{ state: string; waitingFor: string }> {
    const driver = openDriver(join(data(), 'trustkeep.db'), { readonly: true });
    let row = { state: '', waitingFor: '' };
    try {
      for (let turn = 0; turn < 2_400; turn++) {
        const found = driver.get('SELECT state, waiting_for FROM tasks WHERE id = ?', [taskId]);
        row = { state: String(found?.state), waitingFor: String(found?.waiting_for) };
        if (fits(row)) return row;
        await systemClock.sleep(50);
      }
      throw new Error(`task ${taskId} stayed ${JSON.stringify(row)}`);
    } finally {
      driver.close();
    }
  }

  /** It was approved, tried, and waits for the next try. */
  async function refusedByAuthority(taskId: string): Promise<void> {
    await rowOf(taskId, ({ state, waitingFor }) => state === 'waiting' && waitingFor !== 'approval');
  }

  /** The next try may have begun meanwhile: it can be cancelled after it. */
  async function cancel(task: string): Promise<void> {
    for (;;) {
      const failure = await asked((client) => client.tasks.cancel({ task })).then(() => null, failureOf);
      if (failure === null) return;
      if (failure.code !== 'task.busy') throw failure;
      await systemClock.sleep(50);
    }
  }

  const ended = ['succeeded', 'succeeded-with-warnings', 'failed', 'cancelled'];

  const reach = (sshd: Sshd): string[] => [
    ...['--connection_type', 'ssh', '--host', sshd.host, '--port', String(sshd.port), '--user', sshd.user],
  ];
  const nginx = (name: string): string[] => [
    ...['tls', 'add', 'nginx', '--name', name, '--nginx_config_path', site.nginx.configPath],
  ];

  test('are found nowhere but where they were put', { timeout: 600_000 }, async () => {
    const phrase = secrets['passphrase of the ssh key, by file'];
    const keyPath = join(directory.path, 'ssh-key');
    writeFileSync(keyPath, asRoot.privateKeyPem, { mode: 0o600 });
    await exec({
      argv: ['ssh-keygen', '-q', '-p', '-P', '', '-N', phrase, '-f', keyPath],
      timeoutMs: 20_000,
    });
    markers.push(markerOf('the ssh key', readFileSync(keyPath, 'utf8')));
    markers.push(markerOf('the ssh key without its passphrase', asRoot.privateKeyPem));
    watch = watchProcesses(markers);
    await startAgent();

    await mustWork(
      ['secrets', 'choose', 'passphrase', '--passphrase-stdin'],
      secrets['passphrase of the store'],
    );
    const { recoveryKey } = await mustWork(['secrets', 'recovery-key']);
    markers.push(markerOf('the recovery key', String(recoveryKey)));
    await mustFail(['secrets', 'recover', '--recovery_key-stdin'], secrets['wrong recovery key']);

    const acme = ['authorities', 'add', 'acme', '--directory_url', 'https://127.0.0.1:9/directory'];
    const eab = ['--eab_key_id', 'kid-1', '--agree_to_terms', '--validation', 'http-01-agent'];
    await mustWork([
      ...[...acme, ...eab, '--name', 'nowhere'],
      ...['--eab_hmac_key-file', inFile('hmac', secrets['eab hmac key, by file'])],
    ]);
    await mustWork([
      ...['authorities', 'update', 'nowhere'],
      ...['--eab_hmac_key', secrets['eab hmac key on the command line']],
    ]);
    await trustkeep(['authorities', 'test', 'nowhere']);

    const wrongPassword = secrets['wrong password on standard input'];
    await mustFail([...nginx('web2'), ...reach(asUser), '--password-stdin'], wrongPassword);
    await mustFail([
      ...nginx('web2'),
      ...reach(asUser),
      '--password',
      secrets['wrong password on the command line'],
    ]);
    const withKey = ['--ssh_key_path', keyPath, '--ssh_key_password-file'];
    await mustFail([
      ...[...nginx('web1'), ...reach(asRoot), ...withKey],
      inFile('nophrase', secrets['wrong passphrase of the ssh key']),
    ]);
    const first = await mustWork([...nginx('web1'), ...reach(asRoot), ...withKey, inFile('phrase', phrase)]);
    await mustWork([
      ...[...nginx('web2'), ...reach(asUser)],
      ...['--password', secrets['right password on the command line']],
    ]);
    await until(String(first.taskId), ended);

    // keys on the target, then in the agent; then a script that tells all it knows, and fails
    expect(await until(await certify('web1/shop.example'), ended)).toBe('succeeded');
    markers.push(markerOf('the key made on the target', siteKey()));
    expect(await until(await certify('web2/shop.example', { key_place: 'agent' }), ended)).toBe('succeeded');
    markers.push(markerOf('the key made in the agent', siteKey()));
    const script = inFile(
      'tells-all',
      `#!/bin/sh\necho "$@"; env; cat; cat /proc/self/cmdline; set >&2; exit 3\n`,
    );
    chmodSync(script, 0o755);
    const pem = [
      '--path',
      join(site.nginx.dir, 'tls/shop.crt'),
      '--key_path',
      join(site.nginx.dir, 'tls/shop.key'),
    ];
    const third = await mustWork(
      [
        ...['tls', 'add', 'pem', '--name', 'file', ...pem, ...reach(asUser), '--restart_script', script],
        ...['--install_script', script, '--password-stdin'],
      ],
      secrets['right password on the command line'],
    );
    await until(String(third.taskId), ended);
    expect(await until(await certify('file/shop.crt', { key_place: 'agent' }), ended)).toBe('failed');
    // an authority that cannot be reached, and one whose order is given up
    const lost = await certify('web1/shop.example', { authority: 'nowhere', names: ['lost.example'] });
    await refusedByAuthority(lost);
    await cancel(lost);

    const hands: Hands = {
      ...{ plant, the, mustWork, mustFail, trust: trustkeep, inFile, logsIn, peers },
      ...{
        key: { path: keyPath, passphrase: phrase },
        password: secrets['right password on the command line'],
      },
    };
    for (const open of Object.values(credentialDoors)) await open(hands);

    for (const call of everything(lost)) await asked(call);
    await mustWork(['tasks', 'show', lost]);
    await mustFail(['secrets', 'rotate']);
    const again = secrets['second passphrase of the store'];
    await mustWork(['secrets', 'rotate', '--passphrase-file', inFile('again', again)]);
    const { recoveryKey: newer } = await mustWork(['secrets', 'recovery-key']);
    markers.push(markerOf('the recovery key after the rotation', String(newer)));
    await restart();
    await mustFail(['secrets', 'unlock', '--passphrase-stdin'], secrets['passphrase of the store']);
    await mustWork(['secrets', 'unlock', '--passphrase-stdin'], again);

    const backup = join(directory.path, 'all.backup');
    const ofBackup = secrets['passphrase of the backup'];
    await mustWork(['backup', 'create', backup, '--passphrase-file', inFile('backup-phrase', ofBackup)]);
    const wrong = secrets['wrong passphrase of the backup'];
    await mustFail(['backup', 'restore', backup, '--passphrase', wrong]);
    await mustWork(['backup', 'restore', backup, '--passphrase-stdin'], ofBackup);
    expect(foundBelow(data(), markers, /\.lock$/)).toEqual([]); // also in what waits
    await restart();
    await mustFail(['secrets', 'unlock', '--passphrase-stdin'], secrets['wrong passphrase of the store']);
    await mustWork(['secrets', 'unlock', '--passphrase-stdin'], ofBackup);
    markers.push(...(await sealed()));
    await mustWork(['audit', 'verify']);

    const processes = watch.stop();
    expect(processes.looked).toBeGreaterThan(1_000);
    expect([...processes.seen].some((one) => one.includes('sudo'))).toBe(true); // it did look while programs ran
    expect(processes.found).toEqual([]);
    expect(markers.length).toBeGreaterThan(16);
    // what was planted is really found where it lies open: the search works
    expect(foundBelow(site.nginx.dir, markers, /\.log$/)).toContainEqual(
      expect.stringContaining('made in the agent'),
    );
    expect(foundIn('what was said and logged', heard.join('\n'), markers)).toEqual([]);
    expect(heard.join('\n')).toContain(' debug ');
    expect(foundBelow(data(), markers, /\.lock$/)).toEqual([]);
    expect(openToOthers(data())).toEqual([]);
    expect(readdirSync(data()).filter((name) => /before-restore/.test(name)).length).toBeGreaterThan(0);
    expect(foundIn('the backup', readFileSync(backup), markers)).toEqual([]);
    expect(foundIn('the rows', rows(), markers)).toEqual([]);
    const errorLog = await site.nginx.errorLog();
    expect(
      foundIn('the log of the target', `${errorLog}${asUser.output()}${asRoot.output()}`, markers),
    ).toEqual([]);
  });

  const siteKey = (): string => readFileSync(join(site.nginx.dir, 'tls/shop.key'), 'utf8');

  /** All that is sealed, opened with the passphrase: it must be nowhere in clear either. */
  async function sealed(): Promise<Marker[]> {
    const masterKey = new MasterKey({
      keychains: { os: () => osKeychain(), keyFile: keyFileKeychain, passphrase: passphraseKeychain },
      defaultKeyFile: join(data(), 'master.key'),
      log: silentLog,
    });
    const path = join(data(), 'trustkeep.db');
    const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: masterKey });
    masterKey.attach(database.meta);
    await masterKey.unlock(Secret.of(secrets['passphrase of the backup']));
    const driver = openDriver(path, { readonly: true });
    try {
      const names = driver.all('SELECT owner, name FROM secrets', []);
      expect(names.length).toBeGreaterThan(4);
      return names.flatMap(({ owner, name }) => {
        // which plan was approved is sealed against forging; it is no secret
        if (name === 'yes') return [];
        const value = database.secrets.open(String(owner), String(name))?.text() ?? '';
        return [markerOf(`sealed ${name}`, value)];
      });
    } finally {
      driver.close();
      database.close();
    }
  }

  /** Every column of every table, as text, but the sealed ones. */
  function rows(): string {
    const driver = openDriver(join(data(), 'trustkeep.db'), { readonly: true });
    try {
      const tables = driver.all("SELECT name FROM sqlite_master WHERE type = 'table'", []);
      return tables.map(({ name }) => JSON.stringify(driver.all(`SELECT * FROM "${name}"`, []))).join('\n');
    } finally {
      driver.close();
    }
  }
});

/** Every question that shows something. */
function everything(task: string): ((client: Client) => Promise<unknown>)[] {
  return [
    (client) => client.endpoints.list({}),
    (client) => client.endpoints.show({ endpoint: 'web1' }),
    (client) => client.endpoints.probe({ endpoint: 'web2' }),
    (client) => client.nodes.list({}),
    (client) => client.nodes.show({ node: 'web1/shop.example' }),
    (client) => client.certificates.list({}),
    (client) => client.certificates.preview({ node: 'web2/shop.example' }),
    (client) => client.orders.list({}),
    (client) => client.tasks.list({ limit: 1000 }),
    (client) => client.tasks.show({ task }),
    (client) => client.approvals.list({ states: ['pending', 'approved', 'rejected', 'superseded'] }),
    (client) => client.authorities.list({}),
    (client) => client.authorities.show({ authority: 'nowhere' }),
    (client) => client.authorities.root({ authority: 'trustkeep-local' }),
    (client) => client.notifications.list({}),
    (client) => client.audit.list({ limit: 1000 }),
    (client) => client.secrets.state({}),
    (client) => client.settings.show({}),
    (client) => client.credentialStores.list({}),
    (client) => client.proxy.get({}),
    (client) => client.agent.status({}),
    (client) => client.agent.overview({}),
  ];
}

/** Files and directories below that somebody but their owner may read, write or enter. */
function openToOthers(directory: string): string[] {
  const below = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(directory, name),
  );
  const mode = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0; // or gone meanwhile
  return [directory, ...below].filter((path) => (mode(path) & 0o077) !== 0);
}
