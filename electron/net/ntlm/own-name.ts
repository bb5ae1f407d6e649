import { hostname } from 'node:os';

/** This machine's name as NTLM has it: the first part, at most 15 characters, in upper case. */
export function ownName(): string {
  return hostname().split('.')[0]?.toUpperCase().slice(0, 15) ?? '';
}
