import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Account, runAs } from './account.ts';
import { have } from './available.ts';
import { end, endWithUs } from './display.ts';
import { keychainAnswers } from './keychain.ts';

interface TrayShown {
  id: string;
  tooltip: string;
  /** Hash of the picture. */
  icon: string;
  menu: { label: string; type: string; enabled: boolean; checked: boolean }[];
}

interface NotificationShown {
  id: number;
  app: string;
  title: string;
  body: string;
  actions: string[];
  urgency: number;
  timeout: number;
}

/** A private session bus with a keychain, a tray and a notification service, seen from the person's side. */
export interface DesktopBus {
  address: string;
  /** Home of everything on this bus; removed by `stop`. */
  home: string;
  /** The whole environment of programs on this desktop, without a display. */
  env: Record<string, string>;
  /** Null while no tray icon is there. */
  tray(): Promise<TrayShown | null>;
  /** Left click on the icon. */
  activate(): Promise<void>;
  /** Clicks the first line of the menu that holds the words. */
  choose(label: string): Promise<void>;
  notifications(): Promise<NotificationShown[]>;
  /** Ids of those that the application took back. */
  closed(): Promise<number[]>;
  /** Clicks a notification. */
  invoke(id: number, action?: string): Promise<void>;
  /** Registrations that a strict desktop would not show. */
  refused(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Debian's own Python: the one that has its D-Bus packages. */
const python = '/usr/bin/python3';

export function haveDesktop(): boolean {
  const programs = ['Xvfb', 'dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'setpriv'].map(have);
  const modules = ['/usr/lib/python3/dist-packages/dbus', '/usr/lib/python3/dist-packages/gi'].map((path) =>
    existsSync(path),
  );
  return [...programs, ...modules].every(Boolean);
}

export async function startDesktopBus(account: Account | null = null): Promise<DesktopBus> {
  const home = await mkdtemp(join(tmpdir(), 'trustkeep-desktop-'));
  const run = join(home, 'run');
  await mkdir(run, { mode: 0o700 });
  if (account !== null) for (const folder of [home, run]) await chown(folder, account.uid, account.gid);
  const address = `unix:path=${run}/bus`;
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    HOME: home,
    XDG_RUNTIME_DIR: run,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CURRENT_DESKTOP: 'GNOME',
    DBUS_SESSION_BUS_ADDRESS: address,
    NO_AT_BRIDGE: '1', // else GTK starts a bus of its own that outlives it
    LANG: 'C.UTF-8',
  };
  const start = (argv: string[]) => {
    const [program = '', ...args] = runAs(account, argv);
    const child = spawn(program, args, { env, cwd: home, stdio: ['pipe', 'pipe', 'pipe'] });
    endWithUs(child);
    children.push(child);
    return child;
  };
  const children: ChildProcessWithoutNullStreams[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) await end(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const bus = start([
      'dbus-daemon',
      '--session',
      '--nofork',
      '--nopidfile',
      `--address=${address}`,
      '--print-address=1',
    ]);
    await said(bus, /unix:/);
    const keychain = start(['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets']);
    keychain.stdin.end('test');
    await keychainAnswers(env, account); // else the first who asks has the bus start a locked one
    const desktop = start([python, join(import.meta.dirname, 'desktop_mock.py')]);
    const ask = await speakWith(desktop);
    return { address, home, env, stop, ...orders(ask) };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Ask = (what: string, more?: Record<string, unknown>) => Promise<unknown>;

function orders(ask: Ask) {
  return {
    tray: async () => (await ask('tray')) as TrayShown | null,
    activate: async () => void (await ask('activate')),
    choose: async (label: string) => void (await ask('choose', { label })),
    notifications: async () => (await ask('notifications')) as NotificationShown[],
    closed: async () => (await ask('closed')) as number[],
    invoke: async (id: number, action = 'default') => void (await ask('invoke', { id, action })),
    refused: async () => (await ask('refused')) as string[],
  };
}

async function speakWith(desktop: ChildProcessWithoutNullStreams): Promise<Ask> {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let last = -1;
  let complaint = '';
  desktop.stderr.on('data', (part: Buffer) => {
    complaint = (complaint + part).slice(-2000);
  });
  desktop.on('exit', (code) => {
    for (const one of waiting.values())
      one.reject(new Error(`the mock desktop ended with ${code}: ${complaint}`));
  });
  createInterface({ input: desktop.stdout }).on('line', (line) => {
    const { number, answer, error } = JSON.parse(line);
    if (error === undefined) waiting.get(number)?.resolve(answer);
    else waiting.get(number)?.reject(new Error(error));
    waiting.delete(number);
  });
  const answerTo = (number: number) =>
    new Promise<unknown>((resolve, reject) => waiting.set(number, { resolve, reject }));
  last += 1;
  await answerTo(last); // its own first word, once it owns its names
  return (what, more = {}) => {
    last += 1;
    const answer = answerTo(last);
    desktop.stdin.write(`${JSON.stringify({ do: what, number: last, ...more })}\n`);
    return answer;
  };
}

function said(child: ChildProcessWithoutNullStreams, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const hear = (part: Buffer) => {
      text += part;
      if (words.test(text)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
}
