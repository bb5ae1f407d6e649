import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { socketPlace } from '../../../electron/transport/socket-place.ts';
import { BuiltProgram, ended, slow } from './built-program.ts';

const trustkeep = new BuiltProgram();
const mountable = await canMount();

/** Makes the database where none is. */
const begin = ['settings', 'set', '--scan_hours', '7'];

describe('a data directory that cannot be used is said in one sentence', () => {
  test('when a file is in its place', async () => {
    const path = join(trustkeep.directory, 'a-file');
    writeFileSync(path, '');
    const { code, said } = await trustkeep.run(...begin, '--data-directory', path);
    expect(said).toContain(`The directory ${path} cannot be created: there is a file in its place.`);
    expect(code).toBe(1);
  });

  test.runIf(process.platform === 'linux')('when nothing can be made there', async () => {
    const { code, said } = await trustkeep.run(...begin, '--data-directory', '/proc/nothing/here');
    expect(said).toContain('The directory /proc/nothing cannot be created');
    expect(code).toBe(1);
  });

  test('when it belongs to somebody else', async (context) => {
    context.skip(!(await trustkeep.canBeOther()), 'another account cannot be taken here');
    const own = join(trustkeep.directory, 'own');
    mkdirSync(join(own, 'run'), { recursive: true, mode: 0o700 });
    chmodSync(trustkeep.directory, 0o755);
    for (const path of [own, join(trustkeep.directory, 'new')]) {
      const { code, stderr } = await trustkeep.runAsOther(...begin, '--data-directory', path);
      expect(stderr.toString()).toMatch(
        /^(This account|The account that Trustkeep runs as) is not allowed to .*\n.*data directory/,
      );
      expect(stderr.toString()).not.toContain('fault in Trustkeep');
      expect(code).toBe(1);
    }
  });
});

describe('the agent headless', () => {
  test(
    'answers commands, refuses a second one, and stops when told',
    async () => {
      const agent = await trustkeep.running();
      expect(agent.said()).toMatch(/^Trustkeep \d+\.\d+\.\d+ is ready \(process \d+, data in .*\)\.$/m);
      const status = await trustkeep.run('status', '--json');
      expect(JSON.parse(status.out)).toMatchObject({ face: 'headless', pid: agent.pid });
      const second = await trustkeep.run('run');
      expect(second.code).toBe(1);
      expect(second.said).toContain('already running');
      expect((await trustkeep.run('stop')).code).toBe(0);
      expect(await ended(agent)).toBe(0);
      expect((await trustkeep.run('status')).code).toBe(5);
      const rows = JSON.parse((await trustkeep.run('audit', 'list', '--json')).out);
      expect(rows.map(({ action }: { action: string }) => action)).toEqual(['agent.stop']);
    },
    slow,
  );

  test.runIf(process.platform !== 'win32')(
    'stops on SIGTERM and leaves no socket',
    async () => {
      const agent = await trustkeep.running();
      const { path } = socketPlace(join(trustkeep.directory, 'data'));
      expect(existsSync(path)).toBe(true);
      expect(await ended(agent, 'SIGTERM')).toBe(0);
      expect(existsSync(path)).toBe(false);
    },
    slow,
  );

  test.runIf(process.platform !== 'win32')(
    'starts again after it was killed without warning',
    async () => {
      await ended(await trustkeep.running(), 'SIGKILL');
      await trustkeep.running();
      const status = await trustkeep.run('status', '--json');
      expect(JSON.parse(status.out)).toMatchObject({ face: 'headless' });
    },
    slow,
  );
});

describe('a command', () => {
  test(
    'works the same whether an agent runs or not',
    async () => {
      const pem = join(trustkeep.directory, 'site.pem');
      const made = [
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        `${pem}.key`,
        '-out',
        pem,
        '-subj',
        '/CN=shop.example',
        '-days',
        '9',
      ] as const;
      await exec({ argv: [...made], timeoutMs: slow });
      writeFileSync(pem, Buffer.concat([readFileSync(pem), readFileSync(`${pem}.key`)]), { mode: 0o600 });
      const added = await trustkeep.run('tls', 'add', 'pem', '--name', 'shop', '--path', pem);
      expect(added.out).toMatch(/^Endpoint shop was added\. Instance ID: ep_\w{16}$/m);
      expect(added.out).toContain('Done: discover of shop.');
      const alone = await trustkeep.run('nodes', 'list', '--json');
      await trustkeep.running();
      const asked = await trustkeep.run('nodes', 'list', '--json');
      expect(JSON.parse(asked.out)).toEqual(JSON.parse(alone.out));
      expect(JSON.parse(asked.out)).toHaveLength(1);
      const again = await trustkeep.run('tls', 'discover', 'shop', '--wait');
      expect(again.out).toContain('✓ discover');
      expect(again.code).toBe(0);
    },
    slow,
  );

  test.runIf(process.platform === 'linux')(
    'does not leave its words for others to read',
    async () => {
      const secret = ['--passphrase', 'canary-8841', '--passphrase-stdin'];
      const child = trustkeep.spawn('secrets', 'unlock', ...secret); // it sits and waits for its standard input
      const words = () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
      await expect.poll(words, { timeout: 60_000 }).toMatch(/^trustkeep/);
      expect(words()).not.toContain('canary-8841');
    },
    slow,
  );

  test.runIf(process.platform !== 'win32')(
    'whose reader goes away ends quietly',
    async () => {
      const line = `"${process.execPath}" "${trustkeep.path}" help | head -1`;
      const result = await exec({ argv: ['sh', '-c', line], timeoutMs: slow, env: trustkeep.environment() });
      expect(result.stderr.toString('utf8')).toBe('');
      expect(result.stdout.toString('utf8')).toContain('trustkeep manages certificates:');
    },
    slow,
  );
});

describe.runIf(process.platform === 'linux')('an answer that nobody takes', () => {
  test(
    'leaves what the command does in its own process to its end',
    async () => {
      const config = join(trustkeep.directory, 'nginx.conf');
      writeFileSync(config, 'events {}\nhttp { server { listen 127.0.0.1:1; server_name shop.example; } }\n');
      const line = ['tls', 'add', 'nginx', '--name', 'shop', '--nginx_config_path', config, '--json'];
      const child = trustkeep.spawn(...line);
      child.stdout.destroy();
      expect(await ended(child)).toBe(0);
      const [endpoint] = JSON.parse((await trustkeep.run('tls', 'list', '--json')).out);
      expect(endpoint.discoveredAt).toBeGreaterThan(0);
    },
    slow,
  );

  test.runIf(mountable)(
    'is no success when the disk it was to go to is full',
    async () => {
      const full = join(trustkeep.directory, 'full');
      const disk = await mountTiny(full, '4k');
      try {
        await trustkeep.run(...begin);
        const shell = [
          'sh',
          '-c',
          'cat "$1" > "$FULL/it"; "$0" "$@" > "$FULL/answer"',
          process.execPath,
        ] as const;
        const argv = [...shell, trustkeep.path, 'credstore', 'list', '--json'] as const;
        const env = { ...trustkeep.environment(), FULL: full };
        const { code, stderr } = await exec({ argv: [...argv], timeoutMs: slow, env });
        expect(stderr.toString()).toContain('"code":"output.lost"');
        expect(code).toBe(1);
      } finally {
        await disk.unmount();
      }
    },
    slow,
  );
});
