import type { ProxyChallenge } from './challenges.ts';
import { bestDigest, type DigestChallenge } from './digest.ts';
import type { LoginNames } from './names.ts';

export type NtlmScheme = 'ntlm' | 'negotiate';

export type Choice =
  | { way: 'basic' }
  | { way: 'digest'; challenge: DigestChallenge }
  | { way: 'ntlm'; scheme: NtlmScheme }
  | {
      way: 'none';
      because: 'login-needed' | 'ntlm-not-offered' | 'domain-needed' | 'scheme-unknown' | 'weaker';
    };

/**
 * How to log in with what the proxy offers. Nothing weaker than NTLM once a domain is named; the password in clear (Basic)
 * only when nothing else will do.
 */
export function choose(offers: readonly ProxyChallenge[], names: LoginNames | null): Choice {
  if (names === null) return { way: 'none', because: 'login-needed' };
  const scheme = ntlmOf(offers);
  const ntlm: Choice | null = scheme === null ? null : { way: 'ntlm', scheme };
  if (names.ntlmOnly) return ntlm ?? { way: 'none', because: 'ntlm-not-offered' };
  const challenge = bestDigest(offers);
  if (challenge !== null) return { way: 'digest', challenge };
  if (ntlm !== null && names.ntlm !== null) return ntlm;
  if (offers.some((offer) => offer.scheme === 'basic')) return { way: 'basic' };
  return { way: 'none', because: ntlm === null ? 'scheme-unknown' : 'domain-needed' };
}

/** NTLM by its own name, or inside of Negotiate when only that is offered. */
function ntlmOf(offers: readonly ProxyChallenge[]): NtlmScheme | null {
  for (const scheme of ['ntlm', 'negotiate'] as const)
    if (offers.some((offer) => offer.scheme === scheme)) return scheme;
  return null;
}

/** The base64 that goes with a scheme: the second message of NTLM. */
export function tokenOf(offers: readonly ProxyChallenge[], scheme: NtlmScheme): string | null {
  return offers.find((offer) => offer.scheme === scheme && offer.token !== null)?.token ?? null;
}

const names: Record<string, string> = {
  basic: 'Basic',
  digest: 'Digest',
  ntlm: 'NTLM',
  negotiate: 'Negotiate',
};

/** `NTLM, Basic`: for sentences. */
export function offered(offers: readonly ProxyChallenge[]): string {
  const all = offers.map(({ scheme }) => names[scheme] ?? scheme.slice(0, 40));
  return [...new Set(all)].slice(0, 8).join(', ') || 'nothing that can be read';
}
