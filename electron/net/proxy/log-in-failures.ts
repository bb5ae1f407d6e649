import { Failure } from '#shared/failure.ts';
import type { Peer } from '../failures.ts';
import type { ProxyChallenge } from './challenges.ts';
import { type Choice, offered } from './choose.ts';
import { placeOf } from './failures.ts';

type Because = Extract<Choice, { way: 'none' }>['because'];

/** Why nothing was sent although the proxy asks for a log-in. */
export function cannotLogIn(because: Because, proxy: Peer, offers: readonly ProxyChallenge[]): Failure {
  const at = placeOf(proxy);
  const list = offered(offers);
  switch (because) {
    case 'login-needed':
      return new Failure(
        'proxy.login-needed',
        `The proxy ${at} requires a login (${list}), and none is set.`,
        {
          hint: 'Set user and password for the proxy, and the domain if it uses NTLM.',
        },
      );
    case 'ntlm-not-offered':
      return new Failure(
        'proxy.ntlm-not-offered',
        `A domain is set for the proxy ${at}, but it does not offer NTLM, only ${list}. No password was sent to it.`,
        {
          hint: 'If this is the right proxy and it does not use NTLM, set user and password again without the domain. If it used NTLM before, the connection may be intercepted.',
        },
      );
    case 'weaker':
      return new Failure(
        'proxy.login-weaker',
        `The proxy ${at} accepted a login that hides the password before, and now asks for the password itself (${list}). No password was sent to it.`,
        {
          hint: 'If the proxy was changed on purpose, save the same setting again. If not, the connection may be intercepted.',
        },
      );
    case 'domain-needed':
      return new Failure(
        'proxy.domain-needed',
        `The proxy ${at} requires an NTLM login (it offers ${list}), and no domain is set.`,
        { hint: 'Set the domain of the proxy user, or "." for an account of the proxy itself.' },
      );
    case 'scheme-unknown':
      return new Failure(
        'proxy.scheme-unknown',
        `The proxy ${at} requires a login method that Trustkeep does not support: ${list}.`,
        { hint: 'Configure the proxy to offer Basic, Digest or NTLM to this machine.' },
      );
  }
}

export function loginRefused(proxy: Peer, user: string, way: string): Failure {
  return new Failure(
    'proxy.login-refused',
    `The proxy ${placeOf(proxy)} refused the login of ${user} (${way}).`,
    {
      hint: 'Check user, password and domain of the proxy setting, and that the account is neither locked nor expired.',
    },
  );
}

export function refusedBefore(proxy: Peer, user: string, leftMs: number): Failure {
  const seconds = Math.ceil(leftMs / 1000);
  const left = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return new Failure(
    'proxy.login-refused',
    `The proxy ${placeOf(proxy)} refused the login of ${user}. It is not tried again for ${left}, so that the account does not get locked.`,
    {
      hint: 'Check user, password and domain of the proxy setting. A changed password is tried immediately.',
    },
  );
}
