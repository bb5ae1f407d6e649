import { appendFile, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { type Log, type LogLevel, makeLog } from '#kit/log.ts';

const largest = 5 * 1024 * 1024;

/** A log in a file only its owner reads; the one before the last start that made it too long is kept beside it. */
export function openLogFile(folder: string, clock: Clock, level: LogLevel = 'info'): Log {
  const file = join(folder, 'trustkeep.log');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    if (statSync(file).size > largest) renameSync(file, `${file}.1`);
  } catch {
    // there is none yet
  }
  let waiting: string[] = [];
  let writing = false;
  const flush = () => {
    if (writing || waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    writing = true;
    appendFile(file, text, { mode: 0o600 }, () => {
      writing = false; // a full disk loses log lines, nothing else
      flush();
    });
  };
  const write = (line: string) => {
    waiting.push(`${line}\n`);
    flush();
  };
  return makeLog(write, level, () => clock.now());
}
