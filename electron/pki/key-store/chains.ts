import { children, contextTag, type Der, readDer, readSequence, takeIf } from '../der.ts';
import { readAuthorityKeyIdentifier, readExtensions, readSubjectKeyIdentifier } from '../extensions.ts';
import type { Work } from '../work.ts';
import { issuedBy, parseX509, type X509 } from '../x509.ts';

/** Anything that holds a certificate; compared by identity. */
interface Holder {
  /** X.509, DER. */
  certificate: Buffer;
}

interface Names {
  issuer: string;
  subject: string;
  /** Key identifiers: of its issuer's key and of its own. */
  authorityKeyId: Buffer | null;
  subjectKeyId: Buffer | null;
}

/** Of several certificates of one name, so many are thought of as the issuer of another one, and so many tried. */
const mostOfOneName = 256;
const mostTried = 8;

/** No server sends as many. */
const longestChain = 32;

/** Who issued whom among the certificates of a key store. What cannot be read issued nothing and was issued by nothing. */
export class Chains<Certificate extends Holder> {
  /** Java writes a certificate of several chains once for each of them: the first one stands for all. */
  #firsts = new Map<string, Certificate>();
  #copies = new Map<Certificate, Certificate>();
  #names = new Map<Certificate, Names | null>();
  #bySubject = new Map<string, Certificate[]>();
  #issuers = new Map<Certificate, Certificate | null>();

  /** Reads the names of all of them, in slices. */
  static async of<Certificate extends Holder>(
    certificates: readonly Certificate[],
    work: Work,
  ): Promise<Chains<Certificate>> {
    const chains = new Chains<Certificate>();
    for (const one of certificates) {
      chains.#add(one);
      if (work.due()) await work.pause();
    }
    return chains;
  }

  #add(one: Certificate): void {
    const identity = one.certificate.toString('latin1');
    const before = this.#firsts.get(identity);
    this.#copies.set(one, before ?? one);
    if (before !== undefined) return;
    this.#firsts.set(identity, one);
    const names = namesIn(one.certificate);
    this.#names.set(one, names);
    if (names === null) return;
    const same = this.#bySubject.get(names.subject);
    if (same === undefined) this.#bySubject.set(names.subject, [one]);
    else same.push(one);
  }

  /** The one that stands for all copies of this one. */
  first(one: Certificate): Certificate {
    return this.#copies.get(one) ?? one;
  }

  /** From this one up to the last whose issuer is here too; each is the first of its copies, but this one. */
  from(leaf: Certificate): Certificate[] {
    const chain = [leaf];
    for (let next = this.issuerOf(leaf); next !== null && !chain.includes(next); next = this.issuerOf(next)) {
      if (chain.length === longestChain) break;
      chain.push(next);
    }
    return chain;
  }

  issuerOf(one: Certificate): Certificate | null {
    const first = this.first(one);
    const known = this.#issuers.get(first);
    if (known !== undefined) return known;
    const found = this.#findIssuer(first);
    this.#issuers.set(first, found);
    return found;
  }

  #findIssuer(one: Certificate): Certificate | null {
    const names = this.#names.get(one) ?? null;
    if (names === null || names.issuer === names.subject) return null;
    const wanted = names.authorityKeyId;
    const named = (this.#bySubject.get(names.issuer) ?? []).slice(0, mostOfOneName);
    const candidates = named.filter((candidate) => {
      const own = this.#names.get(candidate)?.subjectKeyId ?? null;
      return wanted === null || own === null || wanted.equals(own);
    });
    const [first, ...others] = candidates;
    if (first === undefined) return null;
    return others.length === 0 ? first : chosen(one, [first, ...others]);
  }
}

/** By signature, where names and key identifiers do not tell; the first one where that does not either. */
function chosen<Certificate extends Holder>(
  one: Certificate,
  candidates: readonly [Certificate, ...Certificate[]],
): Certificate {
  const own = parsed(one.certificate);
  const signer = candidates.slice(0, mostTried).find((candidate) => {
    const above = parsed(candidate.certificate);
    return own !== null && above !== null && issuedBy(own, above);
  });
  return signer ?? candidates[0];
}

function parsed(der: Buffer): X509 | null {
  try {
    return parseX509(der);
  } catch {
    return null;
  }
}

/** Quicker than `parseX509`: a store may have thousands. */
function namesIn(der: Buffer): Names | null {
  try {
    const parts = readSequence(readSequence(readDer(der))[0]);
    takeIf(parts, contextTag(0, true)); // version
    const [, , issuer, , subject, , ...rest] = parts;
    if (issuer === undefined || subject === undefined) return null;
    const names = { issuer: issuer.whole.toString('latin1'), subject: subject.whole.toString('latin1') };
    return { ...names, ...keyIdsIn(rest.find(({ tag }) => tag === contextTag(3, true))) };
  } catch {
    return null;
  }
}

function keyIdsIn(wrapped: Der | undefined): Pick<Names, 'authorityKeyId' | 'subjectKeyId'> {
  try {
    const extensions = wrapped === undefined ? new Map() : readExtensions(children(wrapped)[0]);
    return {
      authorityKeyId: readAuthorityKeyIdentifier(extensions),
      subjectKeyId: readSubjectKeyIdentifier(extensions),
    };
  } catch {
    return { authorityKeyId: null, subjectKeyId: null };
  }
}
