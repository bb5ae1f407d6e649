import { place as nameOf } from '../../../net/failures.ts';
import type { PeerTrust } from '../../../net/held-line.ts';

/** Where a WinRM service is, as whom it is logged in to, and how. */
export interface WinrmPlace {
  host: string;
  port: number;
  /** `DOMAIN\user`, `user@domain`, or the name of an account of the host itself. */
  user: string;
  /** `ntlm` over HTTP seals every message; `basic` shows the password and goes over TLS alone. */
  scheme: 'ntlm' | 'basic';
  /** Null: without TLS. */
  trust: PeerTrust | null;
}

export function addressOf(place: WinrmPlace): string {
  return `${place.trust === null ? 'http' : 'https'}://${nameOf(place)}/wsman`;
}

/** User and domain as NTLM has them: no domain for `user@domain`, for `.\user` and for accounts of the host. */
export function accountOf(user: string): { user: string; domain: string } {
  const [, domain, name] = /^([^\\]*)\\(.*)$/s.exec(user) ?? [];
  if (domain === undefined || name === undefined) return { user, domain: '' };
  return { user: name, domain: domain === '.' ? '' : domain };
}
