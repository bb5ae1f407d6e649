import { createPrivateKey } from 'node:crypto';
import { makeCa, makeLeaf } from './certificates.ts';
import { dersOf } from './key-stores.ts';
import type { Chance } from './random.ts';

/** A key with its chain and the alias it stands under. */
export interface Pair {
  alias: string;
  keyPem: string;
  /** PrivateKeyInfo, DER. */
  pkcs8: Buffer;
  /** DER, leaf first. */
  chain: Buffer[];
}

export interface Material {
  /** DER. */
  trusted: Buffer[];
}

const ca = makeCa({ commonName: 'Root one' });
const other = makeCa({ commonName: 'Root two' });
const shared = [
  makeCa({ signedBy: ca, commonName: 'Shared' }),
  makeCa({ signedBy: ca, commonName: 'Shared' }), // the same name, another key
  makeCa({ signedBy: other, commonName: 'Other' }),
];
const deep = makeCa({ signedBy: shared[0]!, commonName: 'Deep' });
const leaves = [...shared, deep, shared[0]!, deep, undefined, undefined].map((intermediate, at) =>
  makeLeaf(ca, { names: [`n${at}.example.org`], ...(intermediate ? { intermediate } : {}) }),
);
const spare = leaves.map((leaf) => {
  const pkcs8 = createPrivateKey(leaf.keyPem).export({ type: 'pkcs8', format: 'der' });
  return { keyPem: leaf.keyPem, pkcs8, chain: dersOf(leaf.chainPem) };
});

const aliases = ['tomcat', 'Web', '1', 'mein schlüssel', 'a.b-c_d', 'ZWEI', 'x', '鍵'];

/** Up to `most` pairs under aliases of their own, and one that is to be put in. */
export function randomPairs(
  chance: Chance,
  most = 5,
): { pairs: Pair[]; renewed: Omit<Pair, 'alias'> } & Material {
  const first = chance.int(aliases.length);
  const from = chance.int(spare.length);
  const pairs = Array.from({ length: chance.int(most + 1) }, (_, at) => ({
    alias: aliases[(first + at) % aliases.length]!,
    ...spare[(from + at) % spare.length]!,
  }));
  const renewed = spare[(from + pairs.length) % spare.length]!;
  return { pairs, renewed, trusted: [...dersOf(ca.certPem), ...dersOf(other.certPem)] };
}
