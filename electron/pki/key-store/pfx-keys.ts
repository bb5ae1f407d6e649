import { expect, readDer, readFirst, readSequence, tags, unreadable } from '../der.ts';
import {
  decryptWithPassword,
  encryptWithPassword,
  type PasswordForms,
  readDecrypted,
} from '../password-cipher.ts';
import { type PasswordScheme, readScheme, withNewSalt, writeScheme } from '../password-scheme.ts';
import type { Work } from '../work.ts';
import { octetString, sequence } from '../write-der.ts';
import { type Bag, bagTypes, secretIn } from './pfx-bags.ts';
import type { Salts } from './salts.ts';

/** EncryptedPrivateKeyInfo (RFC 5958). */
function readEncrypted(der: Buffer): { scheme: PasswordScheme; data: Buffer } {
  const [algorithm, data] = readSequence(readDer(der));
  if (algorithm === undefined) throw unreadable('an encrypted key is empty');
  return { scheme: readScheme(algorithm), data: expect(data, tags.octetString).contents };
}

/** What it holds, to be overwritten when it was used. Throws `WrongPassword`. */
export async function decryptKey(der: Buffer, password: PasswordForms, work: Work): Promise<Buffer> {
  const { scheme, data } = readEncrypted(der);
  const key = await decryptWithPassword(scheme, data, password, work);
  readDecrypted(() => readSequence(readFirst(key)));
  return key;
}

/** With a salt of its own. */
export async function encryptKey(
  key: Buffer,
  scheme: PasswordScheme,
  password: PasswordForms,
  { salts, work }: { salts: Salts; work: Work },
): Promise<Buffer> {
  const bytes = await salts.of(key, work);
  const fresh = withNewSalt(scheme, (what, size) => bytes(`key ${what}`, size));
  return sequence(writeScheme(fresh), octetString(await encryptWithPassword(fresh, key, password, work)));
}

/** What is encrypted in a bag of its own: a key, or a secret key as Java writes it. */
export function encryptedIn(bag: Bag): Buffer | null {
  if (bag.type === bagTypes.shroudedKey) return bag.content;
  if (bag.type !== bagTypes.secret) return null;
  try {
    const secret = secretIn(bag);
    return secret?.kind === bagTypes.shroudedKey ? secret.value : null;
  } catch {
    return null;
  }
}

/** Null: it is not encrypted by itself, or in a way that is not read. */
export function schemeOf(bag: Bag): PasswordScheme | null {
  const encrypted = encryptedIn(bag);
  if (encrypted === null) return null;
  try {
    return readEncrypted(encrypted).scheme;
  } catch {
    return null;
  }
}
