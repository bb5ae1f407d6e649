import { createPublicKey, X509Certificate } from 'node:crypto';
import { children, readSequence, tags } from '../../../electron/pki/der.ts';
import { readAttributes } from '../../../electron/pki/distinguished-name.ts';
import { keyFingerprint } from '../../../electron/pki/fingerprint.ts';
import { ipBytes } from '../../../electron/pki/ip.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { parseX509 } from '../../../electron/pki/x509.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Tally } from './tally.ts';

/** What a certificate says, in the words of both readers. Null: this reader cannot tell. */
interface Facts {
  sha256: string;
  serial: string;
  subject: Record<string, string[]> | null;
  names: string[] | null;
  notBefore: number | null;
  notAfter: number | null;
  key: string | null;
}

/** Types of which OpenSSL and we use the same short name. */
const compared: Record<string, string> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

type Read = { facts: Facts } | { refused: string };

/** Reads `der` with our reader and with OpenSSL's, and notes where they disagree. */
export function compareCertificate(der: Buffer, tally: Tally): void {
  const ours = readOurs(der, tally);
  const theirs = readTheirs(der);
  if ('refused' in ours && 'refused' in theirs) tally.count('refused by both');
  else if ('refused' in ours) tally.count(`refused here alone: ${ours.refused}`);
  else if ('refused' in theirs) tally.count('refused by OpenSSL alone');
  else compareFacts(ours.facts, theirs.facts, der, tally);
}

function compareFacts(ours: Facts, theirs: Facts, der: Buffer, tally: Tally): void {
  tally.count('read by both');
  for (const name of ['sha256', 'serial', 'subject', 'names', 'notBefore', 'notAfter', 'key'] as const) {
    const [one, other] = [JSON.stringify(ours[name]), JSON.stringify(theirs[name])];
    if (theirs[name] === null) tally.count(`OpenSSL cannot tell: ${name}`);
    else if (name === 'subject' && !isAllText(der)) tally.count('a subject with a value that is no text');
    else if (name === 'sha256' && isWrittenAnew(der))
      tally.count('written anew by OpenSSL, with another SHA-256');
    else if (one !== other)
      tally.found(`another ${name}`, `ours ${one}, OpenSSL ${other}, ${der.toString('base64')}`);
  }
}

/** OpenSSL hashes its own writing of what it read; we hash the bytes that came. */
const isWrittenAnew = (der: Buffer): boolean => !new X509Certificate(der).raw.equals(der);

const textTags = new Set<number>([
  ...Object.values(tags).filter((tag) => tag >= 0x0c && tag <= 0x1e),
  0x12,
  0x1a,
]);

/** Of another value OpenSSL shows the header as well, and neither reading is right. */
function isAllText(der: Buffer): boolean {
  return readSequence(parseX509(der).subject).every((relative) =>
    children(relative).every((attribute) => textTags.has(readSequence(attribute)[1]?.tag ?? 0)),
  );
}

function readOurs(der: Buffer, tally: Tally): Read {
  try {
    return { facts: ourFacts(der) };
  } catch (error) {
    const known = error instanceof Failure && error.code === 'certificate.unreadable';
    if (!known) tally.found('an error that is no failure', `${String(error)}, ${der.toString('base64')}`);
    return { refused: reasonOf(error) };
  }
}

/** Without what is another one in every certificate. */
function reasonOf(error: unknown): string {
  const { message } = error as Error;
  const reason = /: ([^:]+)\.$/.exec(message)?.[1] ?? message;
  return reason.replace(/tag [0-9a-f]+ expected, [0-9a-f]+ found/, 'another tag expected');
}

function readTheirs(der: Buffer): Read {
  try {
    return { facts: theirFacts(new X509Certificate(der)) };
  } catch {
    return { refused: 'it does not say why' };
  }
}

function ourFacts(der: Buffer): Facts {
  const { fingerprint, serial, notBefore, notAfter } = readCertificate(der);
  const x509 = parseX509(der);
  const subject: Record<string, string[]> = {};
  for (const { type, value } of readAttributes(x509.subject)) {
    const name = compared[type];
    if (name !== undefined) subject[name] = [...(subject[name] ?? []), value];
  }
  return {
    sha256: fingerprint,
    serial: serial.replace(/^(-?)0+(?=.)/, '$1'),
    subject: sorted(subject),
    names: x509.altNames ?? [],
    notBefore,
    notAfter,
    key: keyOf(x509.spki),
  };
}

function theirFacts(certificate: X509Certificate): Facts {
  return {
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    serial: certificate.serialNumber.toLowerCase().replace(/^(-?)0+(?=.)/, '$1'),
    subject: maybe(() => subjectOf(certificate)),
    names: maybe(() => altNamesOf(certificate.subjectAltName)),
    notBefore: timeOf(certificate.validFromDate),
    notAfter: timeOf(certificate.validToDate),
    key: maybe(() => keyFingerprint(certificate.publicKey.export({ type: 'spki', format: 'der' }))),
  };
}

/** As the platform writes it: the same key can be written in several ways. */
function keyOf(spki: Buffer): string {
  const written = maybe(() =>
    createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ type: 'spki', format: 'der' }),
  );
  return keyFingerprint(written ?? spki);
}

function maybe<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

/**
 * Lines of `CN=…`, escaped as in RFC 2253; parts of one line stand beside a plus. (Not `toLegacyObject`: it ends the process
 * with certificates that have an unknown key algorithm.)
 */
function subjectOf(certificate: X509Certificate): Record<string, string[]> {
  const subject: Record<string, string[]> = {};
  for (const part of (certificate.subject ?? '').split(/\n| (?<!\\)\+ /)) {
    const [, name = '', escaped = ''] = /^([^=]*)=([\s\S]*)$/.exec(part) ?? [];
    if (Object.values(compared).includes(name)) subject[name] = [...(subject[name] ?? []), plain(escaped)];
  }
  return sorted(subject);
}

function plain(escaped: string): string {
  return escaped.replace(/\\([0-9A-F]{2})|\\([\s\S])/g, (_all, hex?: string, one?: string) =>
    hex === undefined ? (one ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function sorted(record: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** `DNS:a, IP Address:1.2.3.4, DNS:"a\\u0000b"`: names that are not plain are quoted as JSON. */
function altNamesOf(text: string | undefined): string[] {
  const entries = (text ?? '').match(/([A-Za-z0-9 ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g) ?? [];
  return entries.flatMap((entry) => {
    const [, kind, quoted = ''] = /^ ?([A-Za-z0-9 ]+):([\s\S]*)$/.exec(entry) ?? [];
    const value: string = quoted.startsWith('"') ? JSON.parse(quoted) : quoted;
    if (kind === 'DNS') return [value];
    return kind === 'IP Address' ? [addressText(value)].filter((one) => one !== '') : [];
  });
}

/** As the platform's own URL writes an address. */
function addressText(text: string): string {
  if (ipBytes(text) === null) return '';
  return text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}

function timeOf(date: Date): number | null {
  const at = date.getTime();
  return Number.isNaN(at) ? null : at;
}
