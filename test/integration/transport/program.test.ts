import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ExecResult, exec } from '#kit/exec.ts';
import { tempDirectory } from '#test/make/agent.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { socketPlace } from '../../../electron/transport/socket-place.ts';

/** The program as it is built: real processes, a real socket, a real store. */
let built: Bundle;
const slow = 240_000;
const mountable = await canMount();

beforeAll(async () => {
  built = await quickStarting('electron/cli.ts');
  chmodSync(dirname(built.path), 0o755); // another account starts it too
});
afterAll(() => built.remove());

let directory: ReturnType<typeof tempDirectory>;
let children: ChildProcess[];

beforeEach(() => {
  directory = tempDirectory('program');
  children = [];
});
afterEach(async () => {
  for (const child of children) await ended(child, 'SIGKILL');
  directory.remove();
});

function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: directory.path,
    TRUSTKEEP_DATA_DIRECTORY: join(directory.path, 'data'),
    LC_ALL: 'C.UTF-8',
  };
}

async function trustkeep(...args: string[]): Promise<ExecResult & { out: string; said: string }> {
  const argv = [process.execPath, built.path, ...args] as const;
  const result = await exec({ argv: [...argv], timeoutMs: slow, env: environment() });
  return { ...result, out: result.stdout.toString('utf8'), said: result.stderr.toString('utf8') };
}

/** `trustkeep run`, once it said that it is ready. */
function running(): Promise<ChildProcess & { said(): string }> {
  const child = spawn(process.execPath, [built.path, 'run'], { env: environment(), stdio: 'pipe' });
  children.push(child);
  let said = '';
  return new Promise((done, fail) => {
    const take = (part: Buffer): void => {
      said += part.toString('utf8');
      if (said.includes('is ready')) done(Object.assign(child, { said: () => said }));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => fail(new Error(`it ended with ${code}: ${said}`)));
  });
}

function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => {
    child.once('exit', (code) => done(code));
    if (signal !== undefined) child.kill(signal);
  });
}

const asOther = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

/** Another account must be able to use the packages of this checkout, or there is nothing to see. */
async function canBeOther(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const argv = [...asOther, 'sh', '-c', '[ -r "$0" ] && [ -x "$1" ]', built.path, process.execPath] as const;
  return (await exec({ argv, timeoutMs: slow }).catch(() => null))?.code === 0;
}

describe('a data directory that cannot be used is said in one sentence', () => {
  test('when a file is in its place', async () => {
    const path = join(directory.path, 'a-file');
    writeFileSync(path, '');
    const { code, said } = await trustkeep('tls', 'list', '--data-directory', path);
    expect(said).toContain(`The directory ${path} cannot be created: there is a file in its place.`);
    expect(code).toBe(1);
  });

  test.runIf(process.platform === 'linux')('when nothing can be made there', async () => {
    const { code, said } = await trustkeep('tls', 'list', '--data-directory', '/proc/nothing/here');
    expect(said).toContain('The directory /proc/nothing cannot be created');
    expect(code).toBe(1);
  });

  test('when it belongs to somebody else', async (context) => {
    context.skip(!(await canBeOther()), 'another account cannot be taken here');
    const own = join(directory.path, 'own');
    mkdirSync(join(own, 'run'), { recursive: true, mode: 0o700 });
    chmodSync(directory.path, 0o755);
    for (const path of [own, join(directory.path, 'new')]) {
      const argv = [
        ...asOther,
        process.execPath,
        built.path,
        'tls',
        'list',
        '--data-directory',
        path,
      ] as const;
      const { code, stderr } = await exec({ argv, timeoutMs: slow, env: environment() });
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
      const agent = await running();
      expect(agent.said()).toMatch(/^Trustkeep \d+\.\d+\.\d+ is ready \(process \d+, data in .*\)\.$/m);
      const status = await trustkeep('status', '--json');
      expect(JSON.parse(status.out)).toMatchObject({ face: 'headless', pid: agent.pid });
      const second = await trustkeep('run');
      expect(second.code).toBe(1);
      expect(second.said).toContain('already running');
      expect((await trustkeep('stop')).code).toBe(0);
      expect(await ended(agent)).toBe(0);
      expect((await trustkeep('status')).code).toBe(5);
      const rows = JSON.parse((await trustkeep('audit', 'list', '--json')).out);
      expect(rows.map(({ action }: { action: string }) => action)).toEqual(['agent.stop']);
    },
    slow,
  );

  test.runIf(process.platform !== 'win32')(
    'stops on SIGTERM and leaves no socket',
    async () => {
      const agent = await running();
      const { path } = socketPlace(join(directory.path, 'data'));
      expect(existsSync(path)).toBe(true);
      expect(await ended(agent, 'SIGTERM')).toBe(0);
      expect(existsSync(path)).toBe(false);
    },
    slow,
  );

  test.runIf(process.platform !== 'win32')(
    'starts again after it was killed without warning',
    async () => {
      await ended(await running(), 'SIGKILL');
      await running();
      expect((await trustkeep('status')).code).toBe(0);
    },
    slow,
  );
});

describe('a command', () => {
  test(
    'works the same whether an agent runs or not',
    async () => {
      const pem = join(directory.path, 'site.pem');
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
      const added = await trustkeep('tls', 'add', 'pem', '--name', 'shop', '--path', pem);
      expect(added.out).toMatch(/^Endpoint shop was added\. Instance ID: ep_\w{16}$/m);
      expect(added.out).toContain('Done: discover of shop.');
      const alone = await trustkeep('nodes', 'list', '--json');
      await running();
      const asked = await trustkeep('nodes', 'list', '--json');
      expect(JSON.parse(asked.out)).toEqual(JSON.parse(alone.out));
      expect(JSON.parse(asked.out)).toHaveLength(1);
      const again = await trustkeep('tls', 'discover', 'shop', '--wait');
      expect(again.out).toContain('✓ discover');
      expect(again.code).toBe(0);
    },
    slow,
  );

  test.runIf(process.platform === 'linux')(
    'does not leave its words for others to read',
    async () => {
      const child = spawn(
        process.execPath,
        [built.path, 'secrets', 'unlock', '--passphrase', 'canary-8841', '--passphrase-stdin'],
        {
          env: environment(),
          stdio: 'pipe', // its standard input stays open, so it sits and waits for it
        },
      );
      children.push(child);
      const words = () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
      await expect.poll(words, { timeout: 60_000 }).toMatch(/^trustkeep/);
      expect(words()).not.toContain('canary-8841');
    },
    slow,
  );

  test.runIf(process.platform !== 'win32')(
    'whose reader goes away ends quietly',
    async () => {
      const line = `"${process.execPath}" "${built.path}" help | head -1`;
      const result = await exec({ argv: ['sh', '-c', line], timeoutMs: slow, env: environment() });
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
      const config = join(directory.path, 'nginx.conf');
      writeFileSync(config, 'events {}\nhttp { server { listen 127.0.0.1:1; server_name shop.example; } }\n');
      const line = ['tls', 'add', 'nginx', '--name', 'shop', '--nginx_config_path', config, '--json'];
      const child = spawn(process.execPath, [built.path, ...line], { env: environment(), stdio: 'pipe' });
      children.push(child);
      child.stdout.destroy();
      expect(await ended(child)).toBe(0);
      const [endpoint] = JSON.parse((await trustkeep('tls', 'list', '--json')).out);
      expect(endpoint.discoveredAt).toBeGreaterThan(0);
    },
    slow,
  );

  test.runIf(mountable)(
    'is no success when the disk it was to go to is full',
    async () => {
      const full = join(directory.path, 'full');
      const disk = await mountTiny(full, '4k');
      try {
        const shell = [
          'sh',
          '-c',
          'cat "$1" > "$FULL/it"; "$0" "$@" > "$FULL/answer"',
          process.execPath,
        ] as const;
        const argv = [...shell, built.path, 'credstore', 'list', '--json'] as const;
        const env = { ...environment(), FULL: full };
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
