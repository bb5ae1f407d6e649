import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentStatus } from '#shared/contract/agent.ts';
import type { Task } from '#shared/model/task.ts';
import { canContain } from '../servers/podman.ts';
import { AgentContainer, account } from './agent-container.ts';
import { thisVersion } from './packaged.ts';

// The image as `docker build` makes it of what the packing lays down, and the compose file as it is, run by podman.
const next = '0.1.99';
const soon = { timeout: 60_000, interval: 200 };
const phrase = 'correct horse battery';
const ownNode = '/opt/Trustkeep/resources/cli/node';

describe.skipIf(!(await canContain()))('the agent in a container', () => {
  const key = randomBytes(32).toString('base64');
  let folder: string;
  let box: AgentContainer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trustkeep-container-'));
    box = new AgentContainer(folder);
    box.unpack(await box.build(thisVersion, 'latest'));
    await box.build(next, 'next');
    box.keepKey(key);
  }, 300_000);

  afterAll(() => {
    box?.pods.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const well = ({ code, said }: { code: number | null; said: string }) =>
    expect([code, said]).toEqual([0, '']);
  const health = () => box.pods.podman(['healthcheck', 'run', 'trustkeep']).code;

  test('says its version with nothing mounted, and without its key ends with one sentence', () => {
    expect(box.pods.once([], ['trustkeep:latest', '--version']).out).toBe(`trustkeep ${thisVersion}\n`);
    const { code, out, said } = box.pods.once([], ['trustkeep:latest']);
    expect([code, out]).toEqual([1, '']);
    expect(said.split('\n')).toEqual([
      'The master key cannot be read from /run/secrets/trustkeep_master_key, which TRUSTKEEP_MASTER_KEY_FILE names: there is no such file.',
      expect.stringMatching(/^Mount the file .*openssl rand -base64 32$/),
      '',
    ]);
  });

  test('starts with the compose file, is healthy, and answers on its path', async () => {
    await box.up();
    expect(health()).toBe(0);
    expect(box.inspected('{{.State.Health.Status}}')).toBe('healthy');
    expect(box.json('status')).toMatchObject({
      ...{ version: thisVersion, face: 'headless', dataDirectory: '/var/lib/trustkeep' },
      keychain: { kind: 'key-file', state: 'ready' },
    });
    expect(box.trustkeep(['status', '--system']).code).toBe(0);
  });

  test('has no right that it does not need, and a file system that is not written', () => {
    expect(box.inside(['id', '-u']).out.trim()).toBe(String(account));
    const status = box.inside(['cat', '/proc/self/status']).out;
    expect(status.match(/^Cap(Prm|Eff|Bnd|Amb):\t0{16}$/gm)).toHaveLength(4);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    for (const place of ['/', '/etc', '/opt/Trustkeep/resources/cli', '/run/secrets'])
      expect(box.inside(['touch', `${place}/written`]).said).toMatch(
        /Read-only file system|Permission denied/,
      );
    expect(box.inspected('{{.HostConfig.ReadonlyRootfs}}')).toBe('true');
  });

  test('listens at port 80 without a capability, where its network lets every account', () => {
    const listen =
      "require('node:net').createServer().listen(80, () => process.exit()).on('error', (e) => process.exit(e.code === 'EACCES' ? 3 : 4))";
    const at = (start: number) => {
      const flags = ['--cap-drop=ALL', `--entrypoint=${ownNode}`];
      const limit = `--sysctl=net.ipv4.ip_unprivileged_port_start=${start}`;
      return box.pods.once([...flags, limit], ['trustkeep:latest', '-e', listen]).code;
    };
    expect([at(80), at(1024)]).toEqual([0, 3]);
  });

  test('has its master key nowhere but in the mounted file', () => {
    const inspectedWhole = box.pods.podman(['inspect', 'trustkeep', 'trustkeep:latest']).out;
    for (const text of [inspectedWhole, box.logs(), box.inside(['cat', '/proc/1/environ']).out])
      expect(text).not.toContain(key);
    const bytes = Buffer.from(key, 'base64');
    const files = readdirSync(box.volume(), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name)).toContain('trustkeep.db');
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name));
      expect([content.includes(bytes), content.includes(key)]).toEqual([false, false]);
    }
  });

  test('rehearses the whole job: a certificate is installed, proved, and restored', () => {
    const { code, out, said } = box.trustkeep(['rehearse']);
    expect([code, said]).toEqual([0, '']);
    expect(out.match(/PROVED: /g)).toHaveLength(2);
    expect(out).not.toContain('NOT PROVED');
  });

  test('is updated by whoever runs it, and says how', () => {
    expect(box.json('autoupdate', 'get')).toMatchObject({
      ...{ package: 'docker', disabledBy: 'package' },
      commands: ['docker compose pull', 'docker compose up --detach'],
    });
  });

  test('finishes what it has begun to change when it is stopped, and continues after a kill', async () => {
    const { flags, restarting } = box.servePem();
    well(box.trustkeep(['tls', 'add', 'pem', '--name', 'kept', ...flags, '--auto_approve', '--wait']));
    const [node] = box.json<{ id: string }[]>('nodes', 'list', 'kept');
    well(box.trustkeep(['certificates', 'request', node?.id ?? '']));
    await expect.poll(() => existsSync(restarting), soon).toBe(true);
    expect(box.stop()).toBe('0');
    expect(box.logs()).toContain('stopping {"because":"SIGTERM"}');
    box.pods.podman(['start', 'trustkeep']);
    await box.ready(2);
    const certify = box.json<Task[]>('tasks', 'list').find(({ kind }) => kind === 'certify');
    expect(certify).toMatchObject({ state: 'succeeded' });
    expect(certify?.finishedAt).toBeLessThan(box.json<AgentStatus>('status').startedAt);
    box.pods.podman(['kill', '--signal=KILL', 'trustkeep']);
    box.pods.podman(['start', 'trustkeep']);
    await box.ready(3);
    expect(box.trustkeep(['status']).code).toBe(0);
  });

  test('keeps its data when a newer image takes its place', async () => {
    box.down();
    await box.up('trustkeep:next');
    expect(box.json('status')).toMatchObject({ version: next, keychain: { state: 'ready' } });
    expect(box.json('tls', 'list')).toMatchObject([{ name: 'kept' }]);
  });

  test('is unhealthy with another key, which opens nothing', async () => {
    box.keepKey(randomBytes(32).toString('hex'));
    box.down();
    await box.up('trustkeep:next');
    expect(health()).not.toBe(0);
    expect(box.json<AgentStatus>('status').keychain).toMatchObject({ state: 'wrong' });
    expect(box.logs()).toContain('the master key is not available');
    box.keepKey(key);
    box.down();
    await box.up('trustkeep:next');
    expect(health()).toBe(0);
  });

  test('gives its data to another machine and takes them from one, with what is sealed', async () => {
    const store = ['credstore', 'credentials', 'add', 'trustkeep-store', 'deploy', '--username', 'deploy'];
    well(box.trustkeep([...store, '--password-stdin'], 'hunter2'));
    const create = ['backup', 'create', '/var/lib/trustkeep/out.backup', '--passphrase-stdin'];
    well(box.trustkeep(create, phrase));
    const copy = join(folder, 'out.backup');
    box.pods.podman(['cp', 'trustkeep:/var/lib/trustkeep/out.backup', copy]);

    const data = join(folder, 'elsewhere');
    const program = join(box.site, 'agent', 'resources', 'cli', 'trustkeep');
    const here = (argv: string[], input?: string) =>
      spawnSync(program, [...argv, '--data-directory', data], {
        ...{ encoding: 'utf8', input, env: { PATH: process.env.PATH, HOME: folder } },
      });
    expect(here(['secrets', 'choose', 'key-file']).status).toBe(0);
    expect(here(['backup', 'restore', copy, '--passphrase-stdin'], phrase).stderr).toBe('');
    expect(JSON.parse(here(['tls', 'list', '--json']).stdout)).toMatchObject([{ name: 'kept' }]);
    expect(here(['tls', 'remove', 'kept']).status).toBe(0);
    const back = join(folder, 'back.backup');
    expect(here(['backup', 'create', back, '--passphrase-stdin'], phrase).status).toBe(0);
    chownSync(back, account, account);

    box.down();
    const restore = ['backup', 'restore', '/in.backup', '--passphrase-stdin'];
    expect(box.beside([`--volume=${back}:/in.backup:ro`], restore, phrase).code).toBe(0);
    await box.up();
    expect([box.json('tls', 'list'), box.json<AgentStatus>('status').keychain.state]).toEqual([[], 'ready']);
    const revealed = box.trustkeep(['credstore', 'credentials', 'reveal', 'trustkeep-store', 'deploy']);
    expect(revealed.out).toContain('hunter2');
  });
});
