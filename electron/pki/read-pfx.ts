import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../secrets/secret.ts';
import { nameText } from './distinguished-name.ts';
import { decryptPemKey, isEncrypted } from './encrypted-pem-key.ts';
import { type PasswordForms, readDecrypted, WrongPassword } from './password-based.ts';
import { certificatesOf, type PemBlock, splitPem, toPem } from './pem.ts';
import { openPfx } from './pfx-container.ts';
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
 * expired one is read: the clock is the caller's.
 */
export function readPfx(bytes: Uint8Array, passphrase: Secret | null): ReadPfx {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const { keys, certificates } = text.includes('-----BEGIN ')
      ? readPem(text, passphrase)
      : readContainer(bytes, passphrase);
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

function readContainer(bytes: Uint8Array, passphrase: Secret | null): Found {
  refuseOthers(bytes);
  const { keys, certificates } = openPfx(bytes, passphrase?.text() ?? null);
  return { keys: keys.map((der) => keyOf(der, 'pkcs8')), certificates };
}

function readPem(text: string, passphrase: Secret | null): Found {
  const blocks = splitPem(text).filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const keys = blocks.map((block) => readPemKey(block, passphrase));
  return { keys, certificates: certificatesOf(text).map((pem) => parseX509(pem).der) };
}

const keyForms: Readonly<Record<string, 'pkcs8' | 'pkcs1' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'ENCRYPTED PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};

function readPemKey(block: PemBlock, passphrase: Secret | null): KeyObject {
  const form = keyForms[block.label];
  if (form === undefined)
    throw unreadable(`It contains a kind of key (${block.label}) that TLS does not use.`);
  if (!isEncrypted(block)) return keyOf(block.der, form);
  if (passphrase === null) throw new WrongPassword('none was given');
  const password: PasswordForms = { utf8: passphrase.bytes(), bmp: Buffer.alloc(0) };
  const der = decryptPemKey(block, password);
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
