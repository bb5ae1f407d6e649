import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id, `prefix_` and 16 characters of Crockford base 32 (80 random bits). */
export function newId(
  prefix:
    | 'ep'
    | 'node'
    | 'ca'
    | 'ord'
    | 'task'
    | 'apr'
    | 'grp'
    | 'ntf'
    | 'key'
    | 'sec'
    | 'cs'
    | 'cr'
    | 'ch'
    | 'out',
): string {
  let text = '';
  for (const byte of randomBytes(16)) text += alphabet[byte & 31];
  return `${prefix}_${text}`;
}
