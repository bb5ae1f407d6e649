import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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
  const found = new Set<string>();
  const seen = new Set<string>();
  const allowed = new Set<string>();
  const looks = new Map<string, number>();
  let on = true;
  let looked = 0;
  const look = (): void => {
    for (const pid of readdirSync('/proc')) {
      const times = looks.get(pid) ?? 0;
      // again and again while it is young: it may become another program; old ones do not change any more
      if (!/^\d+$/.test(pid) || (times > 20 && times % 50 !== 0)) {
        looks.set(pid, times + 1);
        continue;
      }
      looks.set(pid, times + 1);
      for (const what of ['cmdline', 'environ']) {
        try {
          const bytes = readFileSync(`/proc/${pid}/${what}`);
          looked++;
          seen.add(bytes.subarray(0, 40).toString('latin1').split('\0')[0] ?? '');
          if (what === 'cmdline' && allowed.has(pid)) continue;
          for (const one of foundIn(`${what} of ${bytes.toString('latin1', 0, 120)}`, bytes, markers))
            found.add(one);
        } catch {
          // it ended, or is not ours to see
        }
      }
    }
    if (on) setTimeout(look, 2);
  };
  look();
  return {
    /** This process was given a secret on its command line by a person, who was warned. */
    allow: (pid: number | undefined) => void allowed.add(String(pid)),
    stop() {
      on = false;
      return { looked, seen, found: [...found] };
    },
  };
}
