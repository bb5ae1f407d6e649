import type { Clock, Timer } from '#kit/clock.ts';
import type { Line } from './line.ts';

/** Shorter than proxies and the firewalls before them keep silent connections. */
const idleMs = 15_000;
const mostIdle = 4;

/** Connections to one proxy that wait for their next request. */
export interface KeptLines {
  /** The one used last, if it is still good. */
  take(): Line | null;
  keep(line: Line): void;
}

export function makeKeptLines(clock: Clock) {
  const waiting = new Map<Line, { name: string; timer: Timer }>();
  let closed = false;
  const forget = (line: Line) => {
    waiting.get(line)?.timer.cancel();
    waiting.delete(line);
  };
  const drop = (line: Line) => {
    forget(line);
    line.end();
  };
  const at = (name: string): KeptLines => ({
    take() {
      for (const [line, entry] of [...waiting].toReversed()) {
        if (entry.name !== name) continue;
        forget(line);
        if (line.usable) return line;
        line.end();
      }
      return null;
    },
    keep(line) {
      const mine = [...waiting].filter(([, entry]) => entry.name === name);
      const [oldest] = mine[0] ?? [];
      if (oldest !== undefined && mine.length >= mostIdle) drop(oldest);
      if (closed || !line.usable) {
        line.end();
        return;
      }
      line.obey(null);
      line.whenClosed = () => forget(line);
      waiting.set(line, { name, timer: clock.after(idleMs, () => drop(line)) });
    },
  });
  return {
    at,
    close() {
      closed = true;
      for (const line of [...waiting.keys()]) drop(line);
    },
  };
}
