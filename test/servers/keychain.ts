import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { type Account, runAs } from './account.ts';
import { have } from './available.ts';
import { endWithUs } from './display.ts';

export const canRunKeychain = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'].map(have).every(Boolean);

/** A session bus of its own with a Secret Service that can be taken away, locked and replaced. */
export interface KeychainServer {
  /** For a child process that should see this keychain and no other. */
  env: Record<string, string>;
  /** The keychain goes; the bus stays. */
  endKeychain(): Promise<void>;
  /** The same keyring, but nobody types its password. */
  startLocked(): Promise<void>;
  startUnlocked(): Promise<void>;
  /** Throws the keyring away, as a new account or a reset would. */
  replaceKeyring(): Promise<void>;
  stop(): Promise<void>;
}

export async function startKeychain(): Promise<KeychainServer> {
  const home = mkdtempSync(join(tmpdir(), 'trustkeep-keychain-'));
  const server = new OwnKeychain(home);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class OwnKeychain implements KeychainServer {
  readonly env: Record<string, string>;
  readonly #home: string;
  readonly #bus: ChildProcess;
  #keychain: ChildProcess | null = null;

  constructor(home: string) {
    this.#home = home;
    this.env = surroundings(home);
    const busConfig = join(home, 'bus.conf');
    writeFileSync(busConfig, busConfiguration(busSocket(home)));
    this.#bus = this.#run('dbus-daemon', `--config-file=${busConfig}`, '--nofork', '--print-address');
  }

  async start(): Promise<void> {
    await said(this.#bus);
    await this.#startDaemon(true);
  }

  async endKeychain(): Promise<void> {
    if (this.#keychain !== null) await end(this.#keychain);
    this.#keychain = null;
  }

  startLocked(): Promise<void> {
    return this.#startDaemon(false);
  }

  startUnlocked(): Promise<void> {
    return this.#startDaemon(true);
  }

  async replaceKeyring(): Promise<void> {
    await this.endKeychain();
    rmSync(join(this.#home, 'data', 'keyrings'), { recursive: true, force: true });
    await this.#startDaemon(true);
  }

  async stop(): Promise<void> {
    await this.endKeychain();
    await end(this.#bus);
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #startDaemon(unlock: boolean): Promise<void> {
    await this.endKeychain();
    const more = unlock ? ['--unlock'] : [];
    const daemon = this.#run('gnome-keyring-daemon', '--foreground', '--components=secrets', ...more);
    this.#keychain = daemon;
    daemon.stdin.end(unlock ? 'test' : '');
    await keychainAnswers(this.env);
  }

  #run(program: string, ...args: string[]) {
    const child = spawn(program, args, {
      env: this.env,
      cwd: this.#home,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    endWithUs(child);
    return child;
  }
}

const busSocket = (home: string) => join(home, 'run', 'bus');

/** Makes the folders of an account in `home`; answers the variables that lead there. */
function surroundings(home: string): Record<string, string> {
  const folder = (name: string) => {
    const path = join(home, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    XDG_RUNTIME_DIR: folder('run'),
    XDG_DATA_HOME: folder('data'),
    XDG_CONFIG_HOME: folder('config'),
    XDG_CACHE_HOME: folder('cache'),
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${busSocket(home)}`,
    LC_ALL: 'C',
  };
}

/** Without service folders: nothing starts by itself, so "no Secret Service" can be had. */
function busConfiguration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
      "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
    <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
    <allow own="*"/></policy></busconfig>`;
}

/** The bus prints its address once it can be used. */
function said(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`${child.spawnfile} ended with ${code} before it was ready`)),
    );
  });
}

/** The keychain prints nothing: it is there once it owns its name. */
export async function keychainAnswers(
  env: Record<string, string>,
  account: Account | null = null,
): Promise<void> {
  const question = ['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'];
  const ask = ['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', ...question];
  for (let round = 0; round < 1000; round += 1) {
    const { stdout } = await exec({
      argv: runAs(account, ask) as [string, ...string[]],
      env,
      timeoutMs: 20_000,
    });
    if (stdout.includes('boolean true')) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the keychain did not come up');
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
