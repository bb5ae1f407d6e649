import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Milliseconds that `work` takes. */
export async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Milliseconds that `work` takes, and the longest that it kept the loop from all else: the delay of a timer of 1 ms, less that. With
 * a monitor of its own each time, for one that is enabled again counts the time that it was not as a delay.
 */
export async function timeAndHold(work: () => unknown): Promise<{ took: number; held: number }> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await sleep(someTurnsMs); // it counts from its first turn on
  const took = await time(work);
  await sleep(someTurnsMs);
  monitor.disable();
  return { took, held: Math.max(0, monitor.max / 1e6 - 1) };
}

const someTurnsMs = 5;

export function ms(value: number): string {
  return value >= 100 ? `${Math.round(value)} ms` : `${value.toFixed(value >= 10 ? 1 : 2)} ms`;
}

/** `(min–max)` of the runs. */
export function range(values: readonly number[]): string {
  return `${ms(Math.min(...values))}–${ms(Math.max(...values))}`;
}

/** Memory of a process in MB, from smaps_rollup; null where that does not exist. */
export function memory(pid: number): { pss: number; anonymous: number; rss: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const field = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
    return { pss: field('Pss'), anonymous: field('Pss_Anon'), rss: field('Rss') };
  } catch {
    return null;
  }
}

/** One line of the table in docs/benchmarks.md. */
export interface Figure {
  what: string;
  figure: string;
  goal: string;
  met: boolean | null;
  method: string;
}
