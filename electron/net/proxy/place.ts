import type { Secret } from '../../secrets/secret.ts';

export interface ProxyPlace {
  /** Name or address; IPv6 without brackets. */
  host: string;
  port: number;
  /** TLS to the proxy itself. */
  tls: boolean;
  /** SOCKS 5 (RFC 1928) in place of HTTP; never with TLS. Left out: HTTP. */
  socks5?: true | undefined;
}

export interface ProxyLogin {
  /** May be `DOMAIN\user` or `user@domain`. */
  user: string;
  /** With a domain nothing weaker than NTLM is answered. */
  domain: string | null;
  password: Secret;
}
