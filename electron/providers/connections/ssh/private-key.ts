import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { Failure } from '#shared/failure.ts';
import { derivesForAges } from '../../../pki/derivation-effort.ts';
import { splitPem } from '../../../pki/pem.ts';
import type { Secret } from '../../../secrets/secret.ts';

const { parseKey } = ssh2.utils;

/** Of bcrypt, which takes about 50 ms for each here. OpenSSH writes 16 to 24, and people who want more up to some hundreds. */
const mostRounds = 512;

/**
 * Reads a private key for logging in: OpenSSH, PPK (version 2), PKCS#1, SEC 1 and PKCS#8, each plain or encrypted.
 * ssh2 does not know PKCS#8, so PEM goes through the crypto library first. `who` is for the sentence: `deploy@web1`.
 * Deriving the key from a passphrase blocks for about a second (for more with many rounds; too many are refused).
 */
export function readPrivateKey(key: Secret, passphrase: Secret | undefined, who: string): ParsedKey {
  const text = key.text().trim().replaceAll('\r\n', '\n');
  const phrase = passphrase?.bytes().length ? passphrase : undefined;
  if (/^-----BEGIN ((RSA|EC|ENCRYPTED) )?PRIVATE KEY-----/.test(text)) return fromPem(text, phrase, who);
  if (/^(ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC|-----BEGIN [A-Z ]*PUBLIC KEY)/.test(text)) {
    throw unreadable(who, 'it is the public half');
  }
  if (text.startsWith('PuTTY-User-Key-File-3')) {
    throw unreadable(
      who,
      'it is a PuTTY key file of version 3 (save it as version 2, or export it for OpenSSH)',
    );
  }
  if (phrase !== undefined && bcryptRounds(text) > mostRounds) throw tooManyRounds(who);
  const parsed = parsedBySsh2(text, phrase, who);
  if (parsed instanceof Error) throw explain(parsed, phrase, who);
  const first = Array.isArray(parsed) ? parsed[0] : parsed;
  if (first === undefined || !first.isPrivateKey()) throw unreadable(who, 'it contains no private key');
  return first;
}

/** ssh2 gives its errors back, and throws those of the crypto library: at a private key that is 0, for example. */
function parsedBySsh2(
  text: string,
  passphrase: Secret | undefined,
  who: string,
): ParsedKey | ParsedKey[] | Error {
  try {
    return parseKey(text, passphrase?.bytes());
  } catch (cause) {
    throw unreadable(who, 'it is damaged or of an unknown kind', cause);
  }
}

function fromPem(text: string, passphrase: Secret | undefined, who: string): ParsedKey {
  const encrypted = /^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (encrypted && passphrase === undefined) throw passphraseMissing(who);
  if (encrypted && pkcs8In(text).some(derivesForAges)) throw tooManyRounds(who);
  let key: KeyObject;
  try {
    key = createPrivateKey(
      encrypted && passphrase !== undefined ? { key: text, passphrase: passphrase.bytes() } : { key: text },
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    // Wrong bytes out of a block cipher show as bad padding, or now and then as bad ASN.1.
    if (encrypted && /decrypt|decode|mac|asn1|asn\.1|encoding|unsupported|header|PKCS8/i.test(reason)) {
      throw passphraseWrong(who, cause);
    }
    throw unreadable(who, 'it is damaged or of an unknown kind', cause);
  }
  const parsed = parsedBySsh2(writtenForSsh2(key, who), undefined, who);
  if (parsed instanceof Error) throw unreadable(who, 'SSH does not support this kind of key', parsed);
  return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed;
}

/** What cannot be read is refused by who opens it. */
function pkcs8In(text: string): Buffer[] {
  try {
    return splitPem(text).flatMap(({ label, der }) => (label === 'ENCRYPTED PRIVATE KEY' ? [der] : []));
  } catch {
    return [];
  }
}

/** As PROTOCOL.key of OpenSSH has it: magic, cipher, derivation, then its salt and its rounds. 0: it says none. */
function bcryptRounds(text: string): number {
  const bytes = Buffer.from(text.replace(/-----[^-]*-----/g, ''), 'base64');
  const magic = 'openssh-key-v1\0';
  if (!bytes.subarray(0, magic.length).equals(Buffer.from(magic))) return 0;
  let at = magic.length;
  const field = (): Buffer => {
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  try {
    field();
    if (field().toString('latin1') !== 'bcrypt') return 0;
    const options = field();
    return options.readUInt32BE(4 + options.readUInt32BE(0));
  } catch {
    return 0; // too short for what it says of itself
  }
}

/** The crypto library reads a number that is longer than its curve has room for, and fails to write it. */
function writtenForSsh2(key: KeyObject, who: string): string {
  try {
    return inSsh2Form(key, who);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw unreadable(who, 'it is damaged or of an unknown kind', cause);
  }
}

function inSsh2Form(key: KeyObject, who: string): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return openSshEd25519(key);
    default:
      throw unreadable(who, `SSH does not support keys of type ${key.asymmetricKeyType ?? 'unknown'}`);
  }
}

/** The unencrypted `openssh-key-v1` container, the only form in which ssh2 takes an Ed25519 key. */
function openSshEd25519(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const point = Buffer.from(jwk.x ?? '', 'base64url');
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const field = (value: Buffer | string) =>
    Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value as string)]);
  const check = number(0x54727374);
  const inner = Buffer.concat([
    check,
    check,
    field('ssh-ed25519'),
    field(point),
    field(Buffer.concat([seed, point])),
    field(''),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    number(1),
    field(Buffer.concat([field('ssh-ed25519'), field(point)])),
    field(Buffer.concat([inner, padding])),
  ]);
  const lines = blob.toString('base64').replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----`;
}

function explain(error: Error, passphrase: Secret | undefined, who: string): Failure {
  if (/no passphrase given/.test(error.message)) return passphraseMissing(who);
  if (passphrase !== undefined && /bad passphrase|decrypt|authenticate data/i.test(error.message)) {
    return passphraseWrong(who, error);
  }
  return unreadable(who, 'it is damaged or of an unknown kind', error);
}

function passphraseMissing(who: string): Failure {
  return new Failure(
    'ssh.key-passphrase-missing',
    `The SSH private key for ${who} is encrypted and no passphrase was given.`,
    { hint: 'Set its passphrase (`ssh_key_password`).' },
  );
}

function passphraseWrong(who: string, cause: unknown): Failure {
  return new Failure(
    'ssh.key-passphrase-wrong',
    `The passphrase does not open the SSH private key for ${who}.`,
    { hint: 'Set the passphrase of this key (`ssh_key_password`).', cause },
  );
}

function tooManyRounds(who: string): Failure {
  return new Failure(
    'ssh.key-unreadable',
    `The SSH private key for ${who} cannot be used: its file asks for more rounds to derive the key than Trustkeep carries out.`,
    { hint: 'Encrypt it again with fewer rounds: ssh-keygen -p -a 16 -f FILE.' },
  );
}

function unreadable(who: string, why: string, cause?: unknown): Failure {
  return new Failure('ssh.key-unreadable', `The SSH private key for ${who} cannot be used: ${why}.`, {
    hint: 'Use a private key file in OpenSSH or PEM format, not the .pub file next to it.',
    cause,
  });
}
