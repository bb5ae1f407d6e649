import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Der, expect, readOid, readSequence, tags } from '../der.ts';
import { type PasswordForms, pbkdf2Key } from '../password-cipher.ts';
import {
  hashName,
  hmacs,
  nameById,
  type Pbkdf2,
  pbkdf2,
  readCount,
  readPbkdf2,
  UnknownAlgorithm,
  writePbkdf2,
} from '../password-scheme.ts';
import { type KdfHash, pkcs12Kdf, purposes } from '../pkcs12-kdf.ts';
import type { Work } from '../work.ts';
import { integer, nothing, octetString, oid, sequence } from '../write-der.ts';

/**
 * How the content is proved, without its digest. `hmac`: what Java 25 writes when its `keystore.pkcs12.macAlgorithm` is set to an
 * algorithm for keys: that name in place of a hash, which it cannot read itself. `pbmac1`: RFC 9879.
 */
export type Mac =
  | { kind: 'pkcs12' | 'hmac'; hash: KdfHash; salt: Buffer; rounds: number }
  | { kind: 'pbmac1'; hash: KdfHash; derivation: Pbkdf2; keySize: number };

const hashes: Readonly<Record<KdfHash, string>> = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const sizes: Readonly<Record<KdfHash, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };
const pbmac1 = '1.2.840.113549.1.5.14';

const octets = (der: Der | undefined): Buffer => expect(der, tags.octetString).contents;

/** MacData (RFC 7292 4). Throws `UnknownAlgorithm`, `TooMuch` or Failure `der.unreadable`. */
export function readMac(der: Der): { mac: Mac; digest: Buffer } {
  const [digestInfo, salt, rounds] = readSequence(der);
  const [algorithm, digest] = readSequence(digestInfo);
  const [idDer, parameters] = readSequence(algorithm);
  const id = readOid(idDer);
  if (id === pbmac1) return { mac: readPbmac1(parameters), digest: octets(digest) };
  const hash = nameById(hashes, id) ?? nameById(hmacs, id);
  if (hash === undefined) throw new UnknownAlgorithm(`a MAC of an unknown kind (${id})`);
  const count = rounds === undefined ? 1 : readCount(rounds);
  const kind = id === hashes[hash] ? 'pkcs12' : 'hmac';
  return { mac: { kind, hash, salt: octets(salt), rounds: count }, digest: octets(digest) };
}

function readPbmac1(parameters: Der | undefined): Mac {
  const [derivationDer, scheme] = readSequence(parameters);
  const [kdf, ofKdf] = readSequence(derivationDer);
  if (readOid(kdf) !== pbkdf2) throw new UnknownAlgorithm('PBMAC1 with another derivation than PBKDF2');
  const derivation = readPbkdf2(ofKdf);
  const id = readOid(readSequence(scheme)[0]);
  const hash = nameById(hmacs, id);
  if (hash === undefined) throw new UnknownAlgorithm(`a MAC of an unknown kind (${id})`);
  return { kind: 'pbmac1', hash, derivation, keySize: derivation.keyLength ?? sizes[hash] };
}

/** The digest of `content`. */
export async function macOf(mac: Mac, content: Buffer, password: PasswordForms, work: Work): Promise<Buffer> {
  const hmac = createHmac(mac.hash, await macKey(mac, password, work));
  await updateInSlices(hmac, content, work);
  return hmac.digest();
}

function macKey(mac: Mac, { bmp, utf8 }: PasswordForms, work: Work): Promise<Buffer> {
  if (mac.kind === 'pbmac1') return pbkdf2Key(mac.derivation, utf8, mac.keySize, work);
  const { hash, salt, rounds } = mac;
  if (mac.kind === 'hmac') {
    // Java takes the length of a block in bytes for a length in bits
    const length = hash === 'sha384' || hash === 'sha512' ? 16 : 8;
    return pbkdf2Key({ kdf: 'pbkdf2', hash, salt, rounds, keyLength: null }, utf8, length, work);
  }
  const size = sizes[hash];
  return pkcs12Kdf({ hash, purpose: purposes.mac, password: bmp, salt, rounds, size }, work);
}

const sliceBytes = 512 * 1024;

/** All of `content` into a hash or a MAC. */
export async function updateInSlices(
  into: { update(data: Buffer): unknown },
  content: Buffer,
  work: Work,
): Promise<void> {
  for (let at = 0; at < content.length; at += sliceBytes) {
    into.update(content.subarray(at, at + sliceBytes));
    if (work.due()) await work.pause();
  }
}

/** Whether the digest is that of `content`. */
export async function macFits(
  { mac, digest }: { mac: Mac; digest: Buffer },
  content: Buffer,
  password: PasswordForms,
  work: Work,
): Promise<boolean> {
  const found = await macOf(mac, content, password, work);
  return found.length === digest.length && timingSafeEqual(found, digest);
}

/** MacData. */
export function writeMac(mac: Mac, digest: Buffer): Buffer {
  if (mac.kind === 'pbmac1') {
    const { derivation, hash, keySize } = mac;
    const ways = [writePbkdf2({ ...derivation, keyLength: keySize }), sequence(oid(hmacs[hash]), nothing())];
    const info = sequence(sequence(oid(pbmac1), sequence(...ways)), octetString(digest));
    return sequence(info, octetString(notUsed), integer(1));
  }
  const id = mac.kind === 'hmac' ? hmacs[mac.hash] : hashes[mac.hash];
  const info = sequence(sequence(oid(id), nothing()), octetString(digest));
  const rounds = mac.rounds === 1 ? [] : [integer(mac.rounds)];
  return sequence(info, octetString(mac.salt), ...rounds);
}

/** Salt and rounds outside of PBMAC1 have no meaning; the RFC wants something there all the same. */
const notUsed = Buffer.from('NOT USED', 'latin1');

/** With another salt, as long as it was (at least 8 bytes). */
export function withNewMacSalt(mac: Mac, bytes: (size: number) => Buffer): Mac {
  const salt = (old: Buffer): Buffer => bytes(Math.min(Math.max(old.length, 8), 64));
  if (mac.kind !== 'pbmac1') return { ...mac, salt: salt(mac.salt) };
  return { ...mac, derivation: { ...mac.derivation, salt: salt(mac.derivation.salt) } };
}

export function macName(mac: Mac): string {
  switch (mac.kind) {
    case 'pkcs12':
      return `HMAC with ${hashName(mac.hash)}`;
    case 'hmac':
      return `HMAC with ${hashName(mac.hash)}, named in a way that no program reads`;
    case 'pbmac1':
      return `PBMAC1 with ${hashName(mac.hash)}`;
  }
}
