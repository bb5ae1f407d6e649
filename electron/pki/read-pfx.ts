import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../secrets/secret.ts';
import { readFirst, readSequence } from './der.ts';
import { nameText } from './distinguished-name.ts';
import { decryptPemKey, decryptPkcs8, isEncrypted } from './encrypted-pem-key.ts';
import { Damaged, openPfx, type Pfx } from './key-store/pfx.ts';
import { type Bag, bagTypes } from './key-store/pfx-bags.ts';
import { readDecrypted, WrongPassword } from './password-cipher.ts';
import { UnknownAlgorithm } from './password-scheme.ts';
import { certificatesOf, type PemBlock, splitPem, toPem } from './pem.ts';
import { TooMuch, Work } from './work.ts';
import { isSelfSigned, issuedBy, parseX509, type X509 } from './x509.ts';

/** A certificate with its private key, as a client shows it in mutual TLS. */
interface ReadPfx {
  /** Leaf, then its chain; a root is left out. PEM. */
  certificatePem: string;
  /** PKCS#8 PEM, not encrypted. */
  keyPem: Secret;
  /** `CN=agent, O=Example`. */
  subject: string;
  /** Epoch milliseconds. See `expiryWarning`. */
  notAfter: number;
}

/**
 * Reads a client certificate with its key from a PFX (PKCS#12) or PEM file, also the old kinds that runtimes refuse
 * (RC2, DES). Of several keys the first one with a certificate is taken. Failure `client-certificate.`
 * `wrong-password` | `unreadable` | `no-key` | `no-certificate` | `key-mismatch`; nothing else, whatever the input. An
 * expired one is read: the clock is the caller's. Derives keys beside the loop or in slices; `bytes` must stay as they are meanwhile.
 */
export async function readPfx(bytes: Uint8Array, passphrase: Secret | null): Promise<ReadPfx> {
  const work = new Work();
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const { keys, certificates } = text.includes('-----BEGIN ')
      ? await readPem(text, passphrase, work)
      : await readContainer(bytes, passphrase, work);
    return pair(keys, certificates);
  } catch (thrown) {
    throw explained(thrown, passphrase);
  }
}

/** Said beside a good reading: servers refuse a certificate that is no longer valid. */
export function expiryWarning(read: Pick<ReadPfx, 'subject' | 'notAfter'>, now: number): string | null {
  if (read.notAfter > now) return null;
  const day = new Date(read.notAfter).toISOString().slice(0, 10);
  return `The client certificate ${read.subject} expired on ${day}; the server will refuse it.`;
}

interface Found {
  keys: KeyObject[];
  /** DER. */
  certificates: Buffer[];
}

async function readContainer(bytes: Uint8Array, passphrase: Secret | null, work: Work): Promise<Found> {
  refuseOthers(bytes);
  const pfx = await openPfx(bytes, passphrase?.text() ?? null, work);
  const found: Found = { keys: [], certificates: [] };
  for (const { bags } of pfx.parts) {
    if (bags === null) throw unreadable('A part of it is encrypted for a certificate.');
    await take(bags, pfx, found, work);
  }
  return found;
}

/** Lists of revoked certificates and other secrets are nothing to us. */
async function take(bags: readonly Bag[], pfx: Pfx, found: Found, work: Work): Promise<void> {
  for (const bag of bags) {
    if (bag.type === bagTypes.key) found.keys.push(keyOf(bag.content, 'pkcs8'));
    else if (bag.type === bagTypes.shroudedKey) found.keys.push(await shroudedKey(bag, pfx, work));
    else if (bag.certificate !== null) found.certificates.push(bag.certificate);
    else if (bag.nested !== null) await take(bag.nested, pfx, found, work);
  }
}

async function shroudedKey({ content }: Bag, { password }: Pfx, work: Work): Promise<KeyObject> {
  const der = await decryptPkcs8(content, password, work);
  try {
    readDecrypted(() => readSequence(readFirst(der)));
    return keyOf(der, 'pkcs8');
  } finally {
    der.fill(0);
  }
}

async function readPem(text: string, passphrase: Secret | null, work: Work): Promise<Found> {
  const keys: KeyObject[] = [];
  for (const block of splitPem(text))
    if (block.label.endsWith('PRIVATE KEY')) keys.push(await readPemKey(block, passphrase, work));
  return { keys, certificates: certificatesOf(text).map((pem) => parseX509(pem).der) };
}

const keyForms: Readonly<Record<string, 'pkcs8' | 'pkcs1' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'ENCRYPTED PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};

async function readPemKey(block: PemBlock, passphrase: Secret | null, work: Work): Promise<KeyObject> {
  const form = keyForms[block.label];
  if (form === undefined)
    throw unreadable(`It contains a kind of key (${block.label}) that TLS does not use.`);
  if (!isEncrypted(block)) return keyOf(block.der, form);
  if (passphrase === null) throw new WrongPassword('none was given');
  const der = await decryptPemKey(block, { utf8: passphrase.bytes(), bmp: Buffer.alloc(0) }, work);
  try {
    return readDecrypted(() => keyOf(der, form));
  } finally {
    der.fill(0);
  }
}

function keyOf(der: Buffer, type: 'pkcs8' | 'pkcs1' | 'sec1'): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type });
}

/** The first key that belongs to a certificate, with what issued that one. */
function pair(keys: readonly KeyObject[], ders: readonly Buffer[]): ReadPfx {
  const certificates = ders.map((der) => parseX509(der));
  if (keys.length === 0) throw noKey(certificates[0]);
  if (certificates.length === 0) {
    throw new Failure(
      'client-certificate.no-certificate',
      'The file contains a private key but no certificate.',
      {
        hint: 'Export the certificate together with its private key and its chain.',
      },
    );
  }
  for (const key of keys) {
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
    const leaf = certificates.find((certificate) => certificate.spki.equals(spki));
    if (leaf !== undefined) return made(key, leaf, certificates);
  }
  const names = certificates.map((certificate) => nameText(certificate.subject)).join('; ');
  throw new Failure(
    'client-certificate.key-mismatch',
    `The private key in the file matches none of its certificates (${names}).`,
    { hint: 'Export the certificate together with its own private key.' },
  );
}

function made(key: KeyObject, leaf: X509, certificates: readonly X509[]): ReadPfx {
  const chain = [leaf];
  for (let last: X509 | undefined = leaf; last !== undefined; ) {
    const top: X509 = last;
    last = isSelfSigned(top)
      ? undefined
      : certificates.find((one) => !chain.includes(one) && !isSelfSigned(one) && issuedBy(top, one));
    if (last !== undefined) chain.push(last);
  }
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' });
  return {
    certificatePem: chain.map(({ der }) => toPem('CERTIFICATE', der)).join(''),
    keyPem: Secret.of(keyPem),
    subject: nameText(leaf.subject),
    notAfter: leaf.notAfter,
  };
}

// ── failures ────────────────────────────────────────────────────────────────────────────────────────────────────

function unreadable(reason: string, cause?: unknown): Failure {
  return new Failure(
    'client-certificate.unreadable',
    `The client certificate file cannot be read. ${reason}`,
    {
      hint: 'Use a PFX (P12) file, or a PEM file with the certificate, its private key and its chain.',
      cause,
    },
  );
}

function unsupported(cause: Error): Failure {
  return new Failure(
    'client-certificate.unreadable',
    `The client certificate file uses ${cause.message}, which Trustkeep cannot read.`,
    { hint: 'Export it again with AES-256 or 3DES protection.', cause },
  );
}

function noKey(certificate: X509 | undefined): Failure {
  const whose = certificate === undefined ? '' : ` for ${nameText(certificate.subject)}`;
  return new Failure(
    'client-certificate.no-key',
    `The client certificate file contains no private key${whose}.`,
    {
      hint: 'Export the certificate again, including its private key.',
    },
  );
}

/** Files that are taken for a PFX by mistake. */
function refuseOthers(bytes: Uint8Array): void {
  if (bytes.length === 0) throw unreadable('It is empty.');
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (magic === 'feedfeed' || magic === 'cececece')
    throw unreadable('It is a Java key store (JKS or JCEKS).');
  if (bytes[0] !== 0x30) throw unreadable('It is neither PFX nor PEM.');
  const certificate = certificateIn(bytes);
  if (certificate !== undefined) throw noKey(certificate);
}

function certificateIn(bytes: Uint8Array): X509 | undefined {
  try {
    return parseX509(bytes);
  } catch {
    return undefined;
  }
}

function explained(thrown: unknown, passphrase: Secret | null): Failure {
  if (thrown instanceof WrongPassword) return wrongPassword(thrown, passphrase);
  if (thrown instanceof UnknownAlgorithm || thrown instanceof TooMuch) return unsupported(thrown);
  if (thrown instanceof Damaged)
    return unreadable('It was changed or damaged: the password is right, but the MAC is not.', thrown);
  if (!(thrown instanceof Failure))
    return unreadable('Its content is damaged or of an unknown kind.', thrown);
  return thrown.about === 'client-certificate' ? thrown : unreadable(thrown.message, thrown);
}

function wrongPassword(cause: WrongPassword, passphrase: Secret | null): Failure {
  const given = passphrase !== null && passphrase.bytes().length > 0;
  const sentence = given
    ? 'The password does not open the client certificate file.'
    : 'The client certificate file is protected by a password, and none was given.';
  return new Failure('client-certificate.wrong-password', sentence, {
    hint: 'Enter the password that was set when the certificate was exported.',
    cause,
  });
}
