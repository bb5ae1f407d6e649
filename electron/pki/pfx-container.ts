import { createHmac, timingSafeEqual } from 'node:crypto';
import { derOfBer } from './ber.ts';
import {
  children,
  contextTag,
  type Der,
  expect,
  readFirst,
  readOid,
  readSequence,
  tags,
  unreadable,
} from './der.ts';
import { decryptPkcs8 } from './encrypted-pem-key.ts';
import {
  decryptWithPassword,
  type PasswordForms,
  readCount,
  readDecrypted,
  WrongPassword,
} from './password-based.ts';
import { bmpPassword, type KdfHash, pkcs12Kdf, purposes } from './pkcs12-kdf.ts';

/** What is inside a PKCS#12 file, in its order. */
interface PfxContents {
  /** PrivateKeyInfo, DER. */
  keys: Buffer[];
  /** X.509, DER. */
  certificates: Buffer[];
}

const types = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  nestedBags: '1.2.840.113549.1.12.10.1.6',
  x509: '1.2.840.113549.1.9.22.1',
} as const;

/**
 * Opens a PKCS#12 file (RFC 7292). A MAC is proved first, so that a wrong password is told from a damaged file; a file
 * without one is taken as it is. Throws `WrongPassword` or a Failure.
 */
export function openPfx(bytes: Uint8Array, passphrase: string | null): PfxContents {
  const [, content, mac] = readSequence(readFirst(derOfBer(bytes)));
  const { type, inner } = contentInfo(content);
  if (type !== types.data) throw unreadable('it is protected by certificates instead of a password');
  const safe = octets(inner);
  const password = passwordFor(passphrase, safe, mac);
  const contents: PfxContents = { keys: [], certificates: [] };
  for (const part of readSequence(readFirst(derOfBer(safe)))) {
    for (const bag of bagsOf(part, password, mac !== undefined)) take(bag, password, contents, 8);
  }
  return contents;
}

function bagsOf(part: Der, password: PasswordForms, proved: boolean): Der[] {
  const plain = plainContent(part, password);
  const read = (): Der[] => readSequence(readFirst(derOfBer(plain)));
  return proved || contentInfo(part).type !== types.encryptedData ? read() : readDecrypted(read);
}

function shroudedKey(der: Buffer, password: PasswordForms): Buffer {
  const key = decryptPkcs8(der, password);
  readDecrypted(() => readSequence(readFirst(key)));
  return key;
}

function contentInfo(der: Der | undefined): { type: string; inner: Der | undefined } {
  const [id, wrapped] = readSequence(der);
  const inner = wrapped === undefined ? undefined : children(expect(wrapped, contextTag(0, true)))[0];
  return { type: readOid(id), inner };
}

const octets = (der: Der | undefined): Buffer => expect(der, tags.octetString).contents;

function plainContent(part: Der, password: PasswordForms): Buffer {
  const { type, inner } = contentInfo(part);
  if (type === types.data) return octets(inner);
  if (type !== types.encryptedData) throw unreadable('a part of it is encrypted for a certificate');
  const [, info] = readSequence(inner);
  const [, algorithm, data] = readSequence(info);
  if (algorithm === undefined || data === undefined) throw unreadable('an encrypted part is empty');
  // IMPLICIT OCTET STRING: at once, or in pieces
  const whole = data.tag === contextTag(0, true) ? Buffer.concat(children(data).map(octets)) : data.contents;
  return decryptWithPassword(algorithm, whole, password);
}

function take(bag: Der, password: PasswordForms, contents: PfxContents, depth: number): void {
  const { type, inner } = contentInfo(bag);
  if (inner === undefined) return;
  if (type === types.keyBag) contents.keys.push(inner.whole);
  else if (type === types.shroudedKeyBag) contents.keys.push(shroudedKey(inner.whole, password));
  else if (type === types.certificateBag) {
    const { type: kind, inner: certificate } = contentInfo(inner);
    if (kind === types.x509) contents.certificates.push(octets(certificate));
  } else if (type === types.nestedBags && depth > 0) {
    for (const one of readSequence(inner)) take(one, password, contents, depth - 1);
  } // lists of revoked certificates and other secrets are nothing to us
}

// ── the password ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The form of the password that the MAC says is right. No password is written by some programs as an empty text and
 * by others as nothing; what is not ASCII was once written byte by byte.
 */
function passwordFor(passphrase: string | null, safe: Buffer, mac: Der | undefined): PasswordForms {
  const forms = formsOf(passphrase ?? '');
  const [first] = forms;
  if (first === undefined) throw new WrongPassword('no password');
  if (mac === undefined) return first;
  const fits = macCheck(safe, mac);
  const right = forms.find(fits);
  if (right === undefined) throw new WrongPassword('the MAC does not fit');
  return right;
}

function formsOf(text: string): PasswordForms[] {
  const utf8 = Buffer.from(text, 'utf8');
  const usual = { utf8, bmp: bmpPassword(text) };
  if (text === '') return [usual, { utf8, bmp: Buffer.alloc(0) }];
  const byByte = { utf8, bmp: bmpPassword(utf8.toString('latin1')) };
  return usual.bmp.equals(byByte.bmp) ? [usual] : [usual, byByte];
}

const macHashes: Readonly<Record<string, KdfHash>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

function macCheck(safe: Buffer, mac: Der): (password: PasswordForms) => boolean {
  const [digestInfo, salt, rounds] = readSequence(mac);
  const [algorithm, digest] = readSequence(digestInfo);
  const name = readOid(readSequence(algorithm)[0]);
  const hash = macHashes[name];
  if (hash === undefined) throw unreadable(`its MAC is of an unknown kind (${name})`);
  const wanted = octets(digest);
  if (wanted.length > 64) throw unreadable('its MAC is too long');
  const count = rounds === undefined ? 1 : readCount(rounds);
  return ({ bmp }) => {
    const key = pkcs12Kdf(hash, purposes.mac, bmp, octets(salt), count, wanted.length);
    const found = createHmac(hash, key).update(safe).digest();
    return found.length === wanted.length && timingSafeEqual(found, wanted);
  };
}
