import { hkdfSync } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { certificateFingerprint, keyFingerprint, sha256Hex } from '../../../pki/fingerprint.ts';
import { issueRoot } from '../../../pki/issue.ts';
import { generateKey, spkiOfKeyPem } from '../../../pki/key.ts';
import { sameAlias } from '../../../pki/key-store/aliases.ts';
import type {
  KeyStore,
  KeyStoreEntry,
  RewriteOptions,
  RewrittenKeyStore,
} from '../../../pki/key-store/key-store.ts';
import { withKeyEntry } from '../../../pki/key-store/with-key-entry.ts';
import { certificateDer, certificatesOf } from '../../../pki/pem.ts';
import { parseX509 } from '../../../pki/x509.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { Material } from '../endpoint.ts';
import { entryKey, type ReadStore, readStore, type StoreOnHost, type StorePasswords } from './key-store.ts';

/** What is put into a key store, and under which circumstances. */
export interface EntryChange {
  alias: string;
  /** What it is done for, the same each time it is done: which store, as it was, and which entry. No secret. */
  identity: string;
  options: RewriteOptions;
}

/** Facts of the new key and its certificate, as others read them. */
interface NewPair {
  /** SHA-256 (hex) of the leaf, and of the public key. */
  leaf: string;
  key: string;
}

/** The leaf is fit to be asked about; its key is in the agent. */
export function pairOf({ chainPem, key }: Material): NewPair {
  const [leaf = ''] = certificatesOf(chainPem);
  return { leaf: certificateFingerprint(leaf), key: keyFingerprint(spkiOfKeyPem(keyPem(key))) };
}

function keyPem(key: Material['key']): Secret {
  if (key.where === 'agent') return key.pem;
  throw new Failure(
    'key.not-on-endpoint',
    'A key that was made on the endpoint cannot be put into a key store.',
    {
      hint: 'Request the certificate again.',
    },
  );
}

/**
 * The key store with the new key entry. The same store, passwords, change and material give the same bytes, also when they were put
 * in already: salts are derived from the new private key. Read again by our own reader before it is given. `key-store.*`.
 */
export async function newStore(
  bytes: Buffer,
  passwords: StorePasswords,
  change: EntryChange,
  { chainPem, key }: Material,
): Promise<Buffer> {
  const pem = keyPem(key);
  const chain = certificatesOf(chainPem).map((one) => certificateDer(one));
  const { store: before, likeStore } = await readStore(bytes, passwords, [change.alias]);
  const made = await rewritten(bytes, { passwords, likeStore }, change, { pem, chain });
  const { store } = await readStore(made.bytes, passwords, [change.alias]);
  refuseOther(before, store, change.alias, chain);
  return made.bytes;
}

/**
 * The same with a key and a certificate that are thrown away: what the store will be protected with and hold, and whether it can be
 * carried over at all, is known before anything is ordered.
 */
export async function trialStore(
  { bytes, store: before, likeStore }: Pick<StoreOnHost, 'bytes' | 'store' | 'likeStore'>,
  passwords: StorePasswords,
  change: EntryChange,
  now: number,
): Promise<{ store: KeyStore; remarks: string[] }> {
  const { pem, spki } = await generateKey('ec-p256');
  try {
    const serial = Buffer.from(sha256Hex(spki), 'hex').subarray(0, 16);
    const key = { pem, keyType: 'ec-p256' as const };
    const leaf = issueRoot({
      ...{ commonName: 'trial', key, spki, serial, now },
      days: 1,
      permittedNames: [],
    });
    const made = await rewritten(bytes, { passwords, likeStore }, change, { pem, chain: [leaf] });
    const { store } = await readStore(made.bytes, passwords);
    refuseOther(before, store, change.alias, [leaf]);
    return { store, remarks: made.remarks };
  } finally {
    pem.wipe();
  }
}

async function rewritten(
  bytes: Buffer,
  { passwords, likeStore }: { passwords: StorePasswords; likeStore: ReadStore['likeStore'] },
  { alias, identity, options }: EntryChange,
  { pem, chain }: { pem: Secret; chain: Buffer[] },
): Promise<RewrittenKeyStore> {
  const [leaf] = chain;
  if (leaf === undefined) throw new Error('a chain has a leaf');
  const info = `trustkeep key store ${identity}`;
  const seed = Secret.take(Buffer.from(hkdfSync('sha256', pem.bytes(), '', info, 32)));
  const { store, key } = passwords;
  try {
    const entry = { alias, key: pem, chain, date: parseX509(leaf).notBefore, seed };
    const keyPassword = key === null ? {} : { keyPassword: likeStore.has(entryKey(alias)) ? store : key };
    return await withKeyEntry(bytes, { store, key: key ?? undefined }, { ...entry, ...keyPassword }, options);
  } finally {
    seed.wipe();
  }
}

/** By our own reader: the entry is the new one and opens, and every other is what it was. */
function refuseOther(before: KeyStore, after: KeyStore, alias: string, chain: readonly Buffer[]): void {
  const [own] = after.entries.filter((one) => one.kind === 'key' && sameAlias(one.alias, alias));
  const isNew = own !== undefined && own.keyOpens !== false && sameChain(own.chain, chain);
  if (isNew && others(before, alias) === others(after, alias)) return;
  throw new Failure(
    'key-store.not-read-again',
    'The new key store does not read back as it was to be written.',
    {
      hint: 'Nothing was changed. This is a fault of Trustkeep: report it with the kind of key store.',
    },
  );
}

/** Java goes on to a root that the store has as a trusted certificate. */
const sameChain = (one: readonly Buffer[], other: readonly Buffer[]): boolean =>
  other.every((der, at) => one[at]?.equals(der) === true);

function others({ entries }: KeyStore, alias: string): string {
  const told = ({ alias: name, kind, chain, date }: KeyStoreEntry) =>
    JSON.stringify([name, kind, chain.map((der) => sha256Hex(der)), date]);
  return entries
    .filter((one) => one.kind === 'other' || !sameAlias(one.alias, alias))
    .map(told)
    .sort()
    .join('\n');
}
