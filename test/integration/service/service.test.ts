import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type BootedMachine, bootMachine, canBoot } from '#test/servers/booted-systemd.ts';
import { programAt as at, installProgram, programWords } from '#test/servers/installed-program.ts';

// A machine that systemd started, with this very program installed for root alone.
const possible = process.getuid?.() === 0 && (await canBoot());
const data = '/var/lib/trustkeep';
const site = '/etc/nginx-own';
const soon = { timeout: 60_000, interval: 100 };

describe.skipIf(!possible)('the service', () => {
  let machine: BootedMachine;

  beforeAll(async () => {
    machine = await bootMachine(async (root) => {
      await installProgram(root);
      writeSite(join(root, site));
    });
  });
  afterAll(() => machine?.stop());

  const trustkeep = (line: string, user?: string): Promise<Answer> =>
    machine.run([...programWords, ...line.split(' ')], user === undefined ? {} : { user });
  const state = async (): Promise<Record<string, unknown>> =>
    JSON.parse((await trustkeep('service status --json')).stdout);
  const wellOr = ({ code, stdout, stderr }: Answer): string => {
    if (code !== 0) throw new Error(stdout + stderr);
    return stdout + stderr;
  };
  const inside = (path: string) => join(machine.root, path);
  const ofProcess = async (name: string): Promise<string> => {
    const { processId } = await state();
    const { stdout } = await machine.run(['grep', `^${name}:`, `/proc/${processId}/status`]);
    return stdout.split(/\s+/)[1] ?? '';
  };

  test('is not there before it is installed, and only root may install it', async () => {
    const before = await trustkeep('service status');
    expect([before.code, before.stdout]).toEqual([1, 'The service is not installed.\n']);
    const denied = await trustkeep('service install', 'nobody');
    expect([denied.code, denied.stderr]).toEqual([
      1,
      expect.stringContaining('Only root may change the services'),
    ]);
    const early = await trustkeep('service stop');
    expect([early.code, early.stderr]).toEqual([5, expect.stringContaining('The service is not installed.')]);
  });

  test('refuses a program that another account can replace', async () => {
    await machine.run(['cp', '-a', at, '/opt/open']);
    await machine.run(['chmod', '777', '/opt/open']);
    const { code, stderr } = await machine.run([
      '/opt/open/node',
      '/opt/open/entry.js',
      'service',
      'install',
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('other accounts can change /opt/open.')]);
    expect(await state()).toMatchObject({ installed: false });
  });

  test('runs under systemd as an account of its own, and is ready when the command returns', async () => {
    const installed = await trustkeep('service install');
    expect(installed.stderr).toContain('The service runs as trustkeep, with its data in /var/lib/trustkeep.');
    expect([installed.code, installed.stdout]).toEqual([
      0,
      expect.stringContaining('The service is running since'),
    ]);
    expect(await state()).toMatchObject({
      manager: 'systemd',
      running: true,
      startsAtBoot: true,
      account: 'trustkeep',
    });
    const verified = await machine.run([
      'systemd-analyze',
      'verify',
      '/etc/systemd/system/trustkeep.service',
    ]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    expect((await trustkeep('status --system')).code).toBe(0);
  });

  test('has the rights of the unit and no more', async () => {
    expect(await ofProcess('NoNewPrivs')).toBe('1');
    expect(await ofProcess('Seccomp')).toBe('2');
    expect(await ofProcess('CapEff')).toBe((1n << 10n).toString(16).padStart(16, '0')); // CAP_NET_BIND_SERVICE
    const { processId } = await state();
    const mounts = await machine.run(['cat', `/proc/${processId}/mountinfo`]);
    const options = (path: string) =>
      mounts.stdout
        .split('\n')
        .find((line) => line.split(' ')[4] === path)
        ?.split(' ')[5];
    expect(options('/')).toMatch(/^ro\b/);
    expect(options(data)).toMatch(/^rw\b/);
    const key = statSync(inside('/etc/trustkeep/master.key'));
    expect([key.uid, key.mode & 0o777]).toEqual([0, 0o600]);
    const database = statSync(inside(`${data}/trustkeep.db`));
    expect([database.uid === 0, database.mode & 0o777]).toEqual([false, 0o600]);
    const peek = await trustkeep('status --system', 'nobody');
    expect([peek.code, peek.stderr]).toEqual([1, expect.stringContaining('not allowed')]);
  });

  test('opens its secrets with the key that systemd hands over, after each start', async () => {
    const add = 'credstore credentials add trustkeep-store web --system --username deploy --password-stdin';
    const added = await machine.run([...programWords, ...add.split(' ')], {
      stdin: 'correct horse',
    });
    expect([added.code, added.stderr]).toEqual([0, '']);
    expect((await trustkeep('service restart')).code).toBe(0);
    const secrets = JSON.parse((await trustkeep('secrets state --system --json')).stdout);
    expect(secrets).toMatchObject({ state: 'ready', kind: 'key-file' });
    const rotated = await trustkeep('secrets rotate --system');
    expect([rotated.code, rotated.stderr]).toEqual([1, expect.stringContaining('may only read it')]);
  });

  test('is started again after a kill', async () => {
    const before = await state();
    await machine.run(['kill', '-KILL', String(before.processId)]);
    const again = async () => {
      const { running, processId } = await state();
      return running === true && processId !== before.processId;
    };
    await expect.poll(again, soon).toBe(true);
    expect((await trustkeep('status --system')).code).toBe(0);
  });

  test('lets the members of a group call it, and no one else', async () => {
    await machine.run(['groupadd', 'certadmins']);
    await machine.run(['useradd', '--create-home', '--groups', 'certadmins', 'alice']);
    await machine.run(['useradd', '--create-home', 'bob']);
    expect((await trustkeep('service install --group nobodies')).stderr).toContain('There is no group');
    expect((await trustkeep('service install --group certadmins')).code).toBe(0);
    const shared = await machine.run(['stat', '-c', '%U:%G %a', '/run/trustkeep']);
    expect(shared).toMatchObject({ stdout: 'trustkeep:certadmins 750\n' });
    expect((await trustkeep('status --system', 'alice')).code).toBe(0);
    const denied = await trustkeep('status --system', 'bob');
    expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('not allowed')]);
    expect((await trustkeep('status --system')).code).toBe(0);
  });

  test('keeps data, key and account when it is installed again, and takes other options', async () => {
    const key = readFileSync(inside('/etc/trustkeep/master.key'), 'utf8');
    const again = await trustkeep(`service install --writable ${site}`);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('The service runs as root')]);
    expect(readFileSync(inside('/etc/trustkeep/master.key'), 'utf8')).toBe(key);
    const listed = await trustkeep('credstore credentials list trustkeep-store --system --json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ items: [{ id: 'web' }] });
  });

  test('runs on as it was when an installation over it is refused', async () => {
    const unit = () => readFileSync(inside('/etc/systemd/system/trustkeep.service'), 'utf8');
    const before = unit();
    mkdirSync(inside('/opt/refusing'));
    const refusing = '#!/bin/sh\n[ "$1" = enable ] && exit 1\nexec /usr/bin/systemctl "$@"\n';
    writeFileSync(inside('/opt/refusing/systemctl'), refusing, { mode: 0o755 });
    const words = ['env', 'PATH=/opt/refusing:/usr/sbin:/usr/bin:/sbin:/bin', ...programWords];
    const again = await machine.run([...words, 'service', 'install', '--account', 'bob']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('could not be enabled')]);
    expect(await state()).toMatchObject({ running: true, account: 'root' });
    expect([statSync(inside(`${data}/trustkeep.db`)).uid, unit()]).toEqual([0, before]);
    expect((await trustkeep('status --system')).code).toBe(0);
  });

  test('installs on an nginx of its machine, with its unit and without', async () => {
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const files = ['-keyout', `${site}/site.key`, '-out', `${site}/site.crt`];
    await machine.run(['openssl', 'req', '-x509', ...ec, ...files, '-subj', '/CN=site.example']);
    const start = (...properties: string[]) =>
      machine.run([
        ...[
          'systemd-run',
          '--unit=own-nginx',
          '--property=Type=forking',
          '--property=PIDFile=/run/nginx-own.pid',
        ],
        ...properties.map((one) => `--property=${one}`),
        ...['nginx', '-c', `${site}/nginx.conf`],
      ]);
    expect(await start()).toMatchObject({ code: 0 });
    const options = `--nginx_config_path ${site}/nginx.conf --auto_approve --system`;
    const added = await trustkeep(`tls add nginx --name web ${options}`);
    expect([added.code, added.stderr]).toEqual([0, '']);
    expect((await trustkeep('tls discover web --wait --system')).code).toBe(0);
    const installed = await trustkeep('certificates request web/site.example --wait --system');
    expect(wellOr(installed)).toContain('prove');
    const served = ['openssl', 's_client', '-connect', '127.0.0.1:18443', '-servername', 'site.example'];
    expect((await machine.run(served, { stdin: '' })).stdout).toContain('issuer=CN = Trustkeep');
    // the unit above cannot be reloaded, so nginx tells its master; this one can, so systemd does
    await machine.run(['systemctl', 'stop', 'own-nginx']);
    expect(await start(`ExecReload=/usr/sbin/nginx -c ${site}/nginx.conf -s reload`)).toMatchObject({
      code: 0,
    });
    const plan = await trustkeep('certificates request web/site.example --dry-run --system');
    expect(plan.stdout).toContain('systemctl reload own-nginx.service');
    expect(wellOr(await trustkeep('certificates renew web/site.example --wait --system'))).toContain('prove');
  });

  test('is stopped, and removed without its data', async () => {
    expect((await trustkeep('service stop')).code).toBe(0);
    const stopped = await trustkeep('service status');
    expect([stopped.code, stopped.stdout]).toEqual([1, expect.stringContaining('The service is stopped.')]);
    const removed = await trustkeep('service remove');
    expect([removed.code, removed.stderr]).toEqual([0, expect.stringContaining(`The data in ${data}`)]);
    expect(existsSync(inside('/etc/systemd/system/trustkeep.service'))).toBe(false);
    expect(existsSync(inside(`${data}/trustkeep.db`))).toBe(true);
  });

  test('runs by an init script where there is no systemd', async () => {
    const installed = await trustkeep('service install --manager sysv');
    expect([installed.code, installed.stderr]).toEqual([0, expect.stringContaining(`${data}/master.key`)]);
    const script = await machine.run(['sh', '-n', '/etc/init.d/trustkeep']);
    expect([script.code, script.stderr]).toEqual([0, '']);
    const answer = await machine.run(['/etc/init.d/trustkeep', 'status']);
    expect(answer.code).toBe(0);
    expect((await trustkeep('status --system')).code).toBe(0);
    expect((await machine.run(['/etc/init.d/trustkeep', 'restart'])).code).toBe(0);
    expect((await machine.run(['/etc/init.d/trustkeep', 'stop'])).code).toBe(0);
    expect((await machine.run(['/etc/init.d/trustkeep', 'status'])).code).toBe(3);
    expect((await trustkeep('service start --manager sysv')).code).toBe(0);
    wellOr(await trustkeep('service install --manager sysv --data-directory /srv/own'));
    const removed = await trustkeep('service remove --manager sysv');
    expect([removed.code, removed.stderr]).toEqual([0, expect.stringContaining('The data in /srv/own and')]);
    expect(existsSync(inside('/etc/init.d/trustkeep'))).toBe(false);
    expect((await machine.run(['sh', '-c', 'ls /etc/rc2.d'])).stdout).not.toContain('trustkeep');
  });
});

/** An nginx with one server block, whose certificate nobody renews. */
function writeSite(folder: string): void {
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid /run/nginx-own.pid; events {} http { server { listen 127.0.0.1:18443 ssl; server_name site.example;
  ssl_certificate ${site}/site.crt; ssl_certificate_key ${site}/site.key; } }\n`,
  );
}
