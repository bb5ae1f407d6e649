import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '#kit/clock.ts';
import { tookTooLong } from '../common/connection-failures.ts';
import { defaultTimeoutMs } from '../common/exec-outcome.ts';
import { withFile } from './files.ts';

/** SHA-256 of what is in an open file, read from its beginning. Rejects with the signal's reason when aborted. */
export async function sumOf(file: FileHandle, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const part = Buffer.alloc(64 * 1024);
  for (let at = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(part, 0, part.length, at);
    if (bytesRead === 0) break;
    hash.update(part.subarray(0, bytesRead));
    at += bytesRead;
  }
  part.fill(0);
  return hash.digest('hex');
}

/** Of the file at a path, in at most the time that a program would have. Rejects with `connection.timeout`, and the reason of `closed`. */
export async function sumAt(path: string, clock: Clock, closed: AbortSignal): Promise<string> {
  const slow = new AbortController();
  const timer = clock.after(defaultTimeoutMs, () =>
    slow.abort(tookTooLong('this machine', `finish with ${path}`, defaultTimeoutMs)),
  );
  try {
    return await withFile(path, (file) => sumOf(file, AbortSignal.any([slow.signal, closed])));
  } finally {
    timer.cancel();
  }
}
