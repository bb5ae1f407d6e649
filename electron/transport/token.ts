import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { renameOver } from '#kit/rename-over.ts';
import { Failure } from '#shared/failure.ts';

/** Carries who the caller says to be, percent-encoded. */
export const actorHeader = 'x-trustkeep-actor';

/** Carries through which face the caller speaks: `cli` or `gui`. Both are people of this machine. */
export const originHeader = 'x-trustkeep-origin';

/**
 * A value made anew at each start, in a file only the owner can read (or, with mode 640, its group). Callers show it; the agent proves with it that
 * it is no impostor (on Windows anybody may take the name of a pipe first).
 */
export function makeToken(path: string, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const token = randomBytes(32).toString('hex');
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, token, { mode: 0o600, flag: 'wx' });
  chmodSync(fresh, mode);
  renameOver(fresh, path);
  return token;
}

/** Null when there is none: no agent was ever started there. */
export function readToken(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new Failure(
      'agent.denied',
      `This account is not allowed to read ${path}, so it cannot call the agent.`,
      {
        hint:
          process.platform === 'win32'
            ? 'Use a terminal that runs as administrator, or have your account made a member of the group of the service.'
            : 'Use the account the agent runs as (sudo -u NAME trustkeep …), or use another data directory.',
        cause: error,
      },
    );
  }
}

/** What the agent answers to a caller's nonce. */
export function proofOf(token: string, nonce: string): string {
  return createHmac('sha256', token).update(nonce).digest('hex');
}

export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
