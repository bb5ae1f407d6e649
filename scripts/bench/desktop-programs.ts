import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Desktop } from '../../test/e2e/electron.ts';
import { canRead, normalAccount, runAs } from '../../test/servers/account.ts';
import { run } from '../electron/run.ts';
import type { FoundElectron } from '../find-electron.ts';
import { memory } from './measure.ts';

/** A program that writes into its log when its window shows and when its agent works. */
export interface Program {
  argv: string[];
  log: string;
}

/** A started program whose agent works. */
export interface Started {
  /** Of its first process; the others are below it. */
  pid: number;
  /** Milliseconds from its spawn to those words in its log; null as long as they are not there. */
  since(words: string): number | null;
  /** Ends it and waits until it is gone; killed after ten seconds. */
  end(): Promise<void>;
}

export const windowShows = 'the window shows';
export const agentWorks = 'the agent works';

/** Starts it as a normal user, with Chromium's sandbox where that is possible, and waits until its agent works. */
export async function launch(desktop: Desktop, program: Program, more: string[]): Promise<Started> {
  emptyLog(program.log);
  const account = usable();
  const asRoot = account === null && process.getuid?.() === 0;
  const argv = [...program.argv, '--disable-gpu', ...(asRoot ? ['--no-sandbox'] : []), ...more];
  const [file = '', ...args] = runAs(account, argv);
  const began = Date.now();
  const child = spawn(file, args, {
    env: desktop.env,
    cwd: desktop.home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr?.on('data', (part: Buffer) => {
    complaint = (complaint + part).slice(-2000);
  });
  const since = (words: string) => {
    const line = logOf(program).find((one) => one.includes(words));
    return line === undefined ? null : Date.parse(line.slice(0, 24)) - began;
  };
  for (let turn = 0; since(agentWorks) === null; turn++) {
    if (turn > 600 || child.exitCode !== null) {
      await end(child);
      throw new Error(`it did not start: ${complaint} ${logOf(program).join('\n')}`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? 0, since, end: () => end(child) };
}

/** A process and all that it started. */
export function processesOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const parent = /^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
      parents.set(Number(name), Number(parent));
    } catch {
      // it ended meanwhile
    }
  }
  const isOurs = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isOurs(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isOurs);
}

/** Anonymous and proportional memory of a process and all that it started, in MB. */
export function used(root: number): { anonymous: number; pss: number } {
  const sizes = processesOf(root).map((pid) => memory(pid));
  const sum = (pick: 'anonymous' | 'pss') => sizes.reduce((all, one) => all + (one?.[pick] ?? 0), 0);
  return { anonymous: sum('anonymous'), pss: sum('pss') };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}

/**
 * What any Electron application has: a window with a page, a tray icon. It says the same words into its log. It lives
 * in an Electron of its own as ours does, beside it, made of the same files.
 */
export async function emptyApp(electron: FoundElectron, beside: string, home: string): Promise<Program> {
  const place = join(dirname(beside), `empty-${electron.version}`);
  const app = join(place, 'resources', 'app');
  await rm(place, { recursive: true, force: true });
  await run(['cp', '-al', `${electron.directory}/.`, place]);
  mkdirSync(app);
  copyFileSync(join(import.meta.dirname, '../../build/tray/ok.png'), join(app, 'icon.png'));
  writeFileSync(join(app, 'package.json'), '{"name":"empty","version":"1.0.0","main":"main.js"}');
  writeFileSync(
    join(app, 'index.html'),
    `<!doctype html><title>Empty</title><table>${'<tr><td>one<td>two<td>three'.repeat(50)}</table>`,
  );
  const log = join(home, 'empty.log');
  writeFileSync(log, '');
  writeFileSync(
    join(app, 'main.js'),
    `const { app, BrowserWindow, Tray } = require('electron');
     const { appendFileSync } = require('node:fs');
     const { join } = require('node:path');
     const say = (words) => appendFileSync(${JSON.stringify(log)}, new Date().toISOString() + ' ' + words + '\\n');
     app.setPath('userData', ${JSON.stringify(join(home, 'empty'))});
     app.enableSandbox();
     app.on('window-all-closed', () => {});
     app.whenReady().then(() => {
       globalThis.tray = new Tray(join(__dirname, 'icon.png'));
       say('the agent works');
       if (process.argv.includes('--hidden')) return;
       const window = new BrowserWindow({ width: 1180, height: 760, show: false });
       window.once('ready-to-show', () => { window.show(); say('the window shows'); });
       window.loadFile(join(__dirname, 'index.html'));
     });\n`,
  );
  return { argv: [join(place, 'electron')], log };
}

function logOf({ log }: Program): string[] {
  try {
    return readFileSync(log, 'utf8').split('\n');
  } catch {
    return []; // not begun yet
  }
}

/** Every start writes into an empty log. */
function emptyLog(path: string): void {
  try {
    readFileSync(path);
    writeFileSync(path, '');
  } catch {
    // the program makes it
  }
}

function usable() {
  const account = normalAccount();
  return canRead(account, import.meta.filename) ? account : null;
}

/** To the user that the programs run as. */
export function giveAway(directory: string): void {
  const account = usable();
  if (account === null) return;
  chownSync(directory, account.uid, account.gid);
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    chownSync(join(directory, entry), account.uid, account.gid);
}
