import { writeFileSync } from 'node:fs';

/** Bits of `core(5)`: headers of the programs only, by which the program is known. No heap, no stack. */
const headersOnly = '0x10';

/**
 * A core file holds the whole memory of a program that broke, its secrets too, and ends where reports of crashes are
 * gathered. From now on that of this process (and of what it starts), or of another one of ours, holds no memory.
 * Only Linux lets a program say so; elsewhere nothing happens. Never throws.
 */
export function keepMemoryOutOfCores(pid: number | 'self' = 'self'): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${pid}/coredump_filter`, headersOnly);
  } catch {
    // a kernel without core files, or a process that has ended
  }
}
