import { Failure } from '#shared/failure.ts';
import { keyStoresCodes } from '#shared/failure-codes/key-stores.ts';
import { WrongPassword } from '../password-cipher.ts';
import { UnknownAlgorithm } from '../password-scheme.ts';
import { TooMuch } from '../work.ts';
import { Damaged } from './pfx.ts';

/** Every sentence about a key store begins with it: whoever knows its path says it in its place. */
function wrongPassword(cause?: unknown): Failure {
  return new Failure('key-store.wrong-password', 'The password does not open the key store.', {
    hint: 'Set the password of the key store (--store_password).',
    cause,
  });
}

export function wrongPasswordOrDamaged(): Failure {
  return new Failure(
    'key-store.wrong-password-or-damaged',
    'The password does not open the key store, or the file is damaged: a Java key store does not tell which.',
    { hint: 'Set the password of the key store (--store_password), or restore the file from a backup.' },
  );
}

export function keyPasswordWrong(alias: string, cause?: unknown): Failure {
  return new Failure(
    'key-store.key-password-wrong',
    `The password of the key store does not open its key "${alias}".`,
    { hint: 'Set the password of this key.', cause },
  );
}

export function unsupported(what: string, cause?: unknown): Failure {
  return new Failure('key-store.unsupported', `The key store uses ${what}, which Trustkeep cannot read.`, {
    hint: 'Convert it with keytool or openssl to AES-256 or 3DES.',
    cause,
  });
}

export function corrupt(reason: string, cause?: unknown): Failure {
  return new Failure('key-store.corrupt', `The key store is damaged: ${reason}.`, {
    hint: 'Restore the file from a backup.',
    cause,
  });
}

export function tooMuch(what: string, cause?: unknown): Failure {
  return new Failure('key-store.too-much', `The key store is not read: it has ${what}.`, {
    hint: 'Check that it is the right file, and where it comes from.',
    cause,
  });
}

export function notAKeyStore(what: string): Failure {
  return new Failure('key-store.unknown-kind', `The file is not a key store: ${what}.`, {
    hint: 'Use a file in PKCS#12 (P12, PFX), JKS or JCEKS.',
  });
}

export function cannotRewrite(because: string): Failure {
  return new Failure('key-store.cannot-rewrite', `The key store cannot be changed. ${because}`, {
    hint: 'Change it with the program that made it, or make a new key store.',
  });
}

export function aliasTaken(alias: string, kind: 'trust' | 'secret'): Failure {
  const what = kind === 'trust' ? 'a trusted certificate' : 'a secret key';
  return new Failure('key-store.alias-taken', `The alias "${alias}" already belongs to ${what}.`, {
    hint: 'Choose another alias.',
  });
}

export function aliasAmbiguous(alias: string, count: number): Failure {
  return new Failure(
    'key-store.alias-ambiguous',
    `The key store has ${count} keys with the alias "${alias}".`,
    {
      hint: 'Rename or remove all of them but one.',
    },
  );
}

export function unfit(sentence: string, hint: string, cause?: unknown): Failure {
  return new Failure('key-store.entry-unfit', sentence, { hint, cause });
}

export function passwordUnfit(sentence: string): Failure {
  return new Failure('key-store.password-unfit', sentence, {
    hint: 'Use a password of at least 6 characters: letters, digits and the signs of an English keyboard.',
  });
}

/** Whatever was thrown while a key store was read or written, as one of the failures above. */
export function explained(thrown: unknown): Failure {
  if (thrown instanceof WrongPassword) return wrongPassword(thrown);
  if (thrown instanceof UnknownAlgorithm) return unsupported(thrown.message, thrown);
  if (thrown instanceof TooMuch) return tooMuch(thrown.message, thrown);
  if (thrown instanceof Damaged)
    return corrupt('the password is right, but the content is not what was protected by it', thrown);
  if (thrown instanceof Failure && Object.hasOwn(keyStoresCodes, thrown.code)) return thrown;
  return corrupt('its content cannot be read', thrown);
}
