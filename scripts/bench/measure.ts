import { readFileSync } from 'node:fs';

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
