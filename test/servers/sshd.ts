import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { have } from './available.ts';
import { freePort } from './free-port.ts';
import {
  addUser,
  must,
  removeUser,
  rootAccount,
  type SudoRight,
  setSudo,
  type UserRequest,
} from './sshd-account.ts';

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshdOptions {
  /** Host keys to offer. Default: ed25519 only. */
  hostKeys?: HostKeyType[];
  /** Log in as a new unprivileged user (gone after `stop`) instead of root. Names are random. */
  user?: UserRequest;
  /** Ways to log in. Default: publickey, password (users with one) and keyboard-interactive off. */
  allow?: { publickey?: boolean; password?: boolean; keyboardInteractive?: boolean };
  /** More lines of sshd_config, put first (the first value wins). */
  config?: string[];
}

export interface Sshd {
  host: '127.0.0.1';
  port: number;
  user: string;
  password: string | null;
  home: string;
  privateKeyPath: string;
  privateKeyPem: string;
  /** Of the first host key, as OpenSSH prints it: `SHA256:…`. */
  readonly hostKeyFingerprint: string;
  /** Of every host key, by type. */
  readonly hostKeyFingerprints: Readonly<Partial<Record<HostKeyType, string>>>;
  /** Makes new host keys and starts again on the same port: what a rebuilt host looks like. */
  rotateHostKey(): Promise<void>;
  /** Kills (SIGKILL) the server's side of every open connection; new ones are accepted. Answers how many. */
  dropConnections(): Promise<number>;
  /** Changes what the unprivileged user may do with sudo from now on. */
  setSudo(right: SudoRight): Promise<void>;
  output(): string;
  stop(): Promise<void>;
}

/** Can a real sshd be run here? Needs root: it drops to other users and adds one on demand. */
export function canRunSshd(): boolean {
  return have('sshd') && have('ssh-keygen') && process.getuid?.() === 0;
}

/** A real OpenSSH server on the loopback with its own keys and configuration. Gone after `stop`. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-sshd-'));
  await chmod(directory, 0o711);
  const types = options.hostKeys ?? ['ed25519'];
  const privateKeyPath = join(directory, 'client-key');
  await makeKey(privateKeyPath, 'ed25519');
  const account = options.user === undefined ? rootAccount : await addUser(directory, options.user);
  const clear = async () => {
    if (options.user !== undefined) await removeUser(account.name);
    await rm(directory, { recursive: true, force: true });
  };
  await writeFile(join(directory, 'authorized_keys'), await readFile(`${privateKeyPath}.pub`), {
    mode: 0o644,
  });
  let fingerprints = await makeHostKeys(directory, types);
  const port = await freePort();
  const configPath = join(directory, 'sshd_config');
  await writeFile(configPath, configuration(directory, port, types, options));
  let server = await start(configPath, port).catch(async (error: unknown) => {
    await clear();
    throw error;
  });

  return {
    host: '127.0.0.1',
    port,
    user: account.name,
    password: options.user?.password ?? null,
    home: account.home,
    privateKeyPath,
    privateKeyPem: await readFile(privateKeyPath, 'utf8'),
    get hostKeyFingerprint() {
      return fingerprints[types[0] as HostKeyType] as string;
    },
    get hostKeyFingerprints() {
      return fingerprints;
    },
    async rotateHostKey() {
      await end(server.child);
      fingerprints = await makeHostKeys(directory, types);
      server = await start(configPath, port);
    },
    dropConnections: async () => killSessions(server.child.pid as number),
    setSudo: (right) => setSudo(account.name, right),
    output: () => server.output(),
    async stop() {
      killSessions(server.child.pid as number);
      await end(server.child);
      await clear();
    },
  };
}

function configuration(directory: string, port: number, types: HostKeyType[], options: SshdOptions): string {
  const { publickey = true, password = true, keyboardInteractive = false } = options.allow ?? {};
  const yesNo = (value: boolean) => (value ? 'yes' : 'no');
  return [
    ...(options.config ?? []),
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    ...types.map((type) => `HostKey ${join(directory, `host-${type}`)}`),
    `PidFile ${join(directory, 'pid')}`,
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    `PubkeyAuthentication ${yesNo(publickey)}`,
    `PasswordAuthentication ${yesNo(password)}`,
    `KbdInteractiveAuthentication ${yesNo(keyboardInteractive)}`,
    `UsePAM ${yesNo(keyboardInteractive)}`,
    'UseDNS no',
    'SetEnv SHLVL=2', // bash then passes over the account's own ~/.bashrc, which may take its time
    'PrintMotd no',
    'MaxStartups 100',
    'LogLevel VERBOSE',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

async function makeKey(path: string, type: HostKeyType): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.pub`, { force: true });
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  await must(['ssh-keygen', '-q', '-t', type, ...bits, '-N', '', '-C', 'trustkeep-test', '-f', path]);
}

async function makeHostKeys(directory: string, types: HostKeyType[]) {
  const fingerprints: Partial<Record<HostKeyType, string>> = {};
  for (const type of types) {
    const path = join(directory, `host-${type}`);
    await makeKey(path, type);
    const blob = Buffer.from((await readFile(`${path}.pub`, 'utf8')).split(' ')[1] ?? '', 'base64');
    fingerprints[type] = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  }
  return fingerprints;
}

async function start(configPath: string, port: number) {
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 }); // where sshd locks its unprivileged child in
  const log = `${configPath}.log`; // a file: what it wrote is there at once, a pipe is read some time later
  await rm(log, { force: true }); // sessions of the one before still write to theirs
  await writeFile(log, '');
  const output = () => readFileSync(log, 'utf8');
  const child = spawn('/usr/sbin/sshd', ['-D', '-E', log, '-f', configPath], { stdio: 'ignore' });
  for (let turn = 0; turn < 1200; turn += 1) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${output()}`);
    if (await accepts(port)) return { child, output };
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`sshd did not listen: ${output()}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => done(true)); // its greeting: it is serving, not just listening
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    function done(yes: boolean): void {
      socket.destroy();
      resolve(yes);
    }
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Descendants of the listening sshd that are sshd themselves: its half of each session. */
function killSessions(listener: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, parent] = /^.*\) \S (\d+)/s.exec(stat) ?? [];
        return [{ pid: Number(pid), parent: Number(parent), isSshd: stat.includes('(sshd') }];
      } catch {
        return []; // ended meanwhile
      }
    });
  const family = new Set([listener]);
  for (let grew = true; grew; ) {
    const young = processes.filter((one) => one.isSshd && family.has(one.parent) && !family.has(one.pid));
    for (const one of young) family.add(one.pid);
    grew = young.length > 0;
  }
  family.delete(listener);
  for (const pid of family) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
  return family.size;
}
