import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { signatureAlgorithm, verifySignature } from './algorithms.ts';
import {
  children,
  contextTag,
  type Der,
  expect,
  readBitString,
  readDer,
  readOid,
  readSequence,
  tags,
} from './der.ts';
import { commonNames, subjectFor } from './distinguished-name.ts';
import { readAltNames, readExtensions, subjectAltName } from './extensions.ts';
import { keyTypeOfSpki } from './key.ts';
import { normalizeNames } from './names.ts';
import { oids } from './oids.ts';
import { bitString, explicit, integer, oid, sequence, setOf } from './write-der.ts';

export { checkNames, normalizeNames } from './names.ts';

interface CsrOptions {
  names: string[];
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  keyType: KeyType;
  /** Signs with the private key, wherever it is, as `signWithKeyPem` does (ECDSA in DER). */
  sign: (data: Buffer) => Promise<Buffer>;
}

/**
 * PKCS#10, DER. The subject is the first DNS name when it fits, all names are in the subjectAltName. Which usages the
 * certificate gets is for the authority to say: none is asked for. Failures `names.invalid`, `key.type-wrong`, and
 * `csr.signature-wrong` when what `sign` gave does not fit the public key.
 */
export async function buildCsr(options: CsrOptions): Promise<Buffer> {
  const names = normalizeNames(options.names);
  const found = keyTypeOfSpki(options.spki);
  if (found !== options.keyType) {
    throw new Failure('key.type-wrong', `The key is of type ${found}, but ${options.keyType} was asked for.`);
  }
  const subject = subjectFor(names);
  const wanted = sequence(subjectAltName(names, false));
  const attribute = sequence(oid(oids.extensionRequest), setOf(wanted));
  const info = sequence(integer(0), subject, options.spki, explicit(0, attribute));
  const algorithm = signatureAlgorithm(options.keyType);
  const signature = await options.sign(info);
  if (verifySignature(readDer(algorithm), info, signature, options.spki) !== 'good') {
    throw new Failure('csr.signature-wrong', 'The CSR was not signed with its own key.');
  }
  return sequence(info, algorithm, bitString(signature));
}

interface CsrFacts {
  /** Names of the asked-for subjectAltName; the common name only when there is none. */
  names: string[];
  spki: Buffer;
  keyType: string;
}

/** Takes a CSR apart and checks its signature. Failures `csr.unreadable` and `csr.signature-wrong`. */
export function readCsr(der: Uint8Array): CsrFacts {
  try {
    return read(der);
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'csr.signature-wrong') throw cause;
    const reason = cause instanceof Failure ? ` ${cause.message}` : '';
    throw new Failure('csr.unreadable', `The CSR cannot be read.${reason}`, { cause });
  }
}

function read(der: Uint8Array): CsrFacts {
  const [info, algorithm, signature] = readSequence(readDer(der));
  const [, subject, spki, attributes] = readSequence(info);
  const key = expect(spki, tags.sequence).whole;
  const checked = verifySignature(
    expect(algorithm, tags.sequence),
    expect(info, tags.sequence).whole,
    readBitString(signature),
    key,
  );
  if (checked !== 'good') {
    throw new Failure('csr.signature-wrong', 'The CSR is not signed with the key it asks a certificate for.');
  }
  const names = askedNames(attributes) ?? commonNames(expect(subject, tags.sequence));
  return { names, spki: key, keyType: keyTypeOfSpki(key) };
}

function askedNames(attributes: Der | undefined): string[] | null {
  if (attributes?.tag !== contextTag(0, true)) return null;
  for (const attribute of children(attributes)) {
    const [id, values] = readSequence(attribute);
    if (readOid(id) !== oids.extensionRequest) continue;
    return readAltNames(readExtensions(children(expect(values, tags.set))[0]));
  }
  return null;
}
