import { readIsCa } from './extensions.ts';
import { certificateFingerprint } from './fingerprint.ts';
import { certificatesOf } from './pem.ts';
import { isSelfSigned, issuedBy, parseX509, type X509 } from './x509.ts';

export { checkMaterial, type Material, type MaterialCheck } from './check-material.ts';

interface Link {
  pem: string;
  x509: X509;
}

export interface OrderedChain {
  /** Leaf first, each one issued by the next; a root is left out unless it is the only certificate. */
  chain: string[];
  /** What was given but is not part of the chain: roots, strangers, second ways of cross-signed ones. */
  unused: string[];
}

/**
 * Brings certificates in order by issuer and signature, whatever order they come in. Of several certificates for the
 * same issuer (cross-signed) the first one given is taken. Duplicates are dropped. Failure `certificate.unreadable`.
 */
export function orderChain(certificatePems: readonly string[]): OrderedChain {
  const links = distinct(certificatePems);
  const leaf = leafOf(links);
  if (leaf === undefined) return { chain: [], unused: [] };
  const chain = [leaf];
  for (let next = nextOf(leaf, links, chain); next !== undefined; next = nextOf(next, links, chain)) {
    chain.push(next);
  }
  const unused = links.filter((link) => !chain.includes(link));
  return { chain: chain.map(({ pem }) => pem), unused: unused.map(({ pem }) => pem) };
}

function distinct(certificatePems: readonly string[]): Link[] {
  const links = new Map<string, Link>();
  for (const pem of certificatePems) {
    const fingerprint = certificateFingerprint(pem);
    if (!links.has(fingerprint)) links.set(fingerprint, { pem, x509: parseX509(pem) });
  }
  return [...links.values()];
}

/** The one that issued none of the others; among several the first that is no CA. */
function leafOf(links: readonly Link[]): Link | undefined {
  const ends = links.filter(
    (link) => !links.some((other) => other !== link && issuedBy(other.x509, link.x509)),
  );
  const candidates = ends.length === 0 ? links : ends;
  return candidates.find((link) => !readIsCa(link.x509.extensions)) ?? candidates[0];
}

function nextOf(link: Link, links: readonly Link[], chain: readonly Link[]): Link | undefined {
  if (isSelfSigned(link.x509)) return undefined;
  return links.find(
    (other) => !chain.includes(other) && !isSelfSigned(other.x509) && issuedBy(link.x509, other.x509),
  );
}

/** The chain as it is installed: leaf first, root left out unless it is alone, each block ending in a line feed. */
export function normalizedChainPem(chainPem: string): string {
  return orderChain(certificatesOf(chainPem)).chain.join('');
}
