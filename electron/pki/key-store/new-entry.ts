import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { nameText } from '../distinguished-name.ts';
import { parseX509, type X509 } from '../x509.ts';
import { unfit } from './failures.ts';
import type { NewKeyEntry } from './key-store.ts';

/** What is put into a key store, checked. */
export interface CheckedEntry {
  /** PrivateKeyInfo, DER: to be overwritten when it was used. */
  pkcs8: Buffer;
  /** DER, leaf first. */
  chain: Buffer[];
}

const longestAlias = 255;

/** Failure `key-store.entry-unfit` for a key that cannot be read, or a chain that is not that of the key. */
export function checkEntry({
  alias,
  key,
  chain,
}: Pick<NewKeyEntry, 'alias' | 'key' | 'chain'>): CheckedEntry {
  if (alias === '' || alias.length > longestAlias || /\p{Cc}|\p{Cs}/u.test(alias))
    throw unfit('The alias of a key entry has 1 to 255 characters.', 'Choose another alias.');
  const [leaf] = checkChain(chain);
  if (leaf === undefined) throw unfit('A key entry needs a certificate.', 'Give the chain, leaf first.');
  const read = readKey(key.bytes());
  const spki = createPublicKey(read).export({ type: 'spki', format: 'der' });
  if (!spki.equals(leaf.spki))
    throw unfit(
      `The certificate ${nameText(leaf.subject)} does not belong to the private key.`,
      'Give a key and its own certificate.',
    );
  return {
    pkcs8: read.export({ type: 'pkcs8', format: 'der' }),
    chain: chain.map((der) => Buffer.from(der)),
  };
}

/** Failure `key-store.entry-unfit`. */
export function checkChain(chain: readonly Uint8Array[]): X509[] {
  try {
    return chain.map((der) => parseX509(der));
  } catch (cause) {
    throw unfit('A certificate for the key store cannot be read.', 'Give certificates in DER.', cause);
  }
}

function readKey(bytes: Buffer): KeyObject {
  try {
    return bytes[0] === 0x30
      ? createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
      : createPrivateKey({ key: bytes, format: 'pem' });
  } catch (cause) {
    throw unfit(
      'The private key for the key store cannot be read.',
      'Give it as PKCS#8, not encrypted.',
      cause,
    );
  }
}
