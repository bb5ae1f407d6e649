import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { renameOver } from '#kit/rename-over.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Driver } from './driver.ts';
import { ensureDirectory, ensureOwnFile, refuseUnwritable } from './files.ts';
import { openDriver } from './open.ts';
import { refusePlanted } from './planted.ts';

type Face = 'desktop' | 'headless' | 'cli';

/** Beside the lock, for the sentence only: who holds it is decided by the lock alone. */
const holder = z.object({ pid: z.number().int(), face: z.string() });

/** Holds on to the connections: one that nobody refers to is closed by the garbage collector, and the lock with it. */
const held = new Set<Driver>();

/**
 * One agent per data directory. Held as an exclusive transaction on a tiny file of its own, so that the operating
 * system frees it when the process ends, however it ends. Throws `agent.already-running` for a
 * second one, and `database.not-writable` where a file of ours was laid by someone else or none can be written.
 */
export function acquireAgentLock(
  dataDirectory: string,
  face: Face,
  nativeBinding?: string,
): { release(): void } {
  ensureDirectory(dataDirectory);
  refuseUnwritable(dataDirectory);
  refusePlanted(dataDirectory);
  const path = join(dataDirectory, 'agent.lock');
  const notePath = join(dataDirectory, 'agent.json');
  ensureOwnFile(path);
  const driver = openDriver(path, { nativeBinding, timeoutMs: 0 });
  try {
    driver.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    driver.close();
    throw asFailure(error).code === 'database.busy' ? alreadyRunning(dataDirectory, notePath) : error;
  }
  held.add(driver);
  writeNote(notePath, face);
  return { release: () => release(driver, notePath) };
}

function release(driver: Driver, notePath: string): void {
  if (!driver.isOpen) return;
  rmSync(notePath, { force: true });
  held.delete(driver);
  driver.close();
}

function writeNote(path: string, face: Face): void {
  const fresh = `${path}.new`;
  try {
    rmSync(fresh, { force: true });
    writeFileSync(fresh, JSON.stringify({ pid: process.pid, face }), { mode: 0o600, flag: 'wx' });
    renameOver(fresh, path); // what stands there is replaced, never written through
  } catch {
    // a full disk: the lock holds all the same, and a note of an earlier agent would lie
    for (const file of [fresh, path]) rmSync(file, { force: true });
  }
}

function alreadyRunning(dataDirectory: string, notePath: string): Failure {
  const by = readNote(notePath);
  if (by?.face === 'cli') {
    const command = `Another trustkeep command is running in ${dataDirectory} (process ${by.pid}).`;
    return new Failure('agent.already-running', command, {
      hint: 'Try again when it has finished.',
      retry: 'later',
    });
  }
  const who = by === null ? 'another Trustkeep agent' : `the ${by.face} agent, process ${by.pid}`;
  return new Failure('agent.already-running', `Trustkeep is already running on ${dataDirectory}: ${who}.`, {
    hint: 'Use that one (its window, or the trustkeep command), or stop it first with "trustkeep stop".',
  });
}

function readNote(path: string): z.infer<typeof holder> | null {
  try {
    return holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
