import { readFileSync } from 'node:fs';
import type { ElectronApplication } from 'playwright-core';
import { YoungProcesses } from '#test/make/young-processes.ts';

export interface ProcessWatch {
  /** How many command lines and environments were read. */
  looks(): number;
  /** Every one that was seen, once. For searching, not for printing. */
  seen(): string[];
  stop(): void;
}

/**
 * Reads command line and environment of everything that this process ever started, and of what that started, again
 * and again, until `stop`.
 */
export function watchProcesses(): ProcessWatch {
  const processes = new YoungProcesses();
  const seen = new Set<string>();
  let looks = 0;
  let on = true;
  /** Asked once while it lives, since who is ours stays ours when its parent ends; known by number and birth. */
  const family = new Map([[process.pid, { born: originOf(process.pid)?.born, ours: true }]]);
  function isOurs(pid: number): boolean {
    const origin = originOf(pid);
    if (origin === null) return false;
    const known = family.get(pid);
    if (known?.born === origin.born) return known.ours;
    const ours = isOurs(origin.parent);
    family.set(pid, { born: origin.born, ours });
    return ours;
  }
  const look = (): void => {
    for (const { pid, what, bytes } of processes.turn(isOurs)) {
      if (pid === process.pid) continue;
      seen.add(`${what}: ${bytes.toString('latin1')}`);
      looks++;
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

/** Its parent, and when it began in the kernel's ticks: the fields 4 and 22 of proc_pid_stat(5). Null when it ended. */
function originOf(pid: number): { parent: number; born: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { parent: Number(fields[1]), born: Number(fields[19]) };
  } catch {
    return null;
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
