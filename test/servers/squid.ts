import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { have } from './available.ts';
import { freePort } from './free-port.ts';

export interface SquidOptions {
  auth: 'none' | 'basic' | 'digest' | 'ntlm';
  /** Name to password. Not for `ntlm`: its helper from the package believes everybody. */
  users?: Record<string, string>;
  /** Lines before the access rules: `acl …`, `http_access deny …`. */
  rules?: string[];
  /** Several schemes at once; `auth` comes first. */
  also?: ('basic' | 'digest' | 'ntlm')[];
}

export interface RunningSquid {
  port: number;
  /** Lines `METHOD url status user`, oldest first. */
  accessLog(): Promise<string[]>;
  cacheLog(): Promise<string>;
  /** Ends it by its own id and removes its directory. */
  stop(): Promise<void>;
}

const squidRealm = 'Trustkeep test';
const program = '/usr/sbin/squid';
const helpers = '/usr/lib/squid';

/** Is there a Squid to test against? */
export const haveSquid = (): boolean => have('squid');

/** A real Squid with its own configuration, logs and temporary directory, on a free loopback port. */
export async function startSquid(options: SquidOptions): Promise<RunningSquid> {
  const dir = await mkdtemp(join(tmpdir(), 'trustkeep-squid-'));
  const port = await freePort();
  await writeUsers(dir, options.users ?? {});
  await writeFile(join(dir, 'squid.conf'), configuration(dir, port, options));
  await handOver(dir);
  const output = openSync(join(dir, 'output'), 'a');
  const child = spawn(program, ['-N', '-n', `tk${port}`, '-f', join(dir, 'squid.conf')], {
    stdio: ['ignore', output, output],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL'); // it has nothing to put away, and would take a second for it
    await ended;
    await rm(dir, { recursive: true, force: true });
    for (const name of await readdir('/dev/shm').catch(() => []))
      if (name.startsWith(`tk${port}-`)) await rm(join('/dev/shm', name), { force: true });
  };
  const cacheLog = () => readFile(join(dir, 'cache.log'), 'utf8').catch(() => '');
  for (let waited = 0; !(await accepts(port)); waited += 20) {
    if (waited < 20_000 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    else {
      const said = `${await readFile(join(dir, 'output'), 'utf8')}\n${await cacheLog()}`;
      await stop();
      throw new Error(`squid did not start: ${said}`);
    }
  }
  return {
    port,
    cacheLog,
    stop,
    async accessLog() {
      const text = await readFile(join(dir, 'access.log'), 'utf8').catch(() => '');
      // the first connection only asked whether it is up
      return text
        .split('\n')
        .filter((line) => line !== '' && !line.includes('transaction-end-before-headers'));
    },
  };
}

function configuration(dir: string, port: number, { auth, also = [], rules = [] }: SquidOptions): string {
  const schemes = auth === 'none' ? [] : [auth, ...also];
  const login = schemes.length > 0;
  return [
    `http_port 127.0.0.1:${port}`,
    `pid_filename none`,
    `coredump_dir ${dir}`,
    `cache_log ${dir}/cache.log`,
    'logformat trustkeep %rm %ru %>Hs %un',
    `access_log stdio:${dir}/access.log logformat=trustkeep`,
    'logfile_rotate 0',
    'buffered_logs off',
    'cache deny all',
    'cache_mem 8 MB',
    'pinger_enable off',
    'netdb_filename none',
    'shutdown_lifetime 0 seconds',
    'visible_hostname squid.test',
    'connect_timeout 5 seconds',
    'max_filedescriptors 1024',
    ...schemes.flatMap((scheme) => authLines(dir, scheme)),
    ...(login ? ['acl known proxy_auth REQUIRED'] : []),
    ...rules,
    login ? 'http_access allow known' : 'http_access allow all',
    'http_access deny all',
    '',
  ].join('\n');
}

function authLines(dir: string, scheme: 'basic' | 'digest' | 'ntlm'): string[] {
  switch (scheme) {
    case 'basic':
      return [
        `auth_param basic program ${helpers}/basic_ncsa_auth ${dir}/passwords`,
        'auth_param basic children 2 startup=1 idle=1',
        `auth_param basic realm ${squidRealm}`,
      ];
    case 'digest':
      return [
        `auth_param digest program ${helpers}/digest_file_auth -c ${dir}/digests`,
        'auth_param digest children 2 startup=1 idle=1',
        `auth_param digest realm ${squidRealm}`,
        'auth_param digest nonce_garbage_interval 5 minutes',
      ];
    case 'ntlm':
      return [
        `auth_param ntlm program ${helpers}/ntlm_fake_auth`,
        'auth_param ntlm children 2 startup=1 idle=1',
        'auth_param ntlm keep_alive on',
      ];
  }
}

async function writeUsers(dir: string, users: Record<string, string>): Promise<void> {
  const passwords: string[] = [];
  const digests: string[] = [];
  for (const [user, password] of Object.entries(users)) {
    const made = await exec({
      argv: ['openssl', 'passwd', '-1', '-stdin'],
      stdin: Buffer.from(password),
      timeoutMs: 10_000,
    });
    passwords.push(`${user}:${made.stdout.toString().trim()}`);
    const hash = createHash('md5').update(`${user}:${squidRealm}:${password}`).digest('hex');
    digests.push(`${user}:${squidRealm}:${hash}`);
  }
  await writeFile(join(dir, 'passwords'), `${passwords.join('\n')}\n`);
  await writeFile(join(dir, 'digests'), `${digests.join('\n')}\n`);
}

/** Started as root it works as the user `proxy`, which must be able to write its logs. */
async function handOver(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  if (userInfo().uid !== 0) return;
  const found = await exec({ argv: ['id', '-u', 'proxy'], timeoutMs: 5000 });
  const uid = Number(found.stdout.toString().trim());
  if (found.code === 0) await chown(dir, uid, -1);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
