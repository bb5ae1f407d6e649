import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Desktop, electronForTests, startDesktop } from '../../test/e2e/electron.ts';
import { canRead, normalAccount, runAs } from '../../test/servers/account.ts';
import { run } from '../electron/run.ts';
import { type FoundElectron, prepareApp } from '../find-electron.ts';
import { type Figure, median, memory, ms, range } from './measure.ts';

const runs = 9;
/** After the start, before memory is read. */
const restMs = 4000;

interface Start {
  /** Spawn to window, and to the agent working (ours only). */
  window: number | null;
  agent: number | null;
  anonymous: number;
  pss: number;
}
interface Program {
  argv: string[];
  log: string;
}

/** The released application beside an empty one (a page, a tray icon) in the same Electron, turn by turn. */
export async function desktopStart(): Promise<Figure[]> {
  const electron = await electronForTests();
  if (electron === null || process.platform !== 'linux') return [];
  const desktop = await startDesktop();
  try {
    const home = mkdtempSync(join(desktop.home, 'bench-'));
    const prepared = await prepareApp({ electron, flavour: 'release' });
    const data = join(home, 'data');
    const own: Program = {
      argv: [prepared.executable, ...prepared.args, `--data-directory=${data}`],
      log: join(data, 'desktop', 'logs', 'trustkeep.log'),
    };
    const empty = await emptyApp(electron, dirname(prepared.executable), home);
    giveAway(home);
    for (const program of [own, empty]) await start(desktop, program, ['--first'], 0); // database, caches
    const shown = await inTurn(desktop, own, empty, []);
    const hidden = await inTurn(desktop, own, empty, ['--hidden']);
    return figures(shown, hidden);
  } finally {
    await desktop.stop();
  }
}

interface Both {
  own: Start[];
  empty: Start[];
}

async function inTurn(desktop: Desktop, own: Program, empty: Program, more: string[]): Promise<Both> {
  const both: Both = { own: [], empty: [] };
  for (let run = 0; run < runs; run++) {
    both.own.push(await start(desktop, own, more, restMs));
    both.empty.push(await start(desktop, empty, more, restMs));
  }
  return both;
}

function figures(shown: Both, hidden: Both): Figure[] {
  const middle = (list: Start[], pick: (one: Start) => number | null) =>
    median(list.map(pick).filter((value) => value !== null));
  const windows = shown.own.map((one) => one.window ?? 0);
  const ratio = median(windows) / middle(shown.empty, (one) => one.window);
  const more = (both: Both) =>
    middle(both.own, (one) => one.anonymous) - middle(both.empty, (one) => one.anonymous);
  const sizes = (list: Start[]) =>
    `${middle(list, (one) => one.anonymous).toFixed(0)} MB anonymous, ${middle(list, (one) => one.pss).toFixed(0)} MB PSS`;
  const method = `Medians of ${runs}, the two in turn`;
  const rest = `${method}; all processes, ${restMs / 1000} s after the start, from smaps_rollup.`;
  return [
    {
      what: 'Desktop: start to window',
      figure: `${ms(median(windows))} (${range(windows)}); empty app ${ms(middle(shown.empty, (one) => one.window))}; ratio ${ratio.toFixed(2)}`,
      goal: '≤ 1.2 × empty app',
      met: ratio <= 1.2,
      method: `${method}. Spawn of the released application until its window shows, beside an app with one page and a tray icon in the same Electron; database there already.`,
    },
    {
      what: 'Desktop: start to a working agent',
      figure: ms(middle(shown.own, (one) => one.agent)),
      goal: '–',
      met: null,
      method: `${method}. Until the log says that the agent works; it begins when the page has its files.`,
    },
    {
      what: 'Desktop: memory with its window',
      figure: `${sizes(shown.own)}; empty app ${sizes(shown.empty)}`,
      goal: '–',
      met: null,
      method: rest,
    },
    {
      what: 'Desktop: memory in the tray',
      figure: `${sizes(hidden.own)}; empty app ${sizes(hidden.empty)}; ${more(hidden).toFixed(0)} MB more`,
      goal: '≤ 60 MB more than the empty app',
      met: more(hidden) <= 60,
      method: rest,
    },
  ];
}

async function start(desktop: Desktop, program: Program, more: string[], rest: number): Promise<Start> {
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
  try {
    for (let turn = 0; since('the agent works') === null; turn++) {
      if (turn > 600 || child.exitCode !== null)
        throw new Error(`it did not start: ${complaint} ${logOf(program).join('\n')}`);
      await sleep(50);
    }
    await sleep(rest === 0 ? 1000 : rest);
    return { window: since('the window shows'), agent: since('the agent works'), ...used(child.pid ?? 0) };
  } finally {
    await end(child);
  }
}

/** Anonymous and proportional memory of a process and all that it started. */
function used(root: number): { anonymous: number; pss: number } {
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
  const sizes = [...parents.keys()].filter(isOurs).map((pid) => memory(pid));
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
async function emptyApp(electron: FoundElectron, beside: string, home: string): Promise<Program> {
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
function giveAway(directory: string): void {
  const account = usable();
  if (account === null) return;
  chownSync(directory, account.uid, account.gid);
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    chownSync(join(directory, entry), account.uid, account.gid);
}
