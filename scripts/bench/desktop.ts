import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Desktop, electronForTests, startDesktop } from '../../test/e2e/electron.ts';
import { prepareApp } from '../find-electron.ts';
import {
  agentWorks,
  emptyApp,
  giveAway,
  launch,
  type Program,
  used,
  windowShows,
} from './desktop-programs.ts';
import { type Figure, median, ms, range } from './measure.ts';

const runs = 15;
/** After the start, before memory is read. */
const restMs = 4000;

interface Start {
  /** Spawn to window, and to the agent working (ours only). */
  window: number | null;
  agent: number | null;
  anonymous: number;
  pss: number;
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
    const ours = async () => both.own.push(await start(desktop, own, more, restMs));
    const theirs = async () => both.empty.push(await start(desktop, empty, more, restMs));
    for (const one of run % 2 === 0 ? [ours, theirs] : [theirs, ours]) await one(); // neither is always the first
  }
  return both;
}

function figures(shown: Both, hidden: Both): Figure[] {
  const middle = (list: Start[], pick: (one: Start) => number | null) =>
    median(list.map(pick).filter((value) => value !== null));
  const windows = shown.own.map((one) => one.window ?? 0);
  const ratios = windows.map((window, run) => window / (shown.empty[run]?.window ?? 0));
  const ratio = median(ratios);
  const more = (both: Both) =>
    middle(both.own, (one) => one.anonymous) - middle(both.empty, (one) => one.anonymous);
  const sizes = (list: Start[]) =>
    `${middle(list, (one) => one.anonymous).toFixed(0)} MB anonymous, ${middle(list, (one) => one.pss).toFixed(0)} MB PSS`;
  const method = `Medians of ${runs}, the two in turn`;
  const rest = `${method}; all processes, ${restMs / 1000} s after the start, from smaps_rollup.`;
  return [
    {
      what: 'Desktop: start to window',
      figure: `${ms(median(windows))} (${range(windows)}); empty app ${ms(middle(shown.empty, (one) => one.window))}; ratio ${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      goal: '≤ 1.2 × empty app',
      met: ratio <= 1.2,
      method: `${method}, each of them first in every second pair; median of the ratios of the pairs. Spawn of the released application until its window shows, beside an app with one page and a tray icon in the same Electron; database there already.`,
    },
    {
      what: 'Desktop: start to a working agent',
      figure: ms(middle(shown.own, (one) => one.agent)),
      goal: '–',
      met: null,
      method: `${method}. Until the log says that the agent works; it begins when the window shows.`,
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
      goal: '≤ 35 MB more than the empty app, anonymous',
      met: more(hidden) <= 35,
      method: rest,
    },
  ];
}

async function start(desktop: Desktop, program: Program, more: string[], rest: number): Promise<Start> {
  const started = await launch(desktop, program, more);
  try {
    await sleep(rest === 0 ? 1000 : rest);
    return { window: started.since(windowShows), agent: started.since(agentWorks), ...used(started.pid) };
  } finally {
    await started.end();
  }
}
