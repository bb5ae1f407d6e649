import { derOfBer } from '../ber.ts';
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
} from '../der.ts';
import {
  decryptWithPassword,
  encryptWithPassword,
  type PasswordForms,
  readDecrypted,
  WrongPassword,
} from '../password-cipher.ts';
import { type PasswordScheme, readScheme, writeScheme } from '../password-scheme.ts';
import { bmpPassword } from '../pkcs12-kdf.ts';
import type { Work } from '../work.ts';
import { element, explicit, implicit, integer, octetString, oid, sequence } from '../write-der.ts';
import { type Bag, readBags } from './pfx-bags.ts';
import { type Mac, macFits, macOf, readMac, writeMac } from './pfx-mac.ts';

const contentTypes = { data: '1.2.840.113549.1.7.1', encryptedData: '1.2.840.113549.1.7.6' } as const;

/** Thrown when the password is right and the content is not what was proved. */
export class Damaged extends Error {}

/** One ContentInfo of a PKCS#12 file. */
export interface Part {
  /** As it was written; in DER where that was BER. */
  raw: Buffer;
  /** How all of it is encrypted; null: it is not. */
  scheme: PasswordScheme | null;
  /** Null: it is encrypted for a certificate, and no one knows what it holds. */
  bags: Bag[] | null;
}

/** What is inside a PKCS#12 file, in its order. */
export interface Pfx {
  parts: Part[];
  /** Null: nothing proves the content. */
  mac: Mac | null;
  /** The password in the form that the MAC says is right. */
  password: PasswordForms;
}

/**
 * Opens a PKCS#12 file (RFC 7292). A MAC is proved first, so that a wrong password is told from a damaged file; a file
 * without one is taken as it is. Keys stay encrypted. Throws `WrongPassword`, `Damaged`, `UnknownAlgorithm`, `TooMuch` or a Failure.
 */
export async function openPfx(bytes: Uint8Array, password: string | null, work: Work): Promise<Pfx> {
  const [, content, macData] = readSequence(readFirst(derOfBer(bytes)));
  const { type, inner } = contentInfo(content);
  if (type !== contentTypes.data) throw unreadable('it is protected by certificates instead of a password');
  const safe = octets(inner);
  const forms = formsOf(password ?? '');
  if (macData === undefined) {
    const [first] = forms;
    return { parts: await readParts(safe, first, work), mac: null, password: first };
  }
  const proof = readMac(macData);
  for (const form of forms) {
    if (await macFits(proof, safe, form, work))
      return { parts: await readParts(safe, form, work, true), mac: proof.mac, password: form };
  }
  if (await opensWith(safe, forms, work)) throw new Damaged('the MAC does not fit');
  throw new WrongPassword('the MAC does not fit');
}

/** Whether a password opens something in it all the same. */
async function opensWith(safe: Buffer, forms: readonly PasswordForms[], work: Work): Promise<boolean> {
  for (const form of forms) {
    try {
      const parts = await readParts(safe, form, work);
      if (parts.some(({ scheme }) => scheme !== null)) return true;
    } catch {
      // neither with this one
    }
  }
  return false;
}

const octets = (der: Der | undefined): Buffer => expect(der, tags.octetString).contents;

/** ContentInfo, or a bag that is built as one. */
function contentInfo(der: Der | undefined): { type: string; inner: Der | undefined } {
  const [id, wrapped] = readSequence(der);
  const inner = wrapped === undefined ? undefined : children(expect(wrapped, contextTag(0, true)))[0];
  return { type: readOid(id), inner };
}

async function readParts(safe: Buffer, password: PasswordForms, work: Work, proved = false): Promise<Part[]> {
  const parts: Part[] = [];
  for (const der of readSequence(readFirst(derOfBer(safe))))
    parts.push(await readPart(der, password, work, proved));
  return parts;
}

async function readPart(der: Der, password: PasswordForms, work: Work, proved: boolean): Promise<Part> {
  const { type, inner } = contentInfo(der);
  const raw = der.whole;
  if (type === contentTypes.data)
    return { raw, scheme: null, bags: await readBags(readFirst(derOfBer(octets(inner))), work) };
  if (type !== contentTypes.encryptedData) return { raw, scheme: null, bags: null };
  const [, info] = readSequence(inner);
  const [, algorithm, data] = readSequence(info);
  if (algorithm === undefined || data === undefined) throw unreadable('an encrypted part is empty');
  // IMPLICIT OCTET STRING: at once, or in pieces
  const whole = data.tag === contextTag(0, true) ? Buffer.concat(children(data).map(octets)) : data.contents;
  const scheme = readScheme(algorithm);
  const plain = await decryptWithPassword(scheme, whole, password, work);
  const contents = proved
    ? readFirst(derOfBer(plain))
    : readDecrypted(() => expect(readFirst(derOfBer(plain)), tags.sequence));
  try {
    return { raw, scheme, bags: await readBags(contents, work) };
  } catch (cause) {
    throw proved ? cause : new WrongPassword('what came out cannot be read', { cause });
  }
}

/**
 * No password is written by some programs as an empty text and by others as nothing; what is not ASCII was once written byte
 * by byte.
 */
function formsOf(text: string): [PasswordForms, ...PasswordForms[]] {
  const utf8 = Buffer.from(text, 'utf8');
  const usual = { utf8, bmp: bmpPassword(text) };
  if (text === '') return [usual, { utf8, bmp: Buffer.alloc(0) }];
  const byByte = { utf8, bmp: bmpPassword(utf8.toString('latin1')) };
  return usual.bmp.equals(byByte.bmp) ? [usual] : [usual, byByte];
}

/** A password for one key, in the same forms as that of the file. */
export function keyPassword(text: string): PasswordForms {
  return formsOf(text)[0];
}

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The SafeContents of these bags. */
export const safeContents = (bags: readonly { raw: Buffer }[]): Buffer =>
  sequence(...bags.map(({ raw }) => raw));

/** ContentInfo of a SafeContents, encrypted where there is a scheme. */
export async function writePart(
  scheme: PasswordScheme | null,
  contents: Buffer,
  password: PasswordForms,
  work: Work,
): Promise<Buffer> {
  if (scheme === null) return sequence(oid(contentTypes.data), explicit(0, octetString(contents)));
  const encrypted = await encryptWithPassword(scheme, contents, password, work);
  const info = sequence(oid(contentTypes.data), writeScheme(scheme), implicit(0, encrypted));
  return sequence(oid(contentTypes.encryptedData), explicit(0, sequence(integer(0), info)));
}

/** The whole file around its parts. */
export async function writePfx(
  safe: Buffer,
  mac: Mac | null,
  password: PasswordForms,
  work: Work,
): Promise<Buffer> {
  const content = sequence(oid(contentTypes.data), explicit(0, element(tags.octetString, safe)));
  await work.turn();
  const proof = mac === null ? [] : [writeMac(mac, await macOf(mac, safe, password, work))];
  return sequence(integer(3), content, ...proof);
}
