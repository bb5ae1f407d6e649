import { peerTail } from '#kit/redact.ts';
import { firstOf } from '#shared/model/first-of.ts';
import { normalizedChainPem } from '../../../pki/chain.ts';
import { commonNames } from '../../../pki/distinguished-name.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import { issuedBy, parseX509 } from '../../../pki/x509.ts';
import type { Remark } from '../authority.ts';
import type { AcmeAnswer } from './client.ts';

/** CAs offer one or two chains beside the usual one. */
const mostAlternates = 8;

interface Chain {
  pem: string;
  /** Common name of the issuer of the topmost certificate. */
  top: string;
}

interface Picked {
  chainPem: string;
  /** Null: nothing was preferred. */
  remark: Remark | null;
}

/**
 * The chain whose topmost certificate was issued by `preferred` (RFC 8555 7.4.2, `Link` with `rel=alternate`), else the
 * usual one, and what is to be said of it. Alternates are fetched one after another until one fits; `alternate` gives null
 * for one that cannot be had. A chain of another certificate is none, nor is one with a gap. Rejects only for what is wrong with the usual one.
 */
export async function pickChain(
  answer: AcmeAnswer,
  preferred: string | null,
  alternate: (url: string) => Promise<AcmeAnswer | null>,
): Promise<Picked> {
  const usual = chainIn(answer);
  if (preferred === null) return { chainPem: usual.pem, remark: null };
  const offered = [usual];
  let unread = 0;
  for (const url of new Set(answer.links('alternate').slice(0, mostAlternates))) {
    if (offered.at(-1)?.top === preferred) break;
    const chain = readChain(await alternate(url), usual);
    if (chain === null) unread++;
    else offered.push(chain);
  }
  const picked = offered.find(({ top }) => top === preferred);
  const tops = firstOf([...new Set(offered.map(({ top }) => shown(top)))]);
  if (picked !== undefined) return { chainPem: picked.pem, remark: asPreferred(picked === usual, tops) };
  const lost = unread === 0 ? '' : ` ${unread} of its other chains could not be used.`;
  const sentence = `The CA does not offer a chain that ends at "${shown(preferred)}", only at: ${tops}.${lost} Its usual chain is used.`;
  return { chainPem: usual.pem, remark: { sentence, warning: true } };
}

function asPreferred(usual: boolean, tops: string): Remark {
  const sentence = usual
    ? `Its usual chain ends at the preferred ${tops}.`
    : `Of the chains it offers (${tops}), the preferred last one is used.`;
  return { sentence, warning: false };
}

function chainIn({ body }: AcmeAnswer): Chain {
  const pem = normalizedChainPem(body.toString('utf8'));
  const topmost = certificatesOf(pem).at(-1);
  return { pem, top: topmost === undefined ? '' : (commonNames(parseX509(topmost).issuer)[0] ?? '') };
}

function readChain(answer: AcmeAnswer | null, usual: Chain): Chain | null {
  if (answer === null) return null;
  try {
    const chain = chainIn(answer);
    const same = certificatesOf(chain.pem)[0] === certificatesOf(usual.pem)[0];
    return same && isWhole(chain) ? chain : null;
  } catch {
    return null;
  }
}

/** What does not lead up to the preferred issuer would be refused before it is installed, and the usual chain with it. */
function isWhole({ pem }: Chain): boolean {
  const links = certificatesOf(pem).map((one) => parseX509(one));
  return links.slice(1).every((issuer, at) => issuedBy(links[at] ?? issuer, issuer));
}

function shown(name: string): string {
  return name === '' ? 'an issuer without a common name' : peerTail(name, [], 100);
}
