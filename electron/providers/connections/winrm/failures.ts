import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import { codeOf, place as nameOf, netFailure } from '../../../net/failures.ts';
import { CertificateRefused, LineTimeout } from '../../../net/held-line.ts';
import { NtlmRefused } from '../../../net/ntlm/refused.ts';
import { wordsOf } from '../../../net/proxy/failures.ts';
import { BadAnswer, Dropped, TooLong } from '../../../net/proxy/read-answer.ts';
import { isUntrusted } from '../../../net/tls-trust.ts';
import { connectionLost, notReached } from '../common/connection-failures.ts';
import { BadSoap } from './answer.ts';
import type { WinrmPlace } from './place.ts';

/** No connection came about: what is known of the network as a failure of the connection to a host. */
export function notConnected(thrown: unknown, place: WinrmPlace): unknown {
  if (thrown instanceof CertificateRefused) return certificateRefused(thrown, place);
  if (thrown instanceof Failure) return thrown;
  const code = thrown instanceof LineTimeout ? 'ETIMEDOUT' : codeOf(thrown);
  const known = notReached(code, place, hintsFor(place), thrown);
  if (known !== null) return known;
  const { message, hint } = netFailure(thrown, place);
  return new Failure('winrm.not-offered', message, {
    hint:
      place.trust === null
        ? hint
        : 'Check that this is the port of a WinRM listener for HTTPS (usually 5986).',
    retry: 'later',
    cause: thrown,
  });
}

const hintsFor = ({ trust }: WinrmPlace) => ({
  refused: `Check the port, and that WinRM is on (Enable-PSRemoting) with a listener for ${trust === null ? 'HTTP' : 'HTTPS'} (winrm enumerate winrm/config/listener).`,
  silent:
    'Check that the machine is up and that no firewall drops the packets: the rule "Windows Remote Management" must allow this machine.',
});

/** What is wrong with the certificate, by the code of TLS. */
const objections: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
};

function certificateRefused({ certificate, code }: CertificateRefused, place: WinrmPlace): Failure {
  const seen = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  if (place.trust?.kind === 'pinned')
    return new Failure(
      'winrm.certificate-changed',
      `The certificate of ${nameOf(place)} is not the pinned one: expected ${place.trust.fingerprint}, received ${seen}.`,
      {
        identity: { pinned: place.trust.fingerprint, seen },
        hint: 'The connection may be intercepted. If the certificate of its WinRM listener was renewed, pin the new fingerprint.',
      },
    );
  const named = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? `is not for ${place.host}` : objections[code ?? ''];
  const self = certificate.subject === certificate.issuer;
  const untrusted = self
    ? 'is self-signed, and this machine does not trust it'
    : 'was issued by a CA that this machine does not trust';
  const what = named ?? (isUntrusted(code ?? undefined) ? untrusted : `was refused (${code})`);
  return new Failure(
    'winrm.certificate-refused',
    `The certificate of ${nameOf(place)} ${what}. Its SHA-256 fingerprint is ${seen}.`,
    {
      hint: 'Compare the fingerprint on the host, then pin it, or set the root certificate of its CA as trusted.',
    },
  );
}

/** A conversation that was under way broke. The signal's reason and what is a Failure already pass through. */
export function broken(thrown: unknown, place: WinrmPlace, description: string): unknown {
  if (thrown instanceof LineTimeout)
    return new Failure('connection.timeout', `${place.host} did not answer a request of WinRM in time.`, {
      hint: 'The machine may be overloaded or unreachable. Check it and try again.',
      cause: thrown,
    });
  if (thrown instanceof NtlmRefused)
    return new Failure('winrm.not-sealed', `${nameOf(place)} answered with ${thrown.message}.`, {
      hint: 'The connection may be intercepted. Check that nothing between Trustkeep and the host changes its messages.',
      cause: thrown,
    });
  if (thrown instanceof BadSoap || thrown instanceof BadAnswer)
    return badAnswer(place, `answered with ${thrown.message}`, { cause: thrown });
  if (thrown instanceof TooLong)
    return badAnswer(place, 'sent a longer answer than was asked for', { cause: thrown });
  if (thrown instanceof Dropped) return connectionLost(description, thrown);
  return thrown;
}

export function badAnswer(
  place: WinrmPlace,
  what: string,
  more: { cause?: unknown; peerSaid?: string | undefined } = {},
): Failure {
  return new Failure('winrm.bad-answer', `${nameOf(place)} ${what}.`, {
    ...more,
    hint: 'Check that host and port are those of a WinRM service, and that no proxy answers in its place.',
  });
}

/**
 * What a status in clear means, which a service, Windows' HTTP driver or something in between sends. `secrets`: what was sent and
 * must not be repeated.
 */
export function refusedByStatus(
  status: number,
  body: Buffer,
  place: WinrmPlace,
  secrets: readonly string[],
): Failure {
  const at = nameOf(place);
  const peerSaid = wordsOf('', body, secrets).replace(/^\. /, '') || undefined;
  const make = (code: FailureCode, sentence: string, hint: string) =>
    new Failure(code, sentence, { hint, peerSaid });
  switch (status) {
    case 403:
      return make(
        'winrm.access-denied',
        `${at} forbids the request (403).`,
        'Check the IPv4Filter and IPv6Filter of its WinRM service, and proxies on the way.',
      );
    case 404:
      return make(
        'winrm.not-offered',
        `There is no WinRM service at ${addressPart(place)} (404).`,
        'Check host and port, and the URL prefix of the WinRM listener (winrm enumerate winrm/config/listener).',
      );
    case 503:
      return make(
        'winrm.busy',
        `The WinRM service of ${at} is not available (503).`,
        'Trustkeep will try again automatically. If this continues, check the service "Windows Remote Management" there.',
      );
    default:
      return badAnswer(place, `answered with the status ${status}`, { peerSaid });
  }
}

const addressPart = (place: WinrmPlace): string => `${nameOf(place)}/wsman`;
