import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const largest = 5 * 1024 * 1024;
const kept = 4;

/** The log of the service: Windows keeps no output of one. */
export const serviceLog = (dataDirectory: string): string => join(dataDirectory, 'logs', 'service.log');

/**
 * Appends lines to a file at once, since the process may end with the next one; what is full is kept as `.1` to `.4`.
 * A line that cannot be written is lost, nothing else.
 */
export function logInto(file: string): (line: string) => void {
  let size = sizeOf(file);
  return (line) => {
    try {
      mkdirSync(dirname(file), { recursive: true });
      if (size > largest) {
        for (let number = kept; number > 0; number--)
          move(number === 1 ? file : `${file}.${number - 1}`, `${file}.${number}`);
        size = 0;
      }
      appendFileSync(file, `${line}\n`);
      size += line.length + 1;
    } catch {
      // a full disk
    }
  };
}

/** 0 where there is none. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function move(from: string, to: string): void {
  if (sizeOf(from) > 0) renameSync(from, to);
}
