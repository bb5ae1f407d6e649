import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAgent } from '../../scripts/package/agent-kinds.ts';
import { thisArch } from '../../scripts/package/target.ts';
import { canContain, Podman } from '../servers/podman.ts';
import { commandLineOf, onlyFile, thisVersion } from './packaged.ts';

// The image as `docker build` makes it of what the packing lays down, and the compose file as it is, run by podman.
const next = '0.1.99';
const soon = { timeout: 60_000, interval: 200 };
const account = 10_001;
const phrase = 'correct horse battery';

describe.skipIf(!(await canContain()))('the agent in a container', () => {
  const key = randomBytes(32).toString('base64');
  let folder: string;
  let site: string;
  let pods: Podman;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trustkeep-container-'));
    pods = new Podman(join(folder, 'pods'));
    pods.importBase('debian:trixie-slim');
    for (const [version, name] of [
      [thisVersion, 'latest'],
      [next, 'next'],
    ] as const) {
      const [dist, commandLine] = [join(folder, `dist-${name}`), join(folder, `node-${name}`)];
      mkdirSync(dist);
      commandLineOf(version, commandLine);
      const target = { system: 'linux', arch: thisArch } as const;
      await makeAgent({ target, kinds: ['docker'], version, dist, commandLine, compression: 'store' });
      pods.build(onlyFile(dist, '.tar.gz'), `trustkeep:${name}`);
    }
    site = join(folder, 'site');
    mkdirSync(site);
    const context = onlyFile(join(folder, 'dist-latest'), '.tar.gz');
    execFileSync('tar', ['-xzf', context], { cwd: site });
    keepKey(key);
  }, 300_000);

  afterAll(() => {
    pods?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Readable for the account in the container alone. */
  function keepKey(text: string): void {
    const file = join(site, 'trustkeep_master_key');
    rmSync(file, { force: true });
    writeFileSync(file, `${text}\n`, { mode: 0o400 });
    chownSync(file, account, account);
  }

  const inside = (...argv: string[]) => pods.podman(['exec', 'trustkeep', ...argv]);
  const trustkeep = (...argv: string[]) => inside('trustkeep', ...argv);
  const json = (...argv: string[]) => JSON.parse(trustkeep(...argv, '--json').out);
  const logs = () => {
    const { out, said } = pods.podman(['logs', 'trustkeep']);
    return out + said;
  };
  const inspected = (format: string) => pods.podman(['inspect', '--format', format, 'trustkeep']).out.trim();
  const ready = (times: number) => expect.poll(() => logs().match(/ is ready /g)?.length, soon).toBe(times);
  const volume = () =>
    pods.podman(['volume', 'inspect', '--format', '{{.Mountpoint}}', 'trustkeep-data']).out.trim();

  async function up(image?: string): Promise<void> {
    expect(pods.compose(site, ['up', '--detach'], image).code).toBe(0);
    await ready(1);
  }

  /** A container for one command, with the rights and the volume of the service. */
  const beside = (flags: string[], argv: string[], input?: string) => {
    const secret = `${join(site, 'trustkeep_master_key')}:/run/secrets/trustkeep_master_key:ro`;
    const rights = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL'];
    const mounts = ['--volume=trustkeep-data:/var/lib/trustkeep', `--volume=${secret}`];
    return pods.once([...rights, ...mounts, ...flags], ['trustkeep:latest', ...argv], input);
  };

  test('says its version with nothing mounted, and without its key ends with one sentence', () => {
    expect(pods.once([], ['trustkeep:latest', '--version']).out).toBe(`trustkeep ${thisVersion}\n`);
    const { code, out, said } = pods.once([], ['trustkeep:latest']);
    expect([code, out]).toEqual([1, '']);
    expect(said.split('\n')).toEqual([
      'The master key cannot be read from /run/secrets/trustkeep_master_key, which TRUSTKEEP_MASTER_KEY_FILE names: there is no such file.',
      expect.stringMatching(/^Mount the file .*openssl rand -base64 32$/),
      '',
    ]);
  });

  test('starts with the compose file, is healthy, and answers on its path', async () => {
    await up();
    expect(pods.podman(['healthcheck', 'run', 'trustkeep']).code).toBe(0);
    expect(inspected('{{.State.Health.Status}}')).toBe('healthy');
    expect(json('status')).toMatchObject({
      ...{ version: thisVersion, face: 'headless', dataDirectory: '/var/lib/trustkeep' },
      keychain: { kind: 'key-file', state: 'ready' },
    });
    expect(trustkeep('status', '--system').code).toBe(0);
  });

  test('has no right that it does not need, and a file system that is not written', () => {
    expect(inside('id', '-u').out.trim()).toBe(String(account));
    const status = inside('cat', '/proc/self/status').out;
    expect(status.match(/^Cap(Prm|Eff|Bnd|Amb):\t0{16}$/gm)).toHaveLength(4);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    for (const place of ['/', '/etc', '/opt/Trustkeep/resources/cli', '/run/secrets'])
      expect(inside('touch', `${place}/written`).said).toMatch(/Read-only file system|Permission denied/);
    expect(inspected('{{.HostConfig.ReadonlyRootfs}}')).toBe('true');
  });

  test('listens at port 80 without a capability, where its network lets every account', () => {
    const listen =
      "require('node:net').createServer().listen(80, () => process.exit()).on('error', (e) => process.exit(e.code === 'EACCES' ? 3 : 4))";
    const at = (start: number) => {
      const flags = ['--cap-drop=ALL', '--entrypoint=/opt/Trustkeep/resources/cli/node'];
      const limit = `--sysctl=net.ipv4.ip_unprivileged_port_start=${start}`;
      return pods.once([...flags, limit], ['trustkeep:latest', '-e', listen]).code;
    };
    expect([at(80), at(1024)]).toEqual([0, 3]);
  });

  test('has its master key nowhere but in the mounted file', () => {
    const inspectedWhole = pods.podman(['inspect', 'trustkeep', 'trustkeep:latest']).out;
    for (const text of [inspectedWhole, logs(), inside('cat', '/proc/1/environ').out])
      expect(text).not.toContain(key);
    const bytes = Buffer.from(key, 'base64');
    const files = readdirSync(volume(), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name)).toContain('trustkeep.db');
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name));
      expect([content.includes(bytes), content.includes(key)]).toEqual([false, false]);
    }
  });

  test('rehearses the whole job: a certificate is installed, proved, and restored', () => {
    const { code, out, said } = trustkeep('rehearse');
    expect([code, said]).toEqual([0, '']);
    expect(out.match(/PROVED: /g)).toHaveLength(2);
    expect(out).not.toContain('NOT PROVED');
  }, 120_000);

  test('is updated by whoever runs it, and says how', () => {
    expect(json('autoupdate', 'get')).toMatchObject({
      ...{ package: 'docker', disabledBy: 'package' },
      commands: ['docker compose pull', 'docker compose up --detach'],
    });
  });

  test('ends what it does when it is stopped, and continues after it was killed', async () => {
    mkdirSync(join(volume(), 'pems'));
    writeFileSync(join(volume(), 'pems', 'kept.pem'), '');
    expect(
      trustkeep('tls', 'add', 'pem', '--name', 'kept', '--path', '/var/lib/trustkeep/pems/kept.pem').code,
    ).toBe(0);
    expect(pods.podman(['stop', '--time=300', 'trustkeep']).code).toBe(0);
    expect(inspected('{{.State.ExitCode}}')).toBe('0');
    expect(logs()).toContain('stopping {"because":"SIGTERM"}');
    pods.podman(['start', 'trustkeep']);
    await ready(2);
    pods.podman(['kill', '--signal=KILL', 'trustkeep']);
    pods.podman(['start', 'trustkeep']);
    await ready(3);
    expect(trustkeep('status').code).toBe(0);
  });

  test('keeps its data when a newer image takes its place', async () => {
    expect(pods.compose(site, ['down']).code).toBe(0);
    await up('trustkeep:next');
    expect(json('status')).toMatchObject({ version: next, keychain: { state: 'ready' } });
    expect(json('tls', 'list')).toMatchObject([{ name: 'kept' }]);
  });

  test('is unhealthy with another key, which opens nothing', async () => {
    keepKey(randomBytes(32).toString('hex'));
    expect(pods.compose(site, ['down']).code).toBe(0);
    await up('trustkeep:next');
    expect(pods.podman(['healthcheck', 'run', 'trustkeep']).code).not.toBe(0);
    expect(json('status').keychain).toMatchObject({ state: 'wrong' });
    keepKey(key);
    expect(pods.compose(site, ['down']).code).toBe(0);
    await up('trustkeep:next');
    expect(pods.podman(['healthcheck', 'run', 'trustkeep']).code).toBe(0);
  });

  test('gives its data to another machine and takes them from one, with what is sealed', async () => {
    const store = ['credstore', 'credentials', 'add', 'trustkeep-store', 'deploy', '--username', 'deploy'];
    expect(
      pods.podman(['exec', '-i', 'trustkeep', 'trustkeep', ...store, '--password-stdin'], 'hunter2').said,
    ).toBe('');
    const create = [
      'exec',
      '-i',
      'trustkeep',
      'trustkeep',
      'backup',
      'create',
      '/var/lib/trustkeep/out.backup',
    ];
    expect(pods.podman([...create, '--passphrase-stdin'], phrase).code).toBe(0);
    const copy = join(folder, 'out.backup');
    pods.podman(['cp', 'trustkeep:/var/lib/trustkeep/out.backup', copy]);

    const data = join(folder, 'elsewhere');
    const program = join(site, 'agent', 'resources', 'cli', 'trustkeep');
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

    expect(pods.compose(site, ['down']).code).toBe(0);
    const restore = ['backup', 'restore', '/in.backup', '--passphrase-stdin'];
    expect(beside([`--volume=${back}:/in.backup:ro`], restore, phrase).code).toBe(0);
    await up();
    expect([json('tls', 'list'), json('status').keychain.state]).toEqual([[], 'ready']);
    const revealed = trustkeep('credstore', 'credentials', 'reveal', 'trustkeep-store', 'deploy');
    expect(revealed.out).toContain('hunter2');
  }, 120_000);
});
