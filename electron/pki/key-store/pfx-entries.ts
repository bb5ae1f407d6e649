import type { Work } from '../work.ts';
import { aliasKey } from './aliases.ts';
import { Chains } from './chains.ts';
import type { KeyStoreEntry } from './key-store.ts';
import type { Part, Pfx } from './pfx.ts';
import { type Bag, bagTypes } from './pfx-bags.ts';

/** A bag and where it lies. */
interface PlacedBag {
  bag: Bag;
  part: Part;
  /** Inside of another bag. */
  nested: boolean;
}

type CertificateBag = PlacedBag & { certificate: Buffer };

export interface PfxEntry {
  alias: string;
  kind: KeyStoreEntry['kind'];
  /** The key, the secret, the trusted certificate; of a certificate that belongs to nothing, that. */
  placed: PlacedBag;
  /** Leaf first; of a trusted certificate, that one. */
  chain: CertificateBag[];
}

/** Java's, for an entry without a name. */
class Numbers {
  #last = 0;
  next(): string {
    this.#last += 1;
    return String(this.#last);
  }
}

/** What Java and OpenSSL see as entries of a PKCS#12 file, by Java's rules of names, in the order of the file. */
export async function entriesOf(pfx: Pfx, work: Work): Promise<PfxEntry[]> {
  const all = pfx.parts.flatMap((part) => placedIn(part, part.bags ?? [], false));
  await work.turn();
  const certificates = all.flatMap((placed): CertificateBag[] => {
    const { certificate } = placed.bag;
    return certificate === null ? [] : [Object.assign(placed, { certificate })];
  });
  const chains = await Chains.of(certificates, work);
  const leaves = new Leaves(certificates, all.filter(({ bag }) => isKey(bag)).length === 1);
  await work.turn();
  const entries: PfxEntry[] = [];
  const inChains = new Set<CertificateBag>();
  const numbers = new Numbers();
  for (const placed of all) {
    if (!isEntry(placed.bag)) continue;
    const alias = placed.bag.friendlyName ?? numbers.next();
    const entry = entryOf(placed, alias, leaves, chains);
    for (const one of entry.chain) inChains.add(chains.first(one));
    entries.push(entry);
    if (work.due()) await work.pause();
  }
  const belongs = (placed: PlacedBag): boolean =>
    isEntry(placed.bag) ||
    placed.bag.nested !== null ||
    (placed.bag.certificate !== null && inChains.has(chains.first(placed as CertificateBag)));
  const loose = all.filter((placed) => !belongs(placed));
  return [...entries, ...loose.map(looseEntry)];
}

/** What tells whether two certificates are one. */
export const identity = (certificate: Buffer): string => certificate.toString('latin1');

const placedIn = (part: Part, bags: readonly Bag[], nested: boolean): PlacedBag[] =>
  bags.flatMap((bag) => [{ bag, part, nested }, ...placedIn(part, bag.nested ?? [], true)]);

export const isKey = ({ type }: Bag): boolean => type === bagTypes.key || type === bagTypes.shroudedKey;
const isEntry = (bag: Bag): boolean =>
  isKey(bag) || bag.type === bagTypes.secret || (bag.certificate !== null && bag.trusted);

function entryOf(placed: PlacedBag, alias: string, leaves: Leaves, chains: Chains<CertificateBag>): PfxEntry {
  const { bag } = placed;
  if (bag.certificate !== null) return { alias, kind: 'trust', placed, chain: [placed as CertificateBag] };
  if (!isKey(bag)) return { alias, kind: 'secret', placed, chain: [] };
  const leaf = leaves.of(bag, alias, chains);
  return { alias, kind: 'key', placed, chain: leaf === null ? [] : chains.from(leaf) };
}

function looseEntry(placed: PlacedBag): PfxEntry {
  const { bag } = placed;
  const what =
    bag.certificate !== null
      ? 'certificate without a key'
      : bag.type === bagTypes.revocations
        ? 'revocation list'
        : `content of an unknown kind (${bag.type})`;
  const chain = bag.certificate === null ? [] : [placed as CertificateBag];
  return { alias: bag.friendlyName ?? what, kind: 'other', placed, chain };
}

/** Which certificate belongs to a key: the one of the same localKeyID, else of the same name; of the only key, else the first. */
class Leaves {
  #byKeyId = new Map<string, CertificateBag[]>();
  #byAlias = new Map<string, CertificateBag>();
  #first: CertificateBag | null;

  constructor(certificates: readonly CertificateBag[], onlyOneKey: boolean) {
    const untrusted = certificates.filter(({ bag }) => !bag.trusted);
    this.#first = onlyOneKey ? (untrusted[0] ?? null) : null;
    for (const one of untrusted) {
      const { localKeyId, friendlyName } = one.bag;
      if (localKeyId !== null) {
        const id = localKeyId.toString('hex');
        const same = this.#byKeyId.get(id);
        if (same === undefined) this.#byKeyId.set(id, [one]);
        else same.push(one);
      }
      if (friendlyName !== null && !this.#byAlias.has(aliasKey(friendlyName)))
        this.#byAlias.set(aliasKey(friendlyName), one);
    }
  }

  of({ localKeyId }: Bag, alias: string, chains: Chains<CertificateBag>): CertificateBag | null {
    const same = localKeyId === null ? [] : (this.#byKeyId.get(localKeyId.toString('hex')) ?? []);
    return leafAmong(same, alias, chains) ?? this.#byAlias.get(aliasKey(alias)) ?? this.#first;
  }
}

/** Some programs give all of a chain the same localKeyID. */
function leafAmong(
  same: readonly CertificateBag[],
  alias: string,
  chains: Chains<CertificateBag>,
): CertificateBag | null {
  const named = same.filter(
    ({ bag }) => bag.friendlyName !== null && aliasKey(bag.friendlyName) === aliasKey(alias),
  );
  const candidates = named.length > 0 ? named : same;
  const issuers = new Set(candidates.map((one) => chains.issuerOf(one)));
  return candidates.find((one) => !issuers.has(chains.first(one))) ?? candidates[0] ?? null;
}
