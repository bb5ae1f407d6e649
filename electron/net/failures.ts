import { Failure } from '#shared/failure.ts';
import { isUntrusted } from './tls-trust.ts';

export interface Peer {
  host: string;
  port: number;
}

/** The code of what undici or the socket threw; for several tried addresses, the first one's. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { code, errors, cause } = thrown as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors)) return codeOf(errors[0]);
  return codeOf(cause);
}

const timeouts = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const badTime = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** What is known besides about a failed request. */
interface Circumstances {
  /** Who signed what was shown, if seen. */
  issuer?: string | null | undefined;
  /** We showed a certificate of our own. */
  showedCertificate?: boolean | undefined;
  /** The proxy that lies between. */
  proxy?: Peer | undefined;
}

/** Turns a failed request into one sentence with host and port. */
export function netFailure(thrown: unknown, peer: Peer, given: Circumstances | null = null): Failure {
  if (thrown instanceof Failure) return thrown;
  const code = codeOf(thrown) ?? '';
  const known = given ?? {};
  if (known.proxy !== undefined && isUntrusted(code))
    return readsAlong(known.proxy, peer, known.issuer ?? null, thrown);
  const at = placeVia(peer, known.proxy);
  const later = { retry: 'later', cause: thrown } as const;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA')
    return new Failure('net.unresolved', `The name ${peer.host} (asked for ${at}) could not be resolved.`, {
      ...later,
      hint: 'Check the spelling of the host name and the DNS settings of this machine.',
    });
  if (code === 'ECONNREFUSED')
    return new Failure('net.refused', `Nothing accepts connections at ${at}.`, {
      ...later,
      hint: 'Check that the server is running, and check host and port.',
    });
  if (unreachable.has(code))
    return new Failure('net.unreachable', `${at} cannot be reached from this machine.`, {
      ...later,
      hint: 'Check the network of this machine, its routes and firewalls.',
    });
  if (timeouts.has(code)) return timedOut(peer, thrown, known.proxy);
  return tlsFailure(code, at, peer, known, thrown) ?? lost(at, thrown);
}

export function place({ host, port }: Peer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function placeVia(peer: Peer, proxy: Peer | undefined): string {
  return proxy === undefined ? place(peer) : `${place(peer)} (through the proxy ${place(proxy)})`;
}

/** Whatever the proxy shows instead of the server's own certificate, or a server of a private CA behind it. */
function readsAlong(proxy: Peer, peer: Peer, issuer: string | null, cause: unknown): Failure {
  const who = issuer === null ? 'an issuer' : `"${issuer}"`;
  return new Failure(
    'proxy.intercepts',
    `The certificate shown for ${place(peer)} behind the proxy ${place(proxy)} was issued by ${who}, which this machine does not trust: the proxy decrypts the traffic, or the server has a private CA.`,
    {
      hint: `If that is the CA of the proxy, or the private CA of your own server ${peer.host}, add its root certificate to the trust store of this machine, or set it as trusted_roots.`,
      cause,
    },
  );
}

export function timedOut(peer: Peer, cause?: unknown, proxy?: Peer): Failure {
  return new Failure('net.timeout', `${placeVia(peer, proxy)} did not answer in time.`, {
    hint: 'Check that the server is up and that no firewall drops the connection silently.',
    cause,
  });
}

function lost(at: string, cause: unknown): Failure {
  return new Failure('net.lost', `The connection to ${at} was lost before the answer was complete.`, {
    hint: 'Trustkeep will try again automatically. If this continues, check the server and the network path to it.',
    cause,
  });
}

function tlsFailure(
  code: string,
  at: string,
  peer: Peer,
  known: Circumstances,
  cause: unknown,
): Failure | null {
  const aboutOurs = clientCertificateFailure(code, at, known.showedCertificate === true, cause);
  if (aboutOurs !== null) return aboutOurs;
  if (isUntrusted(code)) {
    const who = known.issuer ? `"${known.issuer}"` : 'an issuer';
    return new Failure(
      'net.tls-untrusted',
      `The certificate of ${at} was issued by ${who}, which this machine does not trust.`,
      { hint: 'If that is your private CA, set its root certificate as trusted_roots.', cause },
    );
  }
  if (badTime.has(code)) {
    const how = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return new Failure('net.tls-date', `The certificate of ${at} ${how}.`, {
      hint: 'Check the clock of this machine. If it is right, the server needs a new certificate.',
      cause,
    });
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new Failure('net.tls-name-mismatch', `The certificate of ${at} is not for ${peer.host}.`, {
      hint: 'Use a name that is in the certificate, or install a certificate for this name on the server.',
      cause,
    });
  if (/^(ERR_SSL_|ERR_TLS_|CERT_|EPROTO$|CRL_)/.test(code))
    return new Failure('net.tls-failed', `${at} and this machine could not agree on TLS (${code}).`, {
      hint: code.endsWith('ALERT_HANDSHAKE_FAILURE')
        ? 'Check that the server offers TLS 1.2 or 1.3, and whether it requires a client certificate.'
        : 'Check that this port speaks TLS and that the server offers TLS 1.2 or 1.3.',
      cause,
    });
  return null;
}

/** Alerts of a server about the certificate of a client; OpenSSL and BoringSSL name them with different beginnings. */
const aboutClientCertificate =
  /ALERT_(BAD_CERTIFICATE|CERTIFICATE_REQUIRED|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/;

function clientCertificateFailure(code: string, at: string, showed: boolean, cause: unknown): Failure | null {
  const alert = aboutClientCertificate.exec(code)?.[1];
  if (alert === undefined) return null;
  if (!showed)
    return new Failure(
      'net.client-certificate-needed',
      `${at} requires a client certificate, and none is set for it.`,
      { hint: 'Set the certificate and key that this server accepts.', cause },
    );
  return new Failure(
    'net.client-certificate-refused',
    `${at} refused the client certificate: ${alert.toLowerCase().replaceAll('_', ' ')}.`,
    { hint: 'Check its dates, and that the server trusts the CA that issued it.', cause },
  );
}
