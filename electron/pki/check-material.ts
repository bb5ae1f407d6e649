import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { nameText } from './distinguished-name.ts';
import { keyTypeOfSpki } from './key.ts';
import { namesCover } from './names.ts';
import { certificatesOf } from './pem.ts';
import { namesOf } from './read-certificate.ts';
import { isSelfSigned, mayBeIssuer, parseX509, signedBy, type X509 } from './x509.ts';

interface Material {
  chainPem: string;
  /** Public key of the private key that is to be installed: SubjectPublicKeyInfo, DER. */
  spki: Uint8Array;
  names: readonly string[];
  keyType: KeyType;
  /** Epoch milliseconds. */
  now: number;
}

interface MaterialCheck {
  name: string;
  ok: boolean;
  sentence: string;
}

/** Clock difference to the authority that is forgiven. */
const skewMs = 5 * 60_000;

/**
 * Whether chain and key may be installed. Servers do not catch every wrong pair themselves: nginx and Apache accept an
 * RSA certificate with an EC key in their configuration tests and then fail. Never throws for bad material: a chain that
 * cannot be read is a failed check.
 */
export function checkMaterial(material: Material): { ok: boolean; checks: MaterialCheck[] } {
  const chain = readChain(material.chainPem);
  if ('because' in chain) return { ok: false, checks: [check('chain', false, chain.because)] };
  const [leaf] = chain.certificates;
  const checks = [
    checkPair(leaf, material.spki),
    checkKeyType(leaf, material.keyType),
    checkChain(chain.certificates),
    checkDates(chain.certificates, material.now),
    checkNamesCovered(leaf, material.names),
  ];
  return { ok: checks.every(({ ok }) => ok), checks };
}

const check = (name: string, ok: boolean, sentence: string): MaterialCheck => ({ name, ok, sentence });

function readChain(chainPem: string): { certificates: [X509, ...X509[]] } | { because: string } {
  try {
    const [leaf, ...rest] = certificatesOf(chainPem).map((pem) => parseX509(pem));
    if (leaf === undefined) return { because: 'The chain contains no certificate.' };
    return { certificates: [leaf, ...rest] };
  } catch (cause) {
    return { because: cause instanceof Failure ? cause.message : 'The chain cannot be read.' };
  }
}

function checkPair(leaf: X509, spki: Uint8Array): MaterialCheck {
  const ok = leaf.spki.equals(spki);
  return check(
    'pair',
    ok,
    ok
      ? 'The certificate matches the new private key.'
      : `The certificate (${typeOf(leaf.spki)}) does not match the private key (${typeOf(spki)}).`,
  );
}

function checkKeyType(leaf: X509, keyType: KeyType): MaterialCheck {
  const found = typeOf(leaf.spki);
  const ok = found === keyType;
  return check(
    'key type',
    ok,
    ok ? `The key type is ${found}.` : `The key type is ${found}, not ${keyType}.`,
  );
}

function typeOf(spki: Uint8Array): string {
  try {
    return keyTypeOfSpki(spki);
  } catch {
    return 'unreadable';
  }
}

function checkChain(certificates: readonly X509[]): MaterialCheck {
  for (const [index, certificate] of certificates.entries()) {
    const issuer = certificates[index + 1];
    const fault = issuer === undefined ? faultOfLast(certificate) : faultOfLink(certificate, issuer);
    if (fault !== null) return check('chain', false, fault);
  }
  const last = certificates.at(-1);
  const from = last === undefined ? '' : nameText(last.issuer);
  const count =
    certificates.length === 1 ? '1 certificate' : `${certificates.length} certificates, leaf first`;
  return check('chain', true, `The chain has ${count}; it leads to ${from}.`);
}

function faultOfLink(certificate: X509, issuer: X509): string | null {
  const [own, next] = [title(certificate), title(issuer)];
  if (!mayBeIssuer(issuer, certificate)) {
    return `In the chain, ${own} is followed by ${next}, but was issued by ${nameText(certificate.issuer)}.`;
  }
  if (signedBy(certificate, issuer) === 'bad') return `The signature of ${next} on ${own} is wrong.`;
  return issuer.isCa ? null : `In the chain, ${next} issued ${own} but is not a CA certificate.`;
}

/** A self-signed end must have a good signature; any other issuer is for clients to know. */
function faultOfLast(certificate: X509): string | null {
  const own = certificate.issuer.whole.equals(certificate.subject.whole);
  return own && mayBeIssuer(certificate, certificate) && !isSelfSigned(certificate)
    ? `The signature of ${title(certificate)} is wrong.`
    : null;
}

function checkDates(certificates: readonly X509[], now: number): MaterialCheck {
  for (const certificate of certificates) {
    const { notBefore, notAfter } = certificate;
    if (notAfter <= now)
      return check('dates', false, `${title(certificate)} expired at ${instant(notAfter)}.`);
    if (notBefore > now + skewMs) {
      return check('dates', false, `${title(certificate)} is not valid before ${instant(notBefore)}.`);
    }
  }
  const early = certificates.find(({ notBefore }) => notBefore > now);
  if (early !== undefined) {
    const seconds = Math.ceil((early.notBefore - now) / 1000);
    const sentence = `${title(early)} becomes valid in ${seconds} s. The clock of this machine may be slow.`;
    return check('dates', true, sentence);
  }
  const end = Math.min(...certificates.map(({ notAfter }) => notAfter));
  return check('dates', true, `Valid now and until ${instant(end)}.`);
}

function checkNamesCovered(leaf: X509, names: readonly string[]): MaterialCheck {
  const own = namesOf(leaf);
  const missing = names.filter((name) => !namesCover(own, name));
  if (missing.length === 0) return check('names', true, `The certificate covers ${names.join(', ')}.`);
  const has = own.length === 0 ? 'no name' : own.join(', ');
  return check('names', false, `The certificate does not cover ${missing.join(', ')}; it is for ${has}.`);
}

function title(certificate: X509): string {
  const subject = nameText(certificate.subject);
  return `"${subject === '' ? (namesOf(certificate)[0] ?? 'no name') : subject}"`;
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}
