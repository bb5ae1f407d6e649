import { Failure } from '#shared/failure.ts';
import { certificateFingerprint } from './fingerprint.ts';
import { certificatesOf } from './pem.ts';
import { isSelfSigned, issuedBy, parseX509, type X509 } from './x509.ts';

export { checkMaterial } from './check-material.ts';

interface Link {
  pem: string;
  x509: X509;
}

interface OrderedChain {
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
  const chain = chainOf(links);
  const unused = links.filter((link) => !chain.includes(link));
  return { chain: chain.map(({ pem }) => pem), unused: unused.map(({ pem }) => pem) };
}

function chainOf(links: readonly Link[]): Link[] {
  const chain: Link[] = [];
  for (let next = leafOf(links); next !== undefined; next = nextOf(next, links, chain)) chain.push(next);
  return chain;
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
  return candidates.find((link) => !link.x509.isCa) ?? candidates[0];
}

function nextOf(link: Link, links: readonly Link[], chain: readonly Link[]): Link | undefined {
  if (isSelfSigned(link.x509)) return undefined;
  return links.find(
    (other) => !chain.includes(other) && !isSelfSigned(other.x509) && issuedBy(link.x509, other.x509),
  );
}

/** Real ones have three or four; every pair may cost a signature check. */
const longestChain = 30;

function tooLong(count: number): Failure {
  return new Failure(
    'certificate.chain-too-long',
    `The chain has ${count} certificates, which is too many.`,
    {
      hint: 'Ask the operator of the authority why it sends so many.',
    },
  );
}

/**
 * The chain as it is installed: leaf first, root left out unless it is alone, each block ending in a line feed.
 * Certificates that lead nowhere are dropped when a given root closes the chain. Without that proof they may be what is
 * left after a lost intermediate: they stay at the end, and `checkMaterial` names the gap.
 */
export function normalizedChainPem(chainPem: string): string {
  const pems = certificatesOf(chainPem);
  if (pems.length > longestChain) throw tooLong(pems.length);
  const links = distinct(pems);
  const chain = chainOf(links);
  const top = chain.at(-1);
  const closed =
    top !== undefined && links.some((link) => isSelfSigned(link.x509) && issuedBy(top.x509, link.x509));
  const strangers = closed ? [] : strangersTo(chain, links);
  return [...chain, ...strangers].map(({ pem }) => pem).join('');
}

/** Those that issued neither a member of the chain nor another issuer of one. */
function strangersTo(chain: readonly Link[], links: readonly Link[]): Link[] {
  const related = [...chain];
  for (const member of related) {
    related.push(...links.filter((link) => !related.includes(link) && issuedBy(member.x509, link.x509)));
  }
  return links.filter((link) => !related.includes(link));
}
