import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { electronForTests, startDesktop } from '../../test/e2e/electron.ts';
import { readySealer } from '../../test/make/database.ts';
import { prepareApp } from '../find-electron.ts';
import { emptyApp, giveAway, launch, processesOf, type Started, used } from './desktop-programs.ts';
import { fillWithAThousand } from './estate.ts';
import type { Figure } from './measure.ts';

/** What a start still does is over then. */
const settleMs = 60_000;
const watchMs = 300_000;
const cli = join(import.meta.dirname, '../../out/node/cli.js');

interface Watched {
  name: string;
  pid: number;
  end(): Promise<void>;
}

/** What an agent with 1,000 endpoints and nothing to do costs, headless and in the tray, beside programs that do nothing at all. */
export async function idleAgents(): Promise<Figure[]> {
  const electron = await electronForTests();
  if (electron === null || process.platform !== 'linux') return [];
  const desktop = await startDesktop();
  const watched: Watched[] = [];
  try {
    const home = mkdtempSync(join(desktop.home, 'idle-'));
    const [headless, inTray] = [join(home, 'headless'), join(home, 'tray')];
    for (const data of [headless, inTray]) await fill(data);
    const prepared = await prepareApp({ electron, flavour: 'release' });
    const own = {
      argv: [prepared.executable, ...prepared.args, `--data-directory=${inTray}`],
      log: join(inTray, 'desktop', 'logs', 'trustkeep.log'),
    };
    const empty = await emptyApp(electron, dirname(prepared.executable), home);
    giveAway(home);
    watched.push(await node('headless', [cli, 'run', '--data-directory', headless]));
    watched.push(await node('bare Node', ['--eval', 'setInterval(() => {}, 1e9)']));
    watched.push(named('tray', await launch(desktop, own, ['--hidden'])));
    watched.push(named('empty app', await launch(desktop, empty, ['--hidden'])));
    return await watch(watched);
  } finally {
    for (const one of watched) await one.end();
    await desktop.stop();
  }
}

async function watch(watched: readonly Watched[]): Promise<Figure[]> {
  await sleep(settleMs);
  const before = watched.map(({ pid }) => processorMs(pid));
  const began = performance.now();
  await sleep(watchMs);
  const took = performance.now() - began;
  const shares = watched.map(({ pid }, at) => ((processorMs(pid) - (before[at] ?? 0)) / took) * 100);
  const sizes = watched.map(({ pid }) => used(pid));
  const each = (of: (at: number) => string) => watched.map(({ name }, at) => `${name} ${of(at)}`).join('; ');
  const [headless = 0, , tray = 0, empty = 0] = shares;
  return [
    {
      what: 'Processor at rest with 1,000 endpoints',
      figure: each((at) => `${shares[at]?.toFixed(3)} %`),
      goal: '≤ 0.1 % of one processor, headless; in the tray that much more than the empty app',
      met: headless <= 0.1 && tray - empty <= 0.1,
      method: `All four at the same time for ${watchMs / 60_000} minutes, from ${settleMs / 1000} s after the start; user and system time of all processes, from the kernel.`,
    },
    {
      what: 'Memory at rest with 1,000 endpoints',
      figure: each((at) => `${sizes[at]?.anonymous.toFixed(0)} MB anonymous`),
      goal: '–',
      met: null,
      method: 'The same four at the end of those minutes, from smaps_rollup.',
    },
  ];
}

const named = (name: string, { pid, end }: Started): Watched => ({ name, pid, end });

async function node(name: string, argv: string[]): Promise<Watched> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const gone = once(child, 'exit');
  const end = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  return { name, pid: child.pid ?? 0, end };
}

/** Of a process and all below it, those that ended among them. */
function processorMs(root: number): number {
  const ticks = processesOf(root).map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) * 10;
}

async function fill(data: string): Promise<void> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const database = openDatabase({
    path: join(data, 'trustkeep.db'),
    clock: systemClock,
    log: silentLog,
    sealer: readySealer(),
  });
  database.transaction(() => fillWithAThousand(database, Date.now()));
  database.close();
}
