import type { Secret } from '../../../secrets/secret.ts';
import { quote } from './quote.ts';

/**
 * How programs get the rights of root.
 * `none`: they run as the user (who may be root). `free`: sudo asks nothing. `password`: sudo wants the password,
 * which goes through standard input.
 */
export type Elevation =
  | { how: 'none'; why: string }
  | { how: 'free'; sudo: string }
  | { how: 'password'; sudo: string; password: Secret };

/**
 * Puts sudo before a command line. `-k` with a command makes sudo ignore remembered tickets, so that whether it reads a
 * password depends on its rules alone. `-p ''` keeps its prompt out of stderr.
 */
export function elevate(line: string, elevation: Elevation): string {
  switch (elevation.how) {
    case 'none':
      return line;
    case 'free':
      return `${quote(elevation.sudo)} -n -- ${line}`;
    case 'password':
      return `${quote(elevation.sudo)} -k -S -p '' -- ${line}`;
  }
}

/**
 * What goes before the command's own input. sudo takes the first line. Were the rules changed meanwhile so that it asks
 * no more, the password would reach the command's input (and end up in a file): therefore a second line, the
 * marker, must be the first thing our script reads, or it stops without touching anything (`prologue`, guarded).
 */
export function stdinHead(elevation: Elevation, marker: string): Buffer[] {
  if (elevation.how !== 'password') return [];
  return [Buffer.concat([elevation.password.bytes(), Buffer.from(`\n${marker}\n`)])];
}

/** What sudo said when it was tried without a password. */
export function wantsPassword(said: string): boolean {
  return /password is required|authentication is required|terminal is required/.test(said);
}
