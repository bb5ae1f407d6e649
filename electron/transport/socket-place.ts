import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '#shared/failure.ts';

export interface SocketPlace {
  /** Path of the socket, or name of the pipe. */
  path: string;
  /** Directory to be kept for the owner alone; null for a named pipe, which lives in no directory. */
  directory: string | null;
  /** File with the token that callers show. Only who may read the data directory can read it. */
  tokenPath: string;
}

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const longestPath = 103;

/** The same for everybody who names the same data directory: that is how callers find the agent. */
export function socketPlace(
  dataDirectory: string,
  platform = process.platform,
  env = process.env,
): SocketPlace {
  const data = resolve(dataDirectory);
  const same = platform === 'win32' ? data.toLowerCase() : data; // Windows knows a folder however its letters are written
  const hash = createHash('sha256').update(same).digest('hex').slice(0, 24);
  const tokenPath = join(data, 'run', 'token');
  if (platform === 'win32') {
    return { path: `\\\\.\\pipe\\trustkeep-${hash}`, directory: null, tokenPath };
  }
  const near = join(data, 'run');
  const candidates = [near, join(env.XDG_RUNTIME_DIR || tmpdir(), ownName()), join('/tmp', ownName())];
  for (const directory of candidates) {
    const path = join(directory, directory === near ? 'agent.sock' : `${hash}.sock`);
    if (Buffer.byteLength(path) <= longestPath) return { path, directory, tokenPath };
  }
  throw new Failure('socket.path-too-long', `No path for the socket of ${data} is short enough.`, {
    hint: 'Choose a data directory with a shorter path.',
  });
}

/** The socket that members of the directory's group may use, and the token that they may read. */
export function sharedPlace(directory: string): SocketPlace {
  return { path: join(directory, 'agent.sock'), directory, tokenPath: join(directory, 'token') };
}

function ownName(): string {
  return `trustkeep-${process.getuid?.() ?? userInfo().username}`;
}

/** Makes the directory for its owner alone, or refuses one that somebody else laid there. */
export function ownDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  checkOwner(directory, 'directory');
  chmodSync(directory, 0o700);
}

/**
 * Refuses a path that belongs to somebody else (root may own anything). Not followed when it is a link: in a
 * directory shared by all, a link is how one is led astray. Whose it may be besides: `forRoot`, where root calls, and
 * `forAll`, in a directory that only root could have given away.
 */
export function checkOwner(
  path: string,
  what: 'directory' | 'socket',
  { forRoot, forAll }: { forRoot?: number; forAll?: number } = {},
): void {
  const facts = lstatSync(path);
  const me = process.getuid?.();
  const right = what === 'directory' ? facts.isDirectory() : facts.isSocket();
  const own = [me, 0, forAll, ...(me === 0 ? [forRoot] : [])];
  const known = me === undefined || own.includes(facts.uid);
  if (right && known) return;
  throw new Failure(
    'socket.foreign',
    right ? `${path} belongs to another user.` : `${path} is not a ${what} of Trustkeep.`,
    { hint: `Remove ${path}, or use another data directory.` },
  );
}
