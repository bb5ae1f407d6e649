import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { Failure } from '#shared/failure.ts';

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
  return setting === null ? tls.createSecureContext() : tls.createSecureContext({ ca: setting });
}

/** Blank text is no setting. TLS itself passes over what it cannot read, so it is looked at here. */
export function readTrust(setting: string | null | undefined): TrustSetting {
  const pem = setting?.trim() ?? '';
  if (pem === '') return null;
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('there is no PEM block');
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    throw new Failure('net.roots-unreadable', 'The trusted roots are not certificates in PEM.', {
      hint: 'Give the root certificate of the CA as PEM text (-----BEGIN CERTIFICATE-----) as trusted_roots.',
      cause,
    });
  }
  return pem;
}

/** The runtime's roots, those of the operating system and the given ones. */
export function wholeTrust(setting: TrustSetting): tls.SecureContext {
  const ca = [...machineRoots(), ...(setting === null ? [] : [setting])];
  return tls.createSecureContext({ ca });
}

let roots: string[] | undefined;

function machineRoots(): string[] {
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

/**
 * Who signed what a server shows, for the sentence after a refused handshake. Nothing is sent over this
 * connection and nothing it says is trusted. Null when it cannot be seen.
 */
export function issuerShown(host: string, port: number, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = tls.connect({
      host,
      port,
      rejectUnauthorized: false,
      timeout: timeoutMs,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    const end = (issuer: string | null) => {
      socket.destroy();
      resolve(issuer);
    };
    socket.once('secureConnect', () => end(topIssuer(socket.getPeerCertificate(true))));
    socket.once('timeout', () => end(null));
    socket.once('error', () => end(null));
  });
}

function topIssuer(leaf: tls.DetailedPeerCertificate): string | null {
  let top = leaf;
  for (let depth = 0; depth < 10; depth++) {
    const above = top.issuerCertificate;
    if (above === undefined || above.fingerprint256 === top.fingerprint256) break;
    top = above;
  }
  const issuer = top.issuer as Partial<tls.Certificate> | undefined;
  return text(issuer?.CN) ?? text(issuer?.OU) ?? text(issuer?.O);
}

function text(part: string | string[] | undefined): string | null {
  return (Array.isArray(part) ? part[0] : part) ?? null;
}
