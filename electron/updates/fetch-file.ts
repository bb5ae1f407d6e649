import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { refuseTampered } from './check-file.ts';
import type { Statement } from './statement.ts';

/** One request through the agent's own outbound connection; rejects with Failure `net.*` or `proxy.*`. */
export type Get = (request: {
  url: string;
  headers?: Record<string, string>;
  maxBytes?: number;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}) => Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;

interface FetchFile {
  get: Get;
  clock: Clock;
  url: string;
  /** Where the whole file goes; what is not whole is beside it, ending in `.part`, and is continued from. */
  path: string;
  statement: Pick<Statement, 'version' | 'size' | 'sha512' | 'name'>;
  /** Bytes that are there, at each piece. */
  onProgress(bytes: number): void;
  signal: AbortSignal;
}

/** Small enough that a slow line brings one within its time, large enough that a fast one is not held up. */
const pieceLength = 1024 * 1024;
const pieceTimeoutMs = 120_000;

/** A line that was lost comes back within a minute, or is worth another try at the next check. */
const retriesMs = [500, 2000, 5000, 15_000, 30_000];

/**
 * Fetches a file piece by piece, continuing what an earlier call left unfinished, and checks its size and hash; its folder is
 * for it alone. Rejects
 * with Failure `update.tampered` (nothing is left then), `update.disk-full`, `update.folder-not-writable`,
 * `update.file-missing`, `net.*`, or the signal's reason: what was fetched stays for the next call.
 */
export async function fetchFile(wanted: FetchFile): Promise<void> {
  const { path, statement } = wanted;
  const part = `${path}.part`;
  try {
    if (!existsSync(path)) await fetchPart(wanted, part);
    const whole = existsSync(path) ? path : part;
    await refuseTampered(whole, statement);
    if (whole === part) await rename(part, path);
  } catch (error) {
    const isOther = error instanceof Failure && error.code === 'update.tampered';
    if (isOther) for (const file of [path, part]) await rm(file, { force: true });
    throw onDisk(error, dirname(path)) ?? error;
  }
}

/** What was fetched of other versions is of no use any longer. */
async function dropOthers(path: string): Promise<void> {
  const own = [basename(path), `${basename(path)}.part`];
  for (const name of await readdir(dirname(path)))
    if (!own.includes(name)) await rm(join(dirname(path), name), { force: true });
}

async function fetchPart(wanted: FetchFile, part: string): Promise<void> {
  await mkdir(dirname(part), { recursive: true, mode: 0o700 });
  await dropOthers(wanted.path);
  const file = await open(part, 'a', 0o600);
  try {
    let { size: from } = await file.stat();
    if (from > wanted.statement.size) {
      await file.truncate(0);
      from = 0;
    }
    wanted.onProgress(from);
    while (from < wanted.statement.size) {
      from = await oneMore(wanted, file, from);
      wanted.onProgress(from);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives how much is there then. */
async function oneMore(wanted: FetchFile, file: FileHandle, from: number): Promise<number> {
  const bytes = await piece(wanted, from);
  if (bytes.length === 0 || from + bytes.length > wanted.statement.size) throw otherFile(wanted);
  await file.appendFile(bytes);
  return from + bytes.length;
}

async function piece(wanted: FetchFile, from: number): Promise<Buffer> {
  for (let tries = 0; ; tries++) {
    wanted.signal.throwIfAborted();
    try {
      return await ask(wanted, from);
    } catch (error) {
      const pause = retriesMs[tries];
      if (wanted.signal.aborted) throw wanted.signal.reason;
      if (pause === undefined || asFailure(error).retry !== 'later') throw error;
      await wanted.clock.sleep(pause, wanted.signal);
    }
  }
}

/** A server that knows no ranges sends everything each time: then all of it is taken. */
async function ask(wanted: FetchFile, from: number): Promise<Buffer> {
  const { get, url, statement, signal } = wanted;
  const to = Math.min(from + pieceLength, statement.size) - 1;
  const answer = await get({
    url,
    headers: { range: `bytes=${from}-${to}`, 'accept-encoding': 'identity' },
    maxBytes: statement.size,
    timeoutMs: pieceTimeoutMs,
    signal,
  });
  switch (answer.status) {
    case 206:
      if (!startsAt(answer.headers['content-range'], from, statement.size)) throw otherFile(wanted);
      return answer.body;
    case 200:
      return answer.body.subarray(from);
    case 416:
      throw otherFile(wanted);
    default:
      throw new Failure(
        'update.file-missing',
        `The server answered ${answer.status} for ${statement.name}.`,
        {
          hint: 'Trustkeep will try again automatically. If this continues, check the address of the feed.',
          // what a server says under load passes; that a file is not there does not pass within a minute
          retry: answer.status >= 500 ? 'later' : 'needs-person',
        },
      );
  }
}

function startsAt(contentRange: string | undefined, from: number, size: number): boolean {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(contentRange ?? '') ?? [];
  return Number(first) === from && (total === '*' || Number(total) === size);
}

function otherFile({ statement }: FetchFile): Failure {
  return new Failure(
    'update.tampered',
    `The server sends another ${statement.name} than the one that was signed.`,
    {
      hint: 'Nothing was installed, and what was downloaded is removed. Trustkeep will try again automatically.',
      retry: 'needs-person',
    },
  );
}

function onDisk(error: unknown, folder: string): Failure | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('update.disk-full', `There is not enough space in ${folder} for the update.`, {
      hint: 'Free some space on that disk. The download continues from where it stopped at the next check.',
      cause: error,
    });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new Failure('update.folder-not-writable', `The update cannot be stored in ${folder} (${code}).`, {
      hint: 'Allow the account that Trustkeep runs as to write there.',
      cause: error,
    });
  return null;
}
