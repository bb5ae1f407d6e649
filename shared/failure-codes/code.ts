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

/**
 * What may be done about a failure:
 * `never`: asking again gives the same answer; `later`: worth asking again by itself (back-off table);
 * `after`: ask again at `retryAt`; `needs-person`: somebody has to change something first.
 */
export const retryClass = z.enum(['never', 'later', 'after', 'needs-person']);
export type RetryClass = z.infer<typeof retryClass>;

/** What the list says about a code. */
export interface CodeFacts {
  about: FailureAbout;
  /** Unless the place that throws knows better. */
  retry: RetryClass;
  /** One sentence for the page of failures. The failure itself says it with the names involved. */
  means: string;
}

/** A group of the list: codes that are about the same. */
export function codesAbout<Code extends string>(
  about: FailureAbout,
  codes: Readonly<Record<Code, readonly [retry: RetryClass, means: string]>>,
): Record<Code, CodeFacts> {
  const facts = {} as Record<Code, CodeFacts>;
  for (const code in codes) {
    const [retry, means] = codes[code];
    facts[code] = { about, retry, means };
  }
  return facts;
}
