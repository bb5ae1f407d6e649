import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { dersOf, entryOf } from '#test/make/key-stores.ts';
import { have } from '#test/servers/available.ts';
import { newPkcs12 } from '../../../../electron/pki/key-store/new-pkcs12.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { splitPem } from '../../../../electron/pki/pem.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';
import { fetchedKeytools } from '../../../../scripts/find-java.ts';
import type { Bench } from './programs.ts';

/** The Java of the machine and those that were fetched, by version. */
export const javas: ReadonlyMap<string, string> = new Map([
  ...(have('keytool') ? [['17', 'keytool'] as const] : []),
  ...fetchedKeytools(),
]);

export const storeTypes = ['PKCS12', 'JKS', 'JCEKS'] as const;
export type StoreType = (typeof storeTypes)[number];

export const pass = 'changeit';
export const store = Secret.of(pass);

const ca = makeCa();
const intermediate = makeCa({ signedBy: ca, commonName: 'Shared intermediate' });
const ed = generateKeyPairSync('ed25519');
const edKey = {
  keyPem: ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  spki: ed.publicKey.export({ type: 'spki', format: 'der' }),
  keyType: 'ec-p256', // of the list of ours; the certificate has the key above
} as const;

/** One of each kind of key; two of them share their intermediate. */
export const leaves = {
  rsa: makeLeaf(ca, { names: ['rsa.example.org'], intermediate, keyType: 'rsa-2048' }),
  ec: makeLeaf(ca, { names: ['ec.example.org'], intermediate }),
  ed: makeLeaf(ca, { names: ['ed.example.org'], keyOf: edKey }),
};
export const renewed = makeLeaf(ca, { names: ['renewed.example.org'], intermediate: true });
export const root = ca.certPem;

/** Kinds of keys a Java knows: Ed25519 since 15. */
export const keysOf = (java: string): (keyof typeof leaves)[] =>
  java.startsWith('11') ? ['rsa', 'ec'] : ['rsa', 'ec', 'ed'];

/** Runs keytool, in a Java that starts quickly. */
export const keytool = (bench: Bench, java: string, ...args: string[]): Promise<string> =>
  bench.must(
    javas.get(java) ?? 'keytool',
    ...args,
    '-J-XX:TieredStopAtLevel=1',
    '-J-XX:+UseSerialGC',
    '-J-Xshare:auto',
  );

/** A PKCS#12 file of ours that every Java reads, with these keys. */
export async function ours(aliases: readonly (keyof typeof leaves)[]): Promise<Buffer> {
  const [first = 'rsa', ...others] = aliases;
  const { key, chain, seed } = entryOf(leaves[first], first);
  let bytes = await newPkcs12({ alias: first, key, chain, password: store, legacy: true, seed });
  for (const alias of others)
    ({ bytes } = await withKeyEntry(bytes, { store }, entryOf(leaves[alias], alias), { legacy: true }));
  return bytes;
}

/** A store that this Java writes: the keys, a trusted certificate, and a secret key where the type has them. */
export async function written(bench: Bench, java: string, type: StoreType): Promise<string> {
  const path = bench.path();
  const to = ['-keystore', path, '-storetype', type, '-storepass', pass, '-noprompt'];
  await imported(bench, java, await bench.file(await ours(keysOf(java))), { path, type });
  await keytool(bench, java, '-importcert', ...to, '-alias', 'TrustedRoot', '-file', await bench.file(root));
  if (type !== 'JKS')
    await keytool(bench, java, '-genseckey', ...to, '-alias', 'secret', '-keyalg', 'AES', '-keysize', '128');
  return path;
}

/** Has keytool read all of a store, and write it into another one. */
export async function imported(
  bench: Bench,
  java: string,
  from: string,
  { path, type }: { path: string; type: StoreType },
): Promise<void> {
  await keytool(
    ...([bench, java, '-importkeystore', '-noprompt', '-srckeystore', from, '-srcstorepass', pass] as const),
    ...['-destkeystore', path, '-deststoretype', type, '-deststorepass', pass],
  );
}

/** The keys that openssl finds in a PKCS#12 file, as PKCS#8 in hex, and its certificates. */
export async function foundByOpenssl(
  bench: Bench,
  path: string,
): Promise<{ keys: string[]; certificates: Buffer[] }> {
  const said = await bench.must(
    ...(['openssl', 'pkcs12', '-in', path, '-noenc', '-legacy', '-passin', `pass:${pass}`] as const),
  );
  const keys = splitPem(said).filter(({ label }) => label === 'PRIVATE KEY');
  return { keys: keys.map(({ pem }) => keyHex(pem)).sort(), certificates: dersOf(said) };
}

export const keyHex = (pem: string): string =>
  createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }).toString('hex');
