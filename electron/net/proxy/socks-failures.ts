import { Failure } from '#shared/failure.ts';
import type { Peer } from '../failures.ts';
import { placeOf } from './failures.ts';

/** RFC 1928, 6: the replies, by the names that the library gives them. */
const replies: Readonly<Record<string, { why: string; hint: string; passing?: true }>> = {
  Failure: { why: 'general failure', hint: 'Check the log of the proxy for the reason.', passing: true },
  NotAllowed: {
    why: 'its rules do not allow it',
    hint: 'Ask the administrator of the proxy to allow this destination and port.',
  },
  NetworkUnreachable: {
    why: 'network unreachable',
    hint: 'Check the routes and the firewall behind the proxy.',
    passing: true,
  },
  HostUnreachable: {
    why: 'host unreachable',
    hint: 'Check that the proxy can resolve the name, and the firewall behind it.',
    passing: true,
  },
  ConnectionRefused: {
    why: 'the destination refused the connection',
    hint: 'Check that the destination is up and listens at this port.',
    passing: true,
  },
  TTLExpired: { why: 'TTL expired', hint: 'Check the routes behind the proxy.', passing: true },
  CommandNotSupported: {
    why: 'it does not support CONNECT',
    hint: 'Check that this is a SOCKS 5 proxy for outgoing connections.',
  },
  AddressNotSupported: {
    why: 'it does not support this kind of address',
    hint: 'It may support names or IPv4 only: change the address of the destination.',
  },
};

export function refusedBySocks(proxy: Peer, target: Peer, reply: string): Failure {
  const { why, hint, passing } = replies[reply] ?? {
    why: 'unknown reason',
    hint: 'Check the log of the proxy for the reason.',
  };
  return new Failure(
    'proxy.refused-connect',
    `The proxy ${placeOf(proxy)} refused to connect to ${placeOf(target)} (${why}).`,
    { hint, retry: passing ? 'later' : 'needs-person' },
  );
}

/** Why no password was sent, or nothing that was offered will do. */
export function cannotLogInBySocks(
  because: 'domain' | 'too-long' | 'needed' | 'other-method',
  proxy: Peer,
): Failure {
  const at = placeOf(proxy);
  switch (because) {
    case 'domain':
      return new Failure(
        'proxy.ntlm-not-offered',
        `A domain is set for the proxy ${at}, but SOCKS 5 has no NTLM. No password was sent to it.`,
        { hint: 'Set user and password again without the domain.' },
      );
    case 'too-long':
      return new Failure(
        'proxy.scheme-unknown',
        `The password for the proxy ${at} is longer than the 255 bytes that SOCKS 5 allows. It was not sent.`,
        { hint: 'Set a shorter password for this user at the proxy.' },
      );
    case 'needed':
      return new Failure(
        'proxy.login-needed',
        `The proxy ${at} requires a login (SOCKS 5), and none is set.`,
        {
          hint: 'Set user and password for the proxy.',
        },
      );
    case 'other-method':
      return new Failure(
        'proxy.scheme-unknown',
        `The proxy ${at} accepts neither user and password nor connections without a login (SOCKS 5).`,
        { hint: 'Configure the proxy to accept one of them from this machine.' },
      );
  }
}
