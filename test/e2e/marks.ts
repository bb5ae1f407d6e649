import { createPrivateKey, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that was planted, and the pieces by which it is known wherever it turns up. */
export interface Mark {
  door: string;
  value: string;
  pieces: readonly string[];
}

/** Long enough that no chance brings it about: 64 bits of hexadecimal digits, more of anything else. */
const piece = 16;

/**
 * A value nobody can guess. Its two ends are searched for and not the whole, so that also half of it is found: what a
 * field held before the last keys, what a log cut off. Between them stands what one writing or another would escape;
 * the ends themselves are the same in JSON and in addresses.
 */
export function mark(door: string, between = ''): Mark {
  const [first, last] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  return marked(door, `${first}${between}${last}`);
}

/** The same for a value that somebody else made: a recovery key, a token. */
export function marked(door: string, value: string): Mark {
  const plain = value.replaceAll(/[^A-Za-z0-9]/g, '');
  if (plain.length < piece) throw new Error(`the value of ${door} is too short to be searched for`);
  return { door, value, pieces: [...new Set([value, plain].flatMap(ends))] };
}

/** A private key: by what is private in it (files of keys hold the public one too), or by its locked bytes. */
export function markedKey(door: string, pem: string): Mark {
  const [, kind, body] = /-----BEGIN ([A-Z ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END/.exec(pem) ?? [];
  if (body === undefined) throw new Error(`${door} is no key`);
  const bytes = kind?.startsWith('OPENSSH') ? opensshPart(Buffer.from(body, 'base64')) : scalars(pem);
  return { door, value: pem, pieces: bytes.flatMap((one) => ends(one.toString('latin1'))) };
}

function scalars(pem: string): Buffer[] {
  const { d, p, q } = createPrivateKey(pem).export({ format: 'jwk' });
  return [d, p, q].flatMap((one) => (one === undefined ? [] : [Buffer.from(one, 'base64url')]));
}

/** The seed of an Ed25519 key; of a locked one the end of what is locked. */
function opensshPart(blob: Buffer): Buffer[] {
  const type = 'ssh-ed25519';
  const [first, last] = [blob.indexOf(type), blob.lastIndexOf(type)];
  if (first === last) return [blob.subarray(-48)];
  const seedAt = last + type.length + 4 + 32 + 4; // behind the public key
  return [blob.subarray(seedAt, seedAt + 32)];
}

const ends = (text: string): string[] => [text.slice(0, piece), text.slice(-piece)];

/** Every writing of a piece: as it is, in two bytes a character, base64 (both alphabets), digits, all of it escaped. */
function writings(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const wide = Buffer.from(text, 'utf16le');
  const each = (before: string): string => [...bytes].map((one) => before + hex(one)).join('');
  const texts = [
    ...inBase64(bytes),
    ...inBase64(wide),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    wide.toString('hex'),
    each('%'),
    each('%').toUpperCase(),
    each('\\x'),
    each('\\u00'),
    [...bytes].join(','),
  ];
  return [bytes, wide, ...new Set(texts)].map((one) => Buffer.from(one as string));
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** At each of the three places in a group, without the characters at the ends, which depend on what stands beside. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const inner = text.slice(shift === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The doors of all marks that are somewhere in the bytes. */
export type Search = (bytes: Uint8Array) => string[];

/** Looks for all writings of all marks in one go over the bytes: by their first four, then by the whole. */
export function searchFor(marks: readonly Mark[]): Search {
  const starts = new Map<number, { form: Buffer; door: string }[]>();
  const maybe = new Uint8Array(1 << 16);
  for (const { door, pieces } of marks)
    for (const form of pieces.flatMap(writings)) {
      const start = form.readUInt32BE(0);
      starts.set(start, [...(starts.get(start) ?? []), { form, door }]);
      maybe[short(start)] = 1;
    }
  return (bytes) => {
    const found = new Set<string>();
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let at = 0; at < all.length; at++) {
      start = ((start << 8) | (all[at] as number)) >>> 0;
      if (maybe[short(start)] === 0) continue;
      for (const { form, door } of starts.get(start) ?? [])
        if (all.subarray(at - 3, at - 3 + form.length).equals(form)) found.add(door);
    }
    return [...found];
  };
}

const short = (start: number): number => (start ^ (start >>> 16)) & 0xffff;

/** `door in where`, for everything found in a text. */
export function inText(search: Search, where: string, text: string): string[] {
  return search(Buffer.from(text)).map((door) => `${door} in ${where}`);
}

/** Every file below a directory, searched, with the names of the files themselves; and how many there were. */
export function inFiles(search: Search, directory: string): { found: string[]; files: string[] } {
  const found: string[] = [];
  const files: string[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found.push(...inText(search, `the name of ${path}`, path));
    if (!entry.isFile()) continue;
    try {
      found.push(...search(readFileSync(path)).map((door) => `${door} in ${path}`));
      files.push(path);
    } catch (error) {
      // Chromium replaces its files at any moment
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { found, files };
}
