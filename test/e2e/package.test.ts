import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { prepareApp } from '../../scripts/find-electron.ts';
import { buildPackages } from '../../scripts/package/builder.ts';
import { stage } from '../../scripts/package/stage.ts';
import { normalAccount, runAs } from '../servers/account.ts';
import { end, endWithUs } from '../servers/display.ts';
import { freePort } from '../servers/free-port.ts';
import { type Desktop, electronForTests, startDesktop } from './electron.ts';

// The release, packed by electron-builder around the Electron of the tests; what it must refuse cannot be driven by
// Playwright, which is the point of it.
const electron = process.platform === 'linux' ? await electronForTests() : null;
const target = { system: 'linux', arch: 'x64' } as const;
const soon = { timeout: 60_000, interval: 100 };

describe.skipIf(electron === null)('the packed release', () => {
  let folder: string;
  let packed: string;
  let desktop: Desktop;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    if (electron === null) return;
    const { appDirectory } = await prepareApp({ electron, flavour: 'release-shell' });
    folder = mkdtempSync(join(tmpdir(), 'trustkeep-package-'));
    chmodSync(folder, 0o755); // the application runs as a normal user
    await stage({ target, built: join(appDirectory, 'out'), commandLine: join(root, 'out', 'node'), folder });
    await buildPackages({ target, kinds: ['dir'], folder, electron });
    packed = join(folder, 'dist', 'linux-unpacked');
    desktop = await startDesktop();
  });
  afterAll(async () => {
    for (const child of running) await end(child);
    await desktop?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('takes no release key and no answer to a box from its arguments, as the build for tests does', () => {
    const archive = readFileSync(join(packed, 'resources', 'app.asar'));
    const found = ['--data-directory=', '--e2e-update-key=', '--e2e-answer='].filter((word) =>
      archive.includes(word),
    );
    expect(found).toEqual(['--data-directory=']);
  });

  function start(name: string, args: string[], env: Record<string, string> = {}) {
    const account = normalAccount();
    const sandbox = account === null && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const argv = [
      join(packed, 'trustkeep-desktop'),
      ...sandbox,
      `--data-directory=${join(desktop.home, name)}`,
      '--disable-gpu',
      ...args,
    ];
    const [program = '', ...rest] = runAs(account, argv);
    const child = spawn(program, rest, {
      env: { ...desktop.env, ...env },
      cwd: desktop.home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithUs(child);
    running.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part));
    const log = () => {
      const file = join(desktop.home, name, 'desktop', 'logs', 'trustkeep.log');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    return { child, said: () => said, log };
  }

  test('has every fuse as the checklist wants it (SEC-11)', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'trustkeep-desktop'));
    const state = (fuse: FuseV1Options) => String.fromCharCode(Number(wire[fuse])) === '1';
    expect({
      runAsNode: state(FuseV1Options.RunAsNode),
      cookieEncryption: state(FuseV1Options.EnableCookieEncryption),
      nodeOptions: state(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: state(FuseV1Options.EnableNodeCliInspectArguments),
      asarIntegrity: state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: state(FuseV1Options.OnlyLoadAppFromAsar),
      ownSnapshot: state(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      fileProtocol: state(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      inspect: false,
      asarIntegrity: true,
      onlyAsar: true,
      ownSnapshot: false,
      fileProtocol: false,
    });
  });

  test('keeps everything in its archive but the native modules of this machine', () => {
    const outside = readdirSync(join(packed, 'resources', 'app.asar.unpacked'), {
      recursive: true,
      withFileTypes: true,
    });
    const files = outside.filter((entry) => entry.isFile()).map((entry) => entry.name);
    expect(files.sort()).toEqual(['keyring.linux-x64-gnu.node', 'linux-x64.node']);
    expect(existsSync(join(packed, 'resources', 'app'))).toBe(false);
  });

  test('starts, and its page is served out of the archive', async () => {
    const { child, log } = start('plain', []);
    await expect.poll(log, soon).toContain('the agent works');
    await expect.poll(() => desktop.tray(), soon).not.toBeNull();
    await desktop.choose('Quit');
    await expect.poll(() => child.exitCode, soon).toBe(0);
  });

  test('ignores the switches that would open it up (SEC-12)', async () => {
    const port = await freePort();
    const { child, said, log } = start('switches', [
      `--remote-debugging-port=${port}`,
      '--remote-allow-origins=*',
      '--ignore-certificate-errors',
    ]);
    await expect.poll(log, soon).toContain('the agent works');
    expect(log()).toContain('dangerous switches were ignored');
    expect(log()).toContain('remote-debugging-port');
    expect(await opens(port)).toBe(false);
    expect(said()).not.toContain('DevTools listening');
    await end(child);
  });

  test('is neither a Node nor open to its inspector (SEC-11)', async () => {
    const port = await freePort();
    const { child, said, log } = start('inspect', [`--inspect=127.0.0.1:${port}`], {
      ELECTRON_RUN_AS_NODE: '1',
      NODE_OPTIONS: `--inspect=127.0.0.1:${port}`,
    });
    await expect.poll(log, soon).toContain('the agent works');
    expect(await opens(port)).toBe(false);
    expect(said()).not.toContain('Debugger listening');
    await end(child);
  });
});

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
