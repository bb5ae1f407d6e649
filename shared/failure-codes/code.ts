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

/**
 * What whoever called learns from a failure besides, which `retry` does not tell:
 * `wrong-call`: nothing was done, because the call itself is wrong; `not-there`: what was named, or who was called, does
 * not exist; `fault`: asking again is no remedy, whatever `retry` says to a task.
 */
export type FailureVerdict = 'wrong-call' | 'not-there' | 'fault';

/** What the list says about a code. */
export interface CodeFacts {
  about: FailureAbout;
  /** Unless the place that throws knows better. */
  retry: RetryClass;
  /** One sentence for the page of failures. The failure itself says it with the names involved. */
  means: string;
  /** Null: `retry` says it all. */
  verdict: FailureVerdict | null;
}

/** A group of the list: codes that are about the same. */
export function codesAbout<Code extends string>(
  about: FailureAbout,
  codes: Readonly<Record<Code, readonly [retry: RetryClass, means: string, verdict?: FailureVerdict]>>,
): Record<Code, CodeFacts> {
  const facts = {} as Record<Code, CodeFacts>;
  for (const code in codes) {
    const [retry, means, verdict = null] = codes[code];
    facts[code] = { about, retry, means, verdict };
  }
  return facts;
}
