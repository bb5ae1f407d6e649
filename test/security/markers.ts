import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reading, YoungProcesses } from '#test/make/young-processes.ts';

/** A secret that was planted: its value in every writing in which it could turn up. */
export interface Marker {
  door: string;
  forms: Buffer[];
}

/** `value` plain, base64, base64url and hex; of PEM also each line of its body and its DER. */
export function markerOf(door: string, value: string): Marker {
  const bytes = Buffer.from(value, 'utf8');
  const forms = [bytes, ...written(bytes)];
  const body = /-----BEGIN [A-Z ]+-----\s+([A-Za-z0-9+/=\s]+)-----END/.exec(value)?.[1];
  if (body !== undefined) {
    const lines = body.trim().split(/\s+/);
    // the first line of a key is mostly its kind, and the last one may be short
    forms.length = 0;
    forms.push(
      ...lines
        .slice(1)
        .filter((line) => line.length >= 20)
        .map((line) => Buffer.from(line)),
    );
    const der = Buffer.from(lines.join(''), 'base64');
    forms.push(der.subarray(der.length >> 1, (der.length >> 1) + 24));
    forms.push(Buffer.from(der.subarray(der.length >> 1, (der.length >> 1) + 24).toString('hex')));
  }
  return { door, forms: forms.filter((form) => form.length >= 8) };
}

function written(bytes: Buffer): Buffer[] {
  // without the last characters, which depend on what follows; at each of the three places in a group
  const inBase64 = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const inner = text.slice(shift === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set([...inBase64, bytes.toString('hex')])].map((text) => Buffer.from(text));
}

/** Which of the markers are in `bytes`: `door in where`. */
export function foundIn(where: string, bytes: Buffer | string, markers: readonly Marker[]): string[] {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return markers.flatMap(({ door, forms }) =>
    forms.some((form) => all.includes(form)) ? [`${door} in ${where}`] : [],
  );
}

/** Every file below a directory, searched. */
export function foundBelow(directory: string, markers: readonly Marker[], except: RegExp): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() && !except.test(path) ? foundIn(path, contentOf(path), markers) : [];
  });
}

/** Nothing, where the program at work took the file away meanwhile. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Looks at command line and environment of every process of this machine, again and again, until `stop`. */
export function watchProcesses(markers: readonly Marker[]) {
  const watch = new ProcessWatch(markers);
  watch.look();
  return watch;
}

class ProcessWatch {
  readonly #markers: readonly Marker[];
  readonly #found = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #allowed = new Set<string>();
  readonly #processes = new YoungProcesses();
  /** What was read last of each, and for how many markers it was searched: the same is not searched again. */
  readonly #searched = new Map<string, { bytes: Buffer; markers: number }>();
  #on = true;
  #looked = 0;

  constructor(markers: readonly Marker[]) {
    this.#markers = markers;
  }

  /** This process was given a secret on its command line by a person, who was warned. */
  allow(pid: number | undefined): void {
    this.#allowed.add(String(pid));
  }

  get found(): string[] {
    return [...this.#found];
  }

  stop() {
    this.#on = false;
    return { looked: this.#looked, seen: this.#seen, found: this.found };
  }

  look(): void {
    for (const reading of this.#processes.turn()) this.#search(reading);
    if (this.#on) setTimeout(() => this.look(), 2);
  }

  #search({ pid, what, bytes }: Reading): void {
    this.#looked++;
    this.#seen.add(bytes.subarray(0, 40).toString('latin1').split('\0')[0] ?? '');
    if (what === 'cmdline' && this.#allowed.has(String(pid))) return;
    const before = this.#searched.get(`${pid} ${what}`);
    if (before?.markers === this.#markers.length && before.bytes.equals(bytes)) return;
    this.#searched.set(`${pid} ${what}`, { bytes: Buffer.from(bytes), markers: this.#markers.length });
    const where = `${what} of ${bytes.toString('latin1', 0, 120)}`;
    for (const one of foundIn(where, bytes, this.#markers)) this.#found.add(one);
  }
}
