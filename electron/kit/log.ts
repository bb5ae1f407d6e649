import { redact } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Lines for developers. Every line is redacted; fields are printed as JSON. Never blocks, never throws. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** The same log with a room's name before each message. */
  in(room: string): Log;
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** `write` gets one finished line without a line end. */
export function makeLog(write: (line: string) => void, level: LogLevel, now: () => number, room = ''): Log {
  const line = (at: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    if (rank[at] < rank[level]) return;
    const rest = fields === undefined ? '' : ` ${safeJson(fields)}`;
    const place = room === '' ? '' : `${room}: `;
    const text = `${new Date(now()).toISOString()} ${at} ${place}${message}${rest}`;
    write(redact(text).replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' '));
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    in: (name) => makeLog(write, level, now, room === '' ? name : `${room}/${name}`),
  };
}

export const silentLog: Log = makeLog(
  () => {},
  'error',
  () => 0,
);

function safeJson(fields: Record<string, unknown>): string {
  try {
    return JSON.stringify(fields, (_key, value: unknown) =>
      value instanceof Error
        ? { error: value.message, cause: value.cause instanceof Error ? value.cause.message : undefined }
        : value,
    );
  } catch {
    return '{"log":"fields could not be printed"}';
  }
}
