import rc2 from 'node-forge/lib/rc2.js';
import util from 'node-forge/lib/util.js';

/**
 * RC2-CBC (RFC 2268), for reading what old programs wrote: neither OpenSSL 3 nor BoringSSL offers it. Gives the
 * padding too. Throws when `data` is not of whole blocks.
 */
export function decryptRc2(key: Buffer, effectiveBits: number, iv: Buffer, data: Buffer): Buffer {
  const cipher = rc2.createDecryptionCipher(key.toString('latin1'), effectiveBits);
  cipher.start(iv.toString('latin1'));
  cipher.update(util.createBuffer(data.toString('latin1')));
  if (!cipher.finish(() => true)) throw new Error('not of whole blocks');
  return Buffer.from(cipher.output.getBytes(), 'latin1');
}
