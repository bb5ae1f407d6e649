import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {
  inherited,
  privateRights,
  trouble,
  type WindowsError,
  type WindowsWorld,
  win32,
} from './powershell-world.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const upTo = (path: string) => path.slice(0, path.lastIndexOf('\\'));
const nameOf = (path: string) => path.slice(path.lastIndexOf('\\') + 1);

function about<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    (error as WindowsError).about ||= path;
    throw error;
  }
}

/** Where the path of a file leads. */
function fileAt(world: WindowsWorld, path: string): string {
  const real = world.resolved(path);
  if (!world.isThere(real)) throw trouble('missing');
  if (world.isDirectory(real)) throw trouble('is-directory');
  return real;
}

export function read(world: WindowsWorld, { path, limit }: { path: string; limit: number }) {
  return about(path, () => {
    const real = fileAt(world, path);
    world.step('read', path);
    const content = readFileSync(world.real(real));
    if (content.length > limit) throw trouble('too-large');
    return { size: content.length, content };
  });
}

export function list(world: WindowsWorld, { path }: { path: string }) {
  return about(path, () => {
    const real = world.resolved(path);
    if (!world.isThere(real)) throw trouble('missing');
    if (!world.isDirectory(real)) throw trouble('no-directory');
    world.step('list', path);
    return { names: readdirSync(world.real(real)) };
  });
}

export function stat(world: WindowsWorld, { paths, sums }: { paths: string[]; sums: boolean }) {
  const facts = paths.map((path) =>
    about(path, () => {
      world.step('stat', path);
      const real = world.resolved(path);
      if (!world.isThere(real)) return null;
      const found = statSync(world.real(real));
      const isFile = !found.isDirectory();
      return {
        ...{ path, realPath: real, kind: isFile ? 'file' : 'directory', size: isFile ? found.size : 0 },
        ...{ owner: 'BUILTIN\\Administratoren', modifiedAt: Math.floor(found.mtimeMs) },
        sha256: sums && isFile ? sha256(readFileSync(world.real(real))) : null,
      };
    }),
  );
  return { facts };
}

export function hash(world: WindowsWorld, { path }: { path: string }) {
  return about(path, () => {
    const real = fileAt(world, path);
    world.step('hash', path);
    return { sha256: sha256(readFileSync(world.real(real))) };
  });
}

export function rights(world: WindowsWorld, { paths }: { paths: string[] }) {
  const each = paths.map((path) =>
    about(path, () => {
      const real = world.resolved(path);
      if (!world.isThere(real)) throw trouble('missing');
      world.step('rights', path);
      return { sddl: world.rightsOf(real), attributes: '' };
    }),
  );
  return { rights: each };
}

function newBeside(world: WindowsWorld, target: string, random: string): string {
  const path = `${upTo(target)}\\.${nameOf(target)}.trustkeep-${random}`;
  if (!world.isDirectory(upTo(path).includes('\\') ? upTo(path) : `${upTo(path)}\\`)) throw win32(3);
  if (world.isThere(path)) throw win32(80);
  world.step('make', target);
  writeFileSync(world.real(path), '');
  world.setRights(path, privateRights);
  return path;
}

function removeLeftoversOf(world: WindowsWorld, target: string): void {
  const begin = `.${nameOf(target)}.trustkeep-`;
  if (!world.isDirectory(upTo(target))) return;
  for (const name of readdirSync(world.real(upTo(target))))
    if (name.startsWith(begin) && /^[0-9a-f]{16}$/.test(name.slice(begin.length)))
      world.delete(`${upTo(target)}\\${name}`);
}

function moveOver(world: WindowsWorld, from: string, to: string): void {
  world.step('place', to);
  const rightsOfNew = world.rightsOf(from);
  if (world.isThere(to)) world.delete(to);
  renameSync(world.real(from), world.real(to));
  world.setRights(to, rightsOfNew);
}

interface File {
  path: string;
  before: number;
  after: number;
  onHost: string | null;
  sha256: string;
  private: boolean;
  owner: string | null;
  sddl: string | null;
  random: string;
}

export function write(
  world: WindowsWorld,
  { files, leftovers }: { files: File[]; leftovers: boolean },
  content: Buffer,
) {
  const made: { path: string; target: string; placed: boolean }[] = [];
  let at = 0;
  const takeNext = (bytes: number) => {
    at += bytes;
    return content.subarray(at - bytes, at);
  };
  const make = (file: File) => {
    const target = world.resolved(file.path);
    if (world.isDirectory(target)) throw trouble('is-directory');
    const wasThere = world.isThere(target);
    if (leftovers) removeLeftoversOf(world, target);
    const path = newBeside(world, target, file.random);
    made.push({ path, target, placed: false });
    world.step('fill', file.path);
    const parts = [takeNext(file.before)];
    if (file.onHost !== null) parts.push(readFileSync(world.real(fileAt(world, file.onHost))));
    parts.push(takeNext(file.after));
    writeFileSync(world.real(path), Buffer.concat(parts));
    if (sha256(readFileSync(world.real(path))) !== file.sha256) throw trouble('damaged');
    world.step('rights', file.path);
    if (file.sddl !== null) world.setRights(path, file.sddl);
    else if (wasThere) world.setRights(path, world.rightsOf(target));
    else if (!file.private) world.setRights(path, inherited);
    if (file.owner === null) return;
    if (!/^(BUILTIN\\Administratoren|NT AUTHORITY\\SYSTEM)$/.test(file.owner)) throw trouble('owner-unknown');
    world.setRights(path, world.rightsOf(path).replace(/^O:[^:]+(?=G:)/, 'O:SY'));
  };
  try {
    for (const file of files) about(file.path, () => make(file));
    for (const one of made) {
      about(one.target, () => moveOver(world, one.path, one.target));
      one.placed = true;
    }
  } finally {
    for (const { path, placed } of made) if (!placed) world.delete(path);
  }
  return { written: made.length };
}

export function copy(
  world: WindowsWorld,
  { from, to, random }: { from: string; to: string; random: string },
) {
  const real = about(from, () => fileAt(world, from));
  return about(to, () => {
    if (world.isDirectory(to)) throw trouble('is-directory');
    if (!world.isDirectory(upTo(to))) throw trouble('missing');
    const path = newBeside(world, to, random);
    try {
      world.step('fill', to);
      copyFileSync(world.real(real), world.real(path));
      const { atime, mtime } = statSync(world.real(real));
      utimesSync(world.real(path), atime, mtime);
      world.setRights(path, world.rightsOf(real));
      moveOver(world, path, to);
    } finally {
      world.delete(path);
    }
    return { copied: true };
  });
}

export function rename(world: WindowsWorld, { from, to }: { from: string; to: string }) {
  if (!world.isThere(from))
    about(from, () => {
      throw trouble('missing');
    });
  return about(to, () => {
    if (world.isDirectory(to)) throw trouble('is-directory');
    moveOver(world, from, to);
    return { renamed: true };
  });
}

export function remove(world: WindowsWorld, { path }: { path: string }) {
  return about(path, () => {
    if (world.isDirectory(path)) throw trouble('is-directory');
    const removed = world.isThere(path);
    if (removed) world.step('remove', path);
    if (removed) world.delete(path);
    removeLeftoversOf(world, path);
    return { removed };
  });
}

export function removeLeftovers(world: WindowsWorld, { paths }: { paths: string[] }) {
  for (const path of paths) about(path, () => removeLeftoversOf(world, world.resolved(path)));
  return { removed: true };
}

export function makeDirectory(world: WindowsWorld, given: { path: string; private: boolean }) {
  const { path } = given;
  return about(path, () => {
    if (world.isThere(path) && !world.isDirectory(path)) throw trouble('no-directory');
    const made = !world.isThere(path);
    mkdirSync(world.real(path), { recursive: true });
    if (made && given.private) world.setRights(path, privateRights);
    return { made };
  });
}
