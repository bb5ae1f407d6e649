import { orderChain } from './chain.ts';
import { nameText } from './distinguished-name.ts';
import { certificateDer, certificatesOf } from './pem.ts';
import { isSelfSigned, parseX509, signedBy, type X509 } from './x509.ts';

export interface ChainEnd {
  /**
   * `root`: proved to end at or below one of the roots. `unknown`: its end is issued by something else, which may be a
   * root that is not among them. `alone`: the same, and there is no issuer beside the leaf at all.
   */
  end: 'root' | 'unknown' | 'alone';
  sentence: string;
}

/** Where a chain (leaf first) ends, seen from `roots`. Never says more than the signatures prove. */
export function chainEnd(chainPem: string, roots: readonly string[]): ChainEnd {
  const certificates = orderChain(certificatesOf(chainPem)).chain.map((pem) => parseX509(pem));
  const root = anchorOf(certificates, roots);
  if (root !== null)
    return {
      end: 'root',
      sentence: `The chain is complete: it ends below the root ${nameText(root.subject)}.`,
    };
  const last = certificates.at(-1);
  const issuer = last === undefined ? '' : nameText(last.issuer);
  if (certificates.length > 1)
    return {
      end: 'unknown',
      sentence: `The chain has ${certificates.length} certificates. That it is complete was not proved: it ends below ${issuer}, which is not among the roots known here.`,
    };
  return {
    end: 'alone',
    sentence: `The chain was not proved to be complete: the authority sent the certificate alone, and its issuer ${issuer} is not among the roots known here. Clients that do not have the certificate of ${issuer} will refuse the connection. If it is a root, set it as trusted_roots of the authority.`,
  };
}

/** Whether anything beyond the chain is needed to reach one of the roots. */
export function isAnchored(certificates: readonly X509[], roots: readonly string[]): boolean {
  return anchorOf(certificates, roots) !== null;
}

/** The root that issued the last certificate, or that is one of them under its own signature (cross-signed). */
function anchorOf(certificates: readonly X509[], roots: readonly string[]): X509 | null {
  const last = certificates.at(-1);
  if (last === undefined) return null;
  if (isSelfSigned(last)) return last;
  const subjects = [last.issuer.whole, ...certificates.slice(1).map(({ subject }) => subject.whole)];
  for (const der of bytesOf(roots)) {
    if (!subjects.some((subject) => der.includes(subject))) continue; // taking all of them apart would take long
    const root = readable(der);
    if (root === null) continue;
    const issued = root.subject.whole.equals(last.issuer.whole) && signedBy(last, root) === 'good';
    if (issued || certificates.slice(1).some(({ spki }) => spki.equals(root.spki))) return root;
  }
  return null;
}

/** A machine knows hundreds, in a list that stays the same: decoding them takes longer than all the rest. */
const decoded = new WeakMap<readonly string[], readonly Buffer[]>();

function bytesOf(roots: readonly string[]): readonly Buffer[] {
  const known = decoded.get(roots) ?? roots.map((pem) => certificateDer(pem));
  decoded.set(roots, known);
  return known;
}

/** Stores of operating systems hold odd ones. */
function readable(der: Buffer): X509 | null {
  try {
    return parseX509(der);
  } catch {
    return null;
  }
}
