import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** How often a process is looked at while it is young, when it may become another program; then now and then. */
const youngLooks = 25;
const laterEvery = 500;

/**
 * One command line or environment, its words ended by zero bytes: proc_pid_cmdline(5), proc_pid_environ(5). The bytes are
 * there until the next one is asked for.
 */
export interface Reading {
  pid: number;
  what: 'cmdline' | 'environ';
  bytes: Buffer;
}

/**
 * Whose command line and environment are worth reading now: every process of this machine, again and again while it is
 * young. The kernel numbers processes in turn, so the number of the newest tells all that began since the last turn,
 * for a hundredth of what a listing of all costs; those that ended meanwhile were too quick for any listing.
 */
export class YoungProcesses {
  readonly #turns = new Map<number, number>();
  #newest = 0;
  /** The newest of the turn before: a number is given a moment before its process can be seen, so each is asked twice. */
  #asked = 0;

  constructor() {
    this.#listAll();
  }

  /** What can be read now, of those that `which` holds. The others are not asked about again while they live. */
  *turn(which: (pid: number) => boolean = () => true): Generator<Reading> {
    this.#notice();
    for (const [pid, turn] of this.#turns) {
      this.#turns.set(pid, turn + 1);
      if (turn > youngLooks && turn % laterEvery !== 0) continue;
      if (turn === 0 && !which(pid)) {
        this.#turns.delete(pid);
        continue;
      }
      for (const what of ['cmdline', 'environ'] as const) {
        const bytes = this.#read(pid, what);
        if (bytes !== null) yield { pid, what, bytes };
      }
    }
  }

  /** Null: it ended, or is not ours to see. */
  #read(pid: number, what: Reading['what']): Buffer | null {
    try {
      return contentOf(`/proc/${pid}/${what}`);
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) this.#turns.delete(pid);
      return null;
    }
  }

  #notice(): void {
    const newest = newestNumber();
    if (newest < this.#newest) this.#listAll(); // the numbers began anew
    for (let pid = this.#asked + 1; pid <= newest; pid++)
      if (!this.#turns.has(pid) && isProcess(pid)) this.#turns.set(pid, 0);
    this.#asked = this.#newest;
    this.#newest = newest;
  }

  #listAll(): void {
    this.#newest = newestNumber();
    this.#asked = this.#newest;
    for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) this.#turns.set(Number(name), 0);
  }
}

/** The last field of proc_loadavg(5): the number that was given last. */
const newestNumber = (): number => Number(contentOf('/proc/loadavg').toString('latin1').split(' ')[4]);

/** Threads have numbers of the same row, and belong to a process with another. */
function isProcess(pid: number): boolean {
  try {
    return contentOf(`/proc/${pid}/status`).includes(`\nTgid:\t${pid}\n`);
  } catch {
    return false; // ended already
  }
}

/** More than a kernel lets one command line and environment have beside each other by default. */
const room = Buffer.alloc(4 * 1024 * 1024);

/** Into the same room each time: what is read thousands of times a second would leave much to clear away. */
function contentOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (let got = -1; got !== 0 && length < room.length; length += got)
      got = readSync(file, room, length, room.length - length, null);
    return room.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
