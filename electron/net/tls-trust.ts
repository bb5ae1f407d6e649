import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { Failure } from '#shared/failure.ts';
import type { ClientCertificate } from './client-certificate.ts';

/** What a TLS connection trusts. `null`: what this machine trusts; PEM: those certificates as well. */
export type TrustSetting = string | null;

/** Answers of a handshake that mean "no trusted root was found", told apart from every other TLS trouble. */
const untrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);

export function isUntrusted(code: string | undefined): boolean {
  return code !== undefined && untrusted.has(code);
}

/**
 * Trust for the first try of a connection: the given certificates alone, or the runtime's own roots. Reading the
 * store of the operating system and parsing it costs about 100 ms, so `wholeTrust` comes second and only when
 * the first was not enough. Whatever the first accepts, the whole accepts too.
 */
export function quickTrust(setting: TrustSetting): tls.SecureContext {
  return tls.createSecureContext(setting === null ? {} : { ca: setting });
}

const pemBlocks = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Blank text is no setting. TLS itself passes over what it cannot read, so it is looked at here. */
export function readTrust(setting: string | null | undefined): TrustSetting {
  const pem = setting?.trim() ?? '';
  if (pem === '') return null;
  const blocks = pem.match(pemBlocks) ?? [];
  try {
    if (blocks.length === 0) throw new Error('there is no PEM block');
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    throw new Failure('net.roots-unreadable', 'The trusted roots are not PEM certificates.', {
      hint: 'Enter the root certificate of the CA as PEM text (-----BEGIN CERTIFICATE-----) as trusted_roots.',
      cause,
    });
  }
  return pem;
}

/** The runtime's roots, those of the operating system and the given ones. */
export function wholeTrust(setting: TrustSetting, shown?: ClientCertificate): tls.SecureContext {
  return contextFor({ ca: [...machineRoots(), ...(setting === null ? [] : [setting])] }, shown);
}

/**
 * Does the chain lead to a root that came with the runtime, or to one of the given ones? If not, and the machine
 * trusts it all the same, then by a root that somebody added to this machine.
 */
export function isAnchoredElsewhere(chain: readonly X509Certificate[], setting: TrustSetting): boolean {
  bundled ??= tls.rootCertificates.map((pem) => new X509Certificate(pem));
  const anchors = [...bundled, ...given(setting)];
  return !chain.some((one) =>
    anchors.some((anchor) => anchor.fingerprint256 === one.fingerprint256 || isIssuedBy(one, anchor)),
  );
}

/** Certificates that this machine trusts, and the given ones. Those that cannot be read are left out. */
export function knownIssuers(setting: TrustSetting): readonly X509Certificate[] {
  return [...given(setting), ...machineRoots().flatMap(readable)];
}

const given = (setting: TrustSetting): X509Certificate[] =>
  setting?.match(pemBlocks)?.flatMap(readable) ?? [];

function readable(pem: string): X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return [];
  }
}

/** By name and signature. False where the kind of its key is unknown here, too: nothing can be said of that signature. */
export function isIssuedBy(one: X509Certificate, issuer: X509Certificate): boolean {
  if (issuer.subject !== one.issuer) return false;
  try {
    return one.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

let bundled: X509Certificate[] | undefined;

/** The key lives on in the context only; the bytes of the secret are not kept. */
function contextFor(options: tls.SecureContextOptions, shown: ClientCertificate | undefined) {
  if (shown === undefined) return tls.createSecureContext(options);
  try {
    return tls.createSecureContext({ ...options, cert: shown.certificatePem, key: shown.key.bytes() });
  } catch (cause) {
    const mismatch = /MISMATCH/i.test(String((cause as NodeJS.ErrnoException).code));
    throw new Failure(
      'net.client-certificate-unusable',
      mismatch
        ? 'The client certificate does not match its private key.'
        : 'The client certificate or its private key cannot be read.',
      { hint: 'Provide a PEM certificate with its own private key, without a passphrase.', cause },
    );
  }
}

let roots: string[] | undefined;

/** What this machine trusts: the runtime's roots and those of the operating system, PEM. The first call takes about 100 ms. */
export function machineRoots(): readonly string[] {
  roots ??= [...new Set([...tls.rootCertificates, ...systemRoots()].map((pem) => pem.trim()))];
  return roots;
}

/** Older runtimes cannot read the store of the operating system: then the bundled roots must do. */
function systemRoots(): readonly string[] {
  const { getCACertificates } = tls as Partial<Pick<typeof tls, 'getCACertificates'>>;
  try {
    return getCACertificates?.('system') ?? [];
  } catch {
    return [];
  }
}
