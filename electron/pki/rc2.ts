import rc2 from 'node-forge/lib/rc2.js';
import util from 'node-forge/lib/util.js';
import type { Work } from './work.ts';

/** Some milliseconds. */
const sliceBytes = 8 * 1024;

/**
 * RC2-CBC (RFC 2268), for reading what old programs wrote: neither OpenSSL 3 nor BoringSSL offers it. Gives the
 * padding too. Throws when `data` is not of whole blocks.
 */
export async function decryptRc2(
  { key, iv }: { key: Buffer; iv: Buffer },
  effectiveBits: number,
  data: Buffer,
  work: Work,
): Promise<Buffer> {
  const cipher = rc2.createDecryptionCipher(key.toString('latin1'), effectiveBits);
  cipher.start(iv.toString('latin1'));
  const parts: Buffer[] = [];
  const take = (): number => parts.push(Buffer.from(cipher.output.getBytes(), 'latin1'));
  for (let at = 0; at < data.length; at += sliceBytes) {
    cipher.update(util.createBuffer(data.toString('latin1', at, at + sliceBytes)));
    take();
    if (work.due()) await work.pause();
  }
  if (!cipher.finish(() => true)) throw new Error('not of whole blocks');
  take();
  return Buffer.concat(parts);
}
