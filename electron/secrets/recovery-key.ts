import { createHmac, randomBytes } from 'node:crypto';
import { Failure } from '#shared/failure.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Crockford's check symbol: the number modulo 37. Finds every single wrong and every two swapped characters. */
const checkAlphabet = `${alphabet}*~$=U`;
const characters = 32;

/** 160 random bits as a person can copy them: eight groups of four and a check character. */
export function newRecoveryKey(): string {
  const bytes = randomBytes(characters);
  let text = '';
  for (const byte of bytes) text += alphabet[byte & 31];
  bytes.fill(0);
  return `${(text.match(/.{4}/g) ?? []).join('-')}-${checkOf(text)}`;
}

/**
 * The key that wraps for this recovery key. Case, dashes and spaces do not matter; O reads as 0, I and L as 1.
 * No slow hash: the text has 160 random bits. The caller wipes.
 */
export function recoveryWrapKey(typed: string, storeUuid: string): Buffer {
  const text = normalize(typed);
  return createHmac('sha256', text).update('trustkeep recovery').update(storeUuid).digest();
}

function normalize(typed: string): string {
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const body = text.slice(0, characters);
  const wellFormed = text.length === characters + 1 && [...body].every((one) => alphabet.includes(one));
  if (!wellFormed || checkOf(body) !== text[characters])
    throw new Failure('recovery-key.mistyped', 'The recovery key has a typing mistake.', {
      hint: 'It has eight groups of four characters and one check character. Compare it with the one you saved.',
    });
  return body;
}

function checkOf(body: string): string {
  let rest = 0;
  for (const one of body) rest = (rest * 32 + alphabet.indexOf(one)) % 37;
  return checkAlphabet[rest] ?? '';
}

/** Well-formed, and not of this store. */
export function wrongRecoveryKey(): Failure {
  return new Failure('recovery-key.wrong', 'This recovery key does not open the secrets stored here.', {
    hint: 'Enter the one that was shown last: when this database was new, or when its master key was last replaced.',
  });
}
