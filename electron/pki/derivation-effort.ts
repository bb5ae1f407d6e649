import { readDer, readInteger, readOid, readSequence, tags } from './der.ts';
import { mostRounds, pbes2, scrypt } from './password-scheme.ts';

/** Cost × block size × parallelism of scrypt: sixteen times what OpenSSL writes. */
const mostScrypt = 2 ** 21;

/**
 * Whether an EncryptedPrivateKeyInfo (RFC 5958) asks for more rounds of derivation than any program writes. The platform's own
 * functions have no limit: they would be at it for as long as the file says, and everything else would wait. False for what
 * cannot be read, which they refuse.
 */
export function derivesForAges(der: Uint8Array): boolean {
  try {
    const [algorithm] = readSequence(readDer(der));
    const [id, parameters] = readSequence(algorithm);
    const [derivation] = readOid(id) === pbes2 ? readSequence(parameters) : [];
    const [kdf, ofKdf] = derivation === undefined ? [id, parameters] : readSequence(derivation);
    const counts = readSequence(ofKdf)
      .filter(({ tag }) => tag === tags.integer)
      .map((one) => numberOf(readInteger(one)));
    if (readOid(kdf) === scrypt) return counts.slice(0, 3).reduce((all, one) => all * one, 1) > mostScrypt;
    return counts.some((one) => one > mostRounds);
  } catch {
    return false;
  }
}

const numberOf = (bytes: Buffer): number =>
  bytes.length > 6 ? Number.POSITIVE_INFINITY : bytes.readIntBE(0, bytes.length);
