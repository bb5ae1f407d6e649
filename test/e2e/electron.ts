import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { root } from '../../scripts/electron/paths.ts';
import { run } from '../../scripts/electron/run.ts';
import { standInSqlite } from '../../scripts/electron/stand-in.ts';
import { type FoundElectron, findElectron, prepareApp } from '../../scripts/find-electron.ts';
import { type Account, canRead, normalAccount, runAs } from '../servers/account.ts';
import { missing } from '../servers/available.ts';
import { type DesktopBus, haveDesktop, startDesktopBus } from '../servers/desktop-bus.ts';
import { type Display, startDisplay } from '../servers/display.ts';

interface LaunchOptions {
  /** `e2e`: the application. `e2e-shell`: the shell around the page and the agent of the tests. */
  flavour?: 'e2e' | 'e2e-shell';
  /** Kept by the caller, for a restart on the same data; default a new one that goes away with the desktop. */
  dataDirectory?: string;
  /** Without one named, as it is started by a person: it looks for a service first. */
  atUsualPlace?: boolean;
  args?: string[];
  /** Added to the small environment of the desktop. */
  env?: Record<string, string>;
  /** What is started in the place of this executable. */
  program?: (executable: string, account: Account | null) => Promise<string>;
  /** Share a desktop between launches; the caller stops it. */
  desktop?: Desktop;
}

export interface Launched {
  app: ElectronApplication;
  desktop: Desktop;
  dataDirectory: string;
  /** The user the application runs as; null for the one of the tests. */
  account: Account | null;
  /** The window that opened last, when there is one or as soon as there is. One that closes may be told of late: ask again. */
  page(): Promise<Page>;
  /** Starts the application again, as a person would; gives the exit code of that second process. */
  startAgain(args?: string[]): Promise<number | null>;
  /** Quits and waits until the process is gone; stops the desktop unless it was given. */
  stop(): Promise<void>;
  /** `test-results/<name>.png`; gives the path. */
  screenshot(name: string): Promise<string>;
}

/** A session bus with its services, and a display. */
export interface Desktop extends DesktopBus {
  display: string;
  /** Whose desktop it is; null: of the user of the tests. */
  account: Account | null;
}

/**
 * The Electron to test with; null (and named in `missing`) when there is none here. For `describe.skipIf`: what takes
 * minutes the first time on a machine is done here, where no time limit of a test runs.
 */
export async function electronForTests(): Promise<FoundElectron | null> {
  if (!haveDesktop()) return null;
  const found = await electronAtHand((line) => process.stderr.write(`${line}\n`)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  });
  if (found === null && !missing.includes('electron')) missing.push('electron');
  return found;
}

async function electronAtHand(say: (line: string) => void): Promise<FoundElectron | null> {
  const found = await findElectron(say);
  // when it fails, it fails again where it is needed
  if (found?.kind === 'stand-in') await standInSqlite(root, say).catch(() => {});
  return found;
}

/** Of the normal user of the tests, or of another one. */
export async function startDesktop(account: Account | null = usableAccount()): Promise<Desktop> {
  const display: Display = await startDisplay();
  const bus = await startDesktopBus(account);
  const stop = async () => {
    await bus.stop();
    await display.stop();
  };
  return { ...bus, account, display: display.name, env: { ...bus.env, DISPLAY: display.name }, stop };
}

/** Root's tests run Electron as a normal user, if that user can read the tree they are in. */
function usableAccount(): Account | null {
  const account = normalAccount();
  return canRead(account, import.meta.filename) ? account : null;
}

export async function launchApp(options: LaunchOptions = {}): Promise<Launched> {
  const electron = await electronForTests();
  if (electron === null) throw new Error('there is no Electron here');
  const prepared = await prepareApp({ electron, flavour: options.flavour ?? 'e2e' });
  const desktop = options.desktop ?? (await startDesktop());
  const { account } = desktop;
  const dataDirectory = options.dataDirectory ?? join(desktop.home, 'trustkeep-data');
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  if (account !== null) await run(['chown', '-R', `${account.uid}:${account.gid}`, dataDirectory]);
  const args = [
    ...prepared.args,
    ...(options.atUsualPlace === true ? [] : [`--data-directory=${dataDirectory}`]),
    '--disable-gpu',
    '--force-prefers-reduced-motion', // drawing what moves costs more than all else that a window does
    ...(options.args ?? []),
  ];
  const env = { ...desktop.env, ...options.env };
  const asRoot = account === null && process.getuid?.() === 0;
  const program = (await options.program?.(prepared.executable, account)) ?? prepared.executable;
  const command = [...runAs(account, [program]), ...(asRoot ? ['--no-sandbox'] : [])];
  const starter = writeStarter(desktop.home, command);
  const app = await _electron
    .launch({
      executablePath: starter,
      args,
      env,
      cwd: desktop.home,
      chromiumSandbox: !asRoot,
      timeout: 60_000,
    })
    .catch(async (error: unknown) => {
      if (options.desktop === undefined) await desktop.stop();
      throw error;
    });
  app.context().setDefaultTimeout(60_000);
  const child = app.process(); // cannot be asked for later, when it has ended
  const page = async () => app.windows().at(-1) ?? (await app.waitForEvent('window', { timeout: 60_000 }));
  return {
    app,
    desktop,
    dataDirectory,
    account,
    page,
    startAgain: (more = []) => startOnce(starter, [...args, ...more], env, desktop.home),
    async stop() {
      await quit(app, child);
      if (options.desktop === undefined) await desktop.stop();
    },
    async screenshot(name) {
      const path = resolve('test-results', `${name}.png`);
      await (await page()).screenshot({ path, animations: 'disabled' }); // drawers and dialogs come in by moving
      return path;
    },
  };
}

/** Playwright puts its own arguments first, so what changes the user has to be a program of its own. */
function writeStarter(home: string, argv: string[]): string {
  const file = join(home, 'start-electron');
  const words = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

async function startOnce(program: string, args: string[], env: Record<string, string>, cwd: string) {
  const child = spawn(program, args, { env, cwd, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

async function quit(app: ElectronApplication, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await app.close().catch(() => {});
  await gone;
  clearTimeout(timer);
}
