import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { Http } from '../../../net/http.ts';
import { machineRoots } from '../../../net/tls-trust.ts';
import { normalizedChainPem, orderChain } from '../../../pki/chain.ts';
import { isAnchored } from '../../../pki/chain-end.ts';
import { readCaIssuers } from '../../../pki/extensions.ts';
import { certificateDer, certificatesOf, toPem } from '../../../pki/pem.ts';
import { isSelfSigned, mayBeIssuer, parseX509, signedBy, type X509 } from '../../../pki/x509.ts';

/** A certificate may name any address: few, small and quick answers, and none of them is shown to anybody. */
const limits = { levels: 4, addresses: 2, bytes: 64 * 1024, askMs: 5_000, allMs: 15_000 };

interface Parts {
  http: Http;
  trustedRootsPem: string | null;
  clock: Clock;
  log: Log;
}

/**
 * The chain with the intermediates that the CA did not send, fetched where its certificates say they are (RFC 5280
 * 4.2.2.1), up to a root that is known here. What cannot be fetched, or did not make the signature, is left out: the
 * chain is then as it was. Never rejects.
 */
export async function completedChain(chainPem: string, parts: Parts): Promise<string> {
  const until = parts.clock.monotonic() + limits.allMs;
  let chain = chainPem;
  for (let level = 0; level < limits.levels; level++) {
    const links = orderChain(certificatesOf(chain)).chain.map((pem) => parseX509(pem));
    const last = links.at(-1);
    if (last === undefined || reachesRoot(links, parts)) return chain;
    const issuer = await fetchedIssuer(last, until, parts);
    if (issuer === null || isSelfSigned(issuer)) return chain;
    parts.log.info('the CA left an intermediate out, which was fetched', { links: links.length });
    chain = normalizedChainPem(chain + toPem('CERTIFICATE', issuer.der));
  }
  return chain;
}

function reachesRoot(links: readonly X509[], { trustedRootsPem }: Parts): boolean {
  return isAnchored(links, certificatesOf(trustedRootsPem ?? '')) || isAnchored(links, machineRoots());
}

/** Null when there is no address, or nothing there that made the signature. */
async function fetchedIssuer(certificate: X509, until: number, parts: Parts): Promise<X509 | null> {
  const places = readCaIssuers(certificate.extensions).filter((place) => /^https?:\/\//i.test(place));
  for (const place of places.slice(0, limits.addresses)) {
    if (parts.clock.monotonic() > until) return null;
    const found = await fetched(place, parts);
    if (found === null) continue;
    const made =
      found.isCa &&
      found.notAfter > parts.clock.now() &&
      mayBeIssuer(found, certificate) &&
      signedBy(certificate, found) === 'good';
    if (made) return found;
  }
  return null;
}

async function fetched(url: string, { http, log }: Parts): Promise<X509 | null> {
  try {
    const answer = await http.request({
      method: 'GET',
      url,
      timeoutMs: limits.askMs,
      maxBytes: limits.bytes,
    });
    return answer.status === 200 ? parseX509(certificateDer(answer.body)) : null;
  } catch (thrown) {
    log.info('the certificate of an issuer could not be fetched', {
      url,
      because: asFailure(thrown).message,
    });
    return null;
  }
}
