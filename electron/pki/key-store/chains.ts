import { contextTag, readDer, readSequence, takeIf } from '../der.ts';
import type { Work } from '../work.ts';
import { issuedBy, mayBeIssuer, parseX509, type X509 } from '../x509.ts';

/** Anything that holds a certificate; compared by identity. */
interface Holder {
  /** X.509, DER. */
  certificate: Buffer;
}

interface Names {
  issuer: string;
  subject: string;
}

/** Of several certificates of one name, so many are tried as the issuer of another one. */
const mostTried = 8;

/** No server sends as many. */
const longestChain = 32;

/** Who issued whom among the certificates of a key store. What cannot be read issued nothing and was issued by nothing. */
export class Chains<Certificate extends Holder> {
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
    const names = namesIn(one.certificate);
    this.#names.set(one, names);
    if (names === null) return;
    const same = this.#bySubject.get(names.subject);
    if (same === undefined) this.#bySubject.set(names.subject, [one]);
    else same.push(one);
  }

  /** From this one up to the last whose issuer is here too. */
  from(leaf: Certificate): Certificate[] {
    const chain = [leaf];
    for (let next = this.issuerOf(leaf); next !== null && !chain.includes(next); next = this.issuerOf(next)) {
      if (chain.length === longestChain) break;
      chain.push(next);
    }
    return chain;
  }

  issuerOf(one: Certificate): Certificate | null {
    const known = this.#issuers.get(one);
    if (known !== undefined) return known;
    const found = this.#findIssuer(one);
    this.#issuers.set(one, found);
    return found;
  }

  #findIssuer(one: Certificate): Certificate | null {
    const names = this.#names.get(one) ?? null;
    if (names === null || names.issuer === names.subject) return null;
    const candidates = this.#bySubject.get(names.issuer) ?? [];
    const [first, ...others] = candidates.filter((candidate) => candidate !== one);
    if (first === undefined) return null;
    if (others.every(({ certificate }) => certificate.equals(first.certificate))) return first;
    return chosen(one, [first, ...others]);
  }
}

/** By key identifiers and signature, where names alone do not tell. */
function chosen<Certificate extends Holder>(
  one: Certificate,
  candidates: readonly Certificate[],
): Certificate | null {
  const own = parsed(one.certificate);
  if (own === null) return null;
  const may = candidates.slice(0, 64).filter((candidate) => {
    const above = parsed(candidate.certificate);
    return above !== null && mayBeIssuer(above, own);
  });
  return (
    may.slice(0, mostTried).find((candidate) => {
      const above = parsed(candidate.certificate);
      return above !== null && issuedBy(own, above);
    }) ??
    may[0] ??
    null
  );
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
    const [, , issuer, , subject] = parts;
    if (issuer === undefined || subject === undefined) return null;
    return { issuer: issuer.whole.toString('latin1'), subject: subject.whole.toString('latin1') };
  } catch {
    return null;
  }
}
