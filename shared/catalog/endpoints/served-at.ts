import type { Field, Flat } from '../field.ts';
import { invalid, text } from '../flat.ts';

export const servedAtField: Field = {
  name: 'served_at',
  label: 'Served at',
  help: 'host:port that serves the certificate, to prove success. Default: none; only the files on disk are checked.',
  kind: 'text',
  min: 3,
  max: 300,
  none: 'checked on disk only',
};

/** `host:port`, or null when it is left out. Throws `input.invalid`. */
export function servedAtFrom(flat: Flat): string | null {
  const value = text(flat, 'served_at');
  if (value === null) return null;
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(value)?.[1]);
  if (port >= 1 && port <= 65535) return value;
  throw invalid(`Served at must be host:port, not "${value}".`, 'For example www.example.org:443.');
}
