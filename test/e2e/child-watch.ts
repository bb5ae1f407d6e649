import { readdirSync, readFileSync } from 'node:fs';
import type { ElectronApplication } from 'playwright-core';

export interface ProcessWatch {
  /** How many command lines and environments were read. */
  looks(): number;
  /** Every one that was seen, once. For searching, not for printing. */
  seen(): string[];
  stop(): void;
}

/** How often a process is looked at while it is young, when it may become another program; then now and then. */
const youngLooks = 25;
const laterEvery = 100;

/**
 * Reads command line and environment of everything that this process ever started, and of what that started, again
 * and again, until `stop`.
 */
export function watchProcesses(): ProcessWatch {
  const times = new Map<string, number>();
  const family = new Map([[String(process.pid), true]]);
  const seen = new Set<string>();
  let looks = 0;
  let on = true;
  /** Asked once: who is ours stays ours when its parent ends. */
  function isOurs(pid: string): boolean {
    const known = family.get(pid);
    if (known !== undefined) return known;
    const parent = /^.*\) \S (\d+)/s.exec(readIfThere(`/proc/${pid}/stat`))?.[1];
    const ours = parent !== undefined && parent !== '0' && isOurs(parent);
    family.set(pid, ours);
    return ours;
  }
  const look = (): void => {
    const all = new Set(readdirSync('/proc').filter((name) => /^\d+$/.test(name)));
    for (const pid of family.keys())
      if (!all.has(pid)) {
        family.delete(pid); // its number may be given again
        times.delete(pid);
      }
    const pids = [...all].filter((pid) => pid !== String(process.pid) && isOurs(pid));
    for (const pid of pids) {
      const turn = times.get(pid) ?? 0;
      times.set(pid, turn + 1);
      if (turn > youngLooks && turn % laterEvery !== 0) continue;
      for (const what of ['cmdline', 'environ']) {
        seen.add(`${what}: ${readIfThere(`/proc/${pid}/${what}`)}`);
        looks++;
      }
    }
    if (on) setTimeout(look, 3);
  };
  look();
  return {
    looks: () => looks,
    seen: () => [...seen],
    stop() {
      on = false;
    },
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it ended, or is not ours to see
  }
}

/**
 * From now on every program that the main process starts is written down with its words and environment, however
 * short it lives.
 */
export async function recordChildren(app: ElectronApplication): Promise<() => Promise<string[]>> {
  await app.evaluate(() => {
    const builtin = (process as unknown as { getBuiltinModule(name: string): unknown }).getBuiltinModule;
    const programs = builtin('node:child_process') as Record<string, (...args: unknown[]) => unknown>;
    const started: string[] = [];
    for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync', 'fork']) {
      const real = programs[name];
      programs[name] = (...args: unknown[]) => {
        started.push(JSON.stringify(args, (_key, value) => (ArrayBuffer.isView(value) ? 'bytes' : value)));
        return real?.(...args);
      };
    }
    (builtin('node:module') as { syncBuiltinESMExports(): void }).syncBuiltinESMExports();
    Object.assign(globalThis, { startedChildren: started });
  });
  return () => app.evaluate(() => (globalThis as unknown as { startedChildren: string[] }).startedChildren);
}
