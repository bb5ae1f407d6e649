import { z } from 'zod';

/**
 * What a failure is about, for whoever decides by it:
 * `line`: the connection to a managed host, on the way there or with a host that cannot carry it; `login`: what was
 * shown to a managed host to get in; `identity`: who answers there; `keychain`: the master key is not at hand;
 * `authority`: the CA and the order at it; `tls`: the encryption of the way to an HTTP peer; `client-certificate`: the
 * certificate that we show to one; `proxy`: the proxy on the way; `proxy-login`: logging in to it; `other`: nothing that
 * anybody decides by.
 */
export const failureAbout = z.enum([
  'line',
  'login',
  'identity',
  'keychain',
  'authority',
  'tls',
  'client-certificate',
  'proxy',
  'proxy-login',
  'other',
]);
export type FailureAbout = z.infer<typeof failureAbout>;

/** A failure whose code a peer has a part in says itself what it is about. */
const codesAbout: Record<Exclude<FailureAbout, 'other'>, readonly string[]> = {
  line: [
    'connection.closed',
    'connection.lost',
    'connection.refused',
    'connection.timeout',
    'connection.unreachable',
    'connection.unresolved',
    'ssh.command-refused',
    'ssh.handshake-failed',
    'ssh.no-common-algorithm',
    'ssh.not-posix',
    'ssh.session-refused',
    'ssh.tool-missing',
  ],
  login: [
    'ssh.credential-missing',
    'ssh.key-passphrase-missing',
    'ssh.key-passphrase-wrong',
    'ssh.key-unreadable',
    'ssh.login-refused',
    'ssh.password-expired',
  ],
  identity: ['ssh.host-key-changed'],
  keychain: [
    'keychain.locked',
    'keychain.missing',
    'keychain.not-chosen',
    'keychain.notes-damaged',
    'keychain.passphrase-needed',
    'keychain.passphrase-not-used',
    'keychain.unavailable',
    'keychain.write-failed',
    'keychain.wrong',
  ],
  authority: [
    'acme.account-does-not-exist',
    'acme.challenge-not-offered',
    'acme.dns-script-failed',
    'acme.dns-script-not-run',
    'acme.dns-script-timed-out',
    'acme.eab-key-unreadable',
    'acme.eab-needed',
    'acme.eab-used',
    'acme.handle-damaged',
    'acme.no-web-root',
    'acme.invalid-profile',
    'acme.not-https',
    'acme.not-issued',
    'acme.order-gone',
    'acme.order-not-ready',
    'acme.order-shared',
    'acme.order-taken',
    'acme.terms-not-agreed',
    'acme.unexpected-answer',
  ],
  tls: ['net.tls-date', 'net.tls-failed', 'net.tls-name-mismatch', 'net.tls-untrusted'],
  'client-certificate': [
    'client-certificate.key-mismatch',
    'client-certificate.no-certificate',
    'client-certificate.no-key',
    'client-certificate.unreadable',
    'client-certificate.wrong-password',
    'net.client-certificate-needed',
    'net.client-certificate-refused',
    'net.client-certificate-unusable',
  ],
  proxy: [
    'proxy.bad-answer',
    'proxy.bad-request',
    'proxy.does-not-get-out',
    'proxy.intercepts',
    'proxy.no-way',
    'proxy.nothing-to-confirm',
    'proxy.pac-answer',
    'proxy.pac-failed',
    'proxy.pac-socks-only',
    'proxy.pac-timeout',
    'proxy.pac-too-large',
    'proxy.pac-unreachable',
    'proxy.pac-unreadable',
    'proxy.refused-connect',
    'proxy.timeout',
    'proxy.tls-failed',
    'proxy.unreachable',
  ],
  'proxy-login': [
    'proxy.domain-needed',
    'proxy.login-needed',
    'proxy.login-refused',
    'proxy.login-weaker',
    'proxy.ntlm-not-offered',
    'proxy.scheme-unknown',
  ],
};

const byCode: ReadonlyMap<string, FailureAbout> = new Map(
  failureAbout.options.flatMap((about) =>
    about === 'other' ? [] : codesAbout[about].map((code) => [code, about] as const),
  ),
);

/** What a failure with this code is about. */
export function aboutOf(code: string): FailureAbout {
  return byCode.get(code) ?? 'other';
}
