import { z } from 'zod';
import { probeCheck } from './probe-check.ts';

const login = {
  /** Null: the proxy asks for none. The password is sealed apart. */
  user: z.string().min(1).nullable(),
  /** Only for NTLM. With a domain nothing weaker than NTLM is ever answered. */
  domain: z.string().min(1).nullable(),
};

/** How the agent gets out over HTTP, without the password. */
export const proxyRoute = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('none') }),
  z.object({ mode: z.literal('pac'), pacUrl: z.url({ protocol: /^https?$/ }), ...login }),
  z.object({
    mode: z.literal('manual'),
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65535),
    /** The proxy itself is reached with TLS. Left out: it is not. */
    tls: z.literal(true).optional(),
    /** A SOCKS 5 proxy (RFC 1928). Left out: an HTTP proxy. */
    socks5: z.literal(true).optional(),
    ...login,
  }),
]);
export type ProxyRoute = z.infer<typeof proxyRoute>;

export const proxySettings = z.object({
  route: proxyRoute,
  /** Destinations reached directly: `host`, `*.domain`, `10.0.0.0/8`, `host:port`. Loopback always is. */
  bypass: z.array(z.string()),
});
export type ProxySettings = z.infer<typeof proxySettings>;

/** What `proxy get` shows. */
export const proxyState = proxySettings.extend({
  hasPassword: z.boolean(),
  /** Applied on trial: goes back by itself at this time (epoch milliseconds) unless confirmed. */
  revertsAt: z.number().int().nullable(),
});
export type ProxyState = z.infer<typeof proxyState>;

/** Who signed what was seen at the end of the way. */
const seenCertificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** This machine (or the roots given for that address) trusts it. */
  trusted: z.boolean(),
});

/** One address that the agent needs, as the proxy doctor found the way to it. */
const proxyTrip = z.object({
  url: z.string(),
  /** Who needs it: `authority le`, `credential store vault1`, `you`. */
  neededBy: z.string(),
  ok: z.boolean(),
  /** `direct`, `proxy host:port`, as chosen; the PAC's whole answer is in the steps. */
  way: z.string(),
  /** `route` `proxy` `authentication` `tunnel` `tls` `answer`, in order; stops at the first "no". */
  steps: z.array(probeCheck),
  certificate: seenCertificate.nullable(),
  /** Another than the server's own: a proxy that reads along, named by its issuer. Null: none was noticed. */
  interceptedBy: z.string().nullable(),
});
export type ProxyTrip = z.infer<typeof proxyTrip>;

export const proxyReport = z.object({
  ok: z.boolean(),
  trips: z.array(proxyTrip),
  at: z.number().int(),
});
export type ProxyReport = z.infer<typeof proxyReport>;
