import { type Log, makeLog } from '#kit/log.ts';

/** A log at its most verbose level whose lines end up in `lines`. */
export function logInto(lines: string[]): Log {
  return makeLog(
    (line) => lines.push(line),
    'debug',
    () => 0,
  );
}
