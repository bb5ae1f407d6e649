import { redact } from './redact.ts';

const longest = 300;

/**
 * One line for the log on what no one caught: its kind, what it says and where it was thrown. What quotes something that could
 * not be read, and what is no error at all, may hold anything: of those only the kind is said. Never throws.
 */
export function causeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a value that is not an error (${typeof thrown})`;
  // whoever made the error may have put anything there
  const message = typeof thrown.message === 'string' ? thrown.message : '(no message)';
  const said = thrown instanceof SyntaxError ? '' : `: ${redact(message).slice(0, longest)}`;
  const place = /^ {4}at .{1,200}$/m.exec(`${thrown.stack}`.replace(message, ''))?.[0];
  return `${thrown.name}${said}${place === undefined ? '' : ` (${place.trim()})`}`;
}
