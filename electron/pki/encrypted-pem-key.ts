import { createDecipheriv, createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { readDer, readSequence } from './der.ts';
import { decryptWithPassword, type PasswordForms, WrongPassword } from './password-cipher.ts';
import { readScheme } from './password-scheme.ts';
import type { PemBlock } from './pem.ts';
import type { Work } from './work.ts';

const dekInfo = /^DEK-Info:\s*([A-Z0-9-]+)\s*,\s*([0-9A-Fa-f]+)\s*$/m;

/** Whether a passphrase is needed for this key. */
export function isEncrypted(block: PemBlock): boolean {
  return block.label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(block.pem);
}

/**
 * DER of an encrypted PEM key: PKCS#8, or the older form with `Proc-Type` and `DEK-Info` (then PKCS#1 or SEC 1 comes
 * out). Throws `WrongPassword`, `UnknownAlgorithm`, `TooMuch` or a Failure.
 */
export async function decryptPemKey(block: PemBlock, password: PasswordForms, work: Work): Promise<Buffer> {
  if (block.label === 'ENCRYPTED PRIVATE KEY') return decryptPkcs8(block.der, password, work);
  const [, cipher = '', ivHex = ''] = dekInfo.exec(block.pem) ?? [];
  const iv = Buffer.from(ivHex, 'hex');
  const keySize = oldCiphers[cipher];
  if (keySize === undefined) throw unknownCipher(cipher);
  const key = oldKey(password.utf8, iv.subarray(0, 8), keySize);
  try {
    const decipher = decipherOf(cipher, key, iv);
    return Buffer.concat([decipher.update(block.der), decipher.final()]);
  } catch (cause) {
    throw new WrongPassword('wrong padding', { cause });
  }
}

/** EncryptedPrivateKeyInfo (RFC 5958) → PrivateKeyInfo. Throws as `decryptPemKey` does. */
export async function decryptPkcs8(der: Uint8Array, password: PasswordForms, work: Work): Promise<Buffer> {
  const [algorithm, data] = readSequence(readDer(der));
  if (algorithm === undefined || data === undefined) throw unknownCipher('');
  return decryptWithPassword(readScheme(algorithm), data.contents, password, work);
}

/** DES-CBC, which no runtime offers any more, is 3DES with the same key three times. */
const decipherOf = (cipher: string, key: Buffer, iv: Buffer) =>
  cipher === 'DES-CBC'
    ? createDecipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv)
    : createDecipheriv(cipher.toLowerCase(), key, iv);

/** Key sizes of the ciphers OpenSSL has written into `DEK-Info`. */
const oldCiphers: Readonly<Record<string, number>> = {
  'DES-CBC': 8,
  'DES-EDE3-CBC': 24,
  'AES-128-CBC': 16,
  'AES-192-CBC': 24,
  'AES-256-CBC': 32,
};

/** OpenSSL's own derivation for that form: MD5 in a row. */
function oldKey(password: Buffer, salt: Buffer, size: number): Buffer {
  let key = Buffer.alloc(0);
  for (let last = Buffer.alloc(0); key.length < size; key = Buffer.concat([key, last])) {
    last = createHash('md5').update(last).update(password).update(salt).digest();
  }
  return key.subarray(0, size);
}

function unknownCipher(cipher: string): Failure {
  const named = cipher === '' ? 'in a way' : `with ${cipher}, a cipher`;
  return new Failure(
    'client-certificate.unreadable',
    `The private key is encrypted ${named} that Trustkeep does not support.`,
    { hint: 'Convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc.' },
  );
}
