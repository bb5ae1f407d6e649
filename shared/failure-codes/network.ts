import { codesAbout } from './code.ts';

/** Requests over HTTP, TLS, and the proxy on the way. */
export const networkCodes = {
  ...codesAbout('other', {
    'net.bad-address': ['needs-person', 'The address is not an http or https one.'],
    'net.lost': ['later', 'The connection broke before the answer was complete.'],
    'net.refused': ['later', 'Nothing accepts connections at the address.'],
    'net.roots-unreadable': ['needs-person', 'The trusted roots are not PEM certificates.'],
    'net.timeout': ['later', 'The peer did not answer in time.'],
    'net.too-large': ['needs-person', 'The answer is larger than what is accepted.'],
    'net.unreachable': ['later', 'No network route leads to the address.'],
    'net.unresolved': ['later', 'The host name could not be resolved.'],
  }),
  ...codesAbout('tls', {
    'net.tls-date': ['needs-person', 'The certificate of the peer is not valid at the time of this machine.'],
    'net.tls-failed': ['needs-person', 'The peer and this machine could not agree on TLS.'],
    'net.tls-name-mismatch': ['needs-person', 'The certificate of the peer is for another name.'],
    'net.tls-untrusted': [
      'needs-person',
      'The certificate of the peer was issued by a CA that this machine does not trust.',
    ],
  }),
  ...codesAbout('identity', {
    'net.certificate-changed': ['needs-person', 'The peer shows another certificate than the pinned one.'],
  }),
  ...codesAbout('client-certificate', {
    'client-certificate.key-mismatch': [
      'needs-person',
      'The private key in the file matches none of its certificates.',
    ],
    'client-certificate.no-certificate': ['needs-person', 'The file contains no certificate.'],
    'client-certificate.no-key': ['needs-person', 'The file contains no private key.'],
    'client-certificate.unreadable': ['needs-person', 'The client certificate file cannot be read.'],
    'client-certificate.wrong-password': [
      'needs-person',
      'The password does not open the client certificate file.',
    ],
    'net.client-certificate-needed': [
      'needs-person',
      'The peer requires a client certificate, and none is set.',
    ],
    'net.client-certificate-refused': ['needs-person', 'The peer refused the client certificate.'],
    'net.client-certificate-unusable': ['needs-person', 'The client certificate or its key cannot be used.'],
  }),
  ...codesAbout('proxy', {
    'proxy.bad-answer': ['later', 'What answers at the proxy does not answer as an HTTP proxy.'],
    'proxy.bad-request': [
      'needs-person',
      'A request to the proxy contains characters that HTTP does not allow.',
    ],
    'proxy.does-not-get-out': [
      'needs-person',
      'A new proxy setting was tried and does not work; nothing was changed.',
    ],
    'proxy.intercepts': [
      'needs-person',
      'The certificate shown behind the proxy is untrusted; the proxy may inspect TLS.',
    ],
    'proxy.no-way': ['later', 'None of the proxies that the PAC file names works.'],
    'proxy.nothing-to-confirm': ['never', 'No proxy setting is on trial.'],
    'proxy.pac-answer': ['needs-person', 'The PAC file gives an answer that cannot be used.'],
    'proxy.pac-failed': ['needs-person', 'The PAC file reported an error.'],
    'proxy.pac-socks-only': [
      'needs-person',
      'The PAC file names SOCKS 4 proxies only, which are not supported.',
    ],
    'proxy.pac-timeout': ['later', 'The PAC file takes too long.'],
    'proxy.pac-too-large': ['needs-person', 'The PAC file is too large.'],
    'proxy.pac-unreachable': ['later', 'The PAC file cannot be fetched.'],
    'proxy.pac-unreadable': ['needs-person', 'The PAC file is not a usable script.'],
    'proxy.refused-connect': ['needs-person', 'The proxy refused to connect to the destination.'],
    'proxy.refused-request': [
      'needs-person',
      'The proxy answered a request itself instead of passing it on.',
    ],
    'proxy.timeout': ['later', 'The proxy did not answer in time.'],
    'proxy.tls-failed': ['needs-person', 'The TLS connection to the proxy failed.'],
    'proxy.unclear-answer': [
      'later',
      'An error came through the proxy, and it does not show whether the server or the proxy made it.',
    ],
    'proxy.unreachable': ['later', 'The proxy cannot be reached.'],
  }),
  ...codesAbout('proxy-login', {
    'proxy.domain-needed': ['needs-person', 'The proxy requires NTLM, and no domain is set.'],
    'proxy.login-needed': ['needs-person', 'The proxy requires a login, and none is set.'],
    'proxy.login-refused': ['needs-person', 'The proxy refused the login.'],
    'proxy.login-weaker': [
      'needs-person',
      'The proxy now asks for the password itself, which it did not before.',
    ],
    'proxy.ntlm-not-offered': ['needs-person', 'A domain is set, but the proxy does not offer NTLM.'],
    'proxy.scheme-unknown': ['needs-person', 'The proxy requires a login method that is not supported.'],
  }),
};
