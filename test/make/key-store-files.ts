import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { KeyStoreSettings } from '#shared/catalog/endpoints/key-store.ts';
import { type MadeLeaf, makeCa, makeLeaf } from './certificates.ts';
import { filesOfOthers, type MadeEndpoint, names, testCa } from './endpoints.ts';

/** Key stores as openssl and keytool write them: each is made once and copied for every test. */

export const storePassword = 'Store-pw 1';
export const keyPassword = 'Key-pw 2';

interface MadeStore {
  bytes: Buffer;
  /** What the entry `shop` holds. */
  old: MadeLeaf;
}

type Make = (dir: string, old: MadeLeaf) => Promise<void>;

async function must(dir: string, argv: [string, ...string[]], stdin = ''): Promise<void> {
  const env = { ...childEnvironment(), P: storePassword, K: keyPassword };
  const request = { argv: ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', dir, ...argv] as const, env };
  const { code, stdout, stderr } = await exec({
    ...{ ...request, argv: [...request.argv] as [string, ...string[]] },
    ...{ timeoutMs: 60_000, stdin: Buffer.from(stdin) },
  });
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stdout}${stderr}`);
}

const openssl = (dir: string, ...args: string[]) => must(dir, ['openssl', ...args]);
const keytool = (dir: string, ...args: string[]) => must(dir, ['keytool', ...args]);
const pass = ['-storepass:env', 'P'];

async function putLeaf(dir: string, name: string, leaf: MadeLeaf): Promise<void> {
  await writeFile(join(dir, `${name}.key`), leaf.keyPem);
  await writeFile(join(dir, `${name}.pem`), leaf.chainPem);
}

const exported = (name: string, ...more: string[]) => [
  ...['pkcs12', '-export', '-inkey', `${name}.key`, '-in', `${name}.pem`, '-name', name],
  ...['-passout', 'env:P', ...more],
];

/** Entries `shop` and `blog` of a PKCS#12 store of their own, taken over into one of keytool. */
async function takenOver(dir: string, type: string, ...more: string[]): Promise<void> {
  const from = ['-importkeystore', '-noprompt', '-srcstoretype', 'PKCS12', '-srcstorepass:env', 'P'];
  for (const name of ['shop', 'blog']) {
    await openssl(dir, ...exported(name, '-out', `${name}.p12`));
    const own = type === 'PKCS12' ? [] : ['-srcalias', name, '-destkeypass:env', name === 'shop' ? 'K' : 'P'];
    const to = ['-destkeystore', 'store', '-deststoretype', type, '-deststorepass:env', 'P'];
    await keytool(dir, ...from, '-srckeystore', `${name}.p12`, ...to, ...own, ...more);
  }
  await writeFile(join(dir, 'root.pem'), makeCa({ commonName: 'Another root' }).certPem);
  const root = ['-importcert', '-noprompt', '-alias', 'root', '-file', 'root.pem'];
  await keytool(dir, ...root, '-keystore', 'store', '-storetype', type, ...pass);
}

const makes = {
  /** As OpenSSL 3 writes it. */
  modern: (dir: string) => openssl(dir, ...exported('shop', '-out', 'store')),
  /** RC2 and 3DES. */
  legacy: (dir: string) => openssl(dir, ...exported('shop', '-legacy', '-out', 'store')),
  /** Two keys and a trusted certificate, by keytool. */
  'pkcs12 of Java': (dir: string) => takenOver(dir, 'PKCS12'),
  /** Two keys, `shop` with a password of its own, and a trusted certificate. */
  jks: (dir: string) => takenOver(dir, 'JKS'),
  /** The same with a secret key. */
  jceks: async (dir: string) => {
    // as few rounds as Java takes: the usual 200,000 take a second each
    await takenOver(dir, 'JCEKS', '-J-Djdk.jceks.iterationCount=10000');
    const secret = ['-genseckey', '-alias', 'aes', '-keyalg', 'AES', '-keysize', '256', '-keypass:env', 'P'];
    await keytool(
      dir,
      '-J-Djdk.jceks.iterationCount=10000',
      ...secret,
      '-keystore',
      'store',
      '-storetype',
      'JCEKS',
      ...pass,
    );
  },
} satisfies Record<string, Make>;
type StoreKind = keyof typeof makes;

const made = new Map<StoreKind, Promise<MadeStore>>();

/** The bytes of a store of this kind, and what it holds; made once. */
export function keyStoreFile(kind: StoreKind): Promise<MadeStore> {
  const known = made.get(kind) ?? makeStore(kind);
  made.set(kind, known);
  return known;
}

async function makeStore(kind: StoreKind): Promise<MadeStore> {
  const dir = await mkdtemp(join(tmpdir(), 'trustkeep-key-store-'));
  try {
    const old = makeLeaf(testCa, { names, intermediate: true });
    await putLeaf(dir, 'shop', old);
    await putLeaf(dir, 'blog', makeLeaf(testCa, { names: ['blog.example'] }));
    await makes[kind](dir);
    return { bytes: await readFile(join(dir, 'store')), old };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Settings of a key store that is reached at this path, with what is said otherwise. */
export function storeSettings(path: string, change: Partial<KeyStoreSettings> = {}): KeyStoreSettings {
  return {
    ...{ path, alias: null, servedAt: null, installScript: null, restartScript: null },
    secrets: { store_password: { from: 'endpoint' }, key_password: null },
    ...change,
  };
}

/** A key store of somebody else, in a directory of its own. */
export async function storeEndpoint(type: 'p12' | 'jks', kind: StoreKind): Promise<MadeEndpoint> {
  const { bytes, old } = await keyStoreFile(kind);
  const name = `site.${type}`;
  const dir = await filesOfOthers({ [name]: bytes });
  const keyIsOwn = kind === 'jks' || kind === 'jceks';
  const source = { from: 'endpoint' as const };
  const secrets = { store_password: source, key_password: keyIsOwn ? source : null };
  const settings = storeSettings(join(dir, name), { secrets });
  return {
    ...{ dir, nodeKey: 'shop', old },
    settings: type === 'p12' ? { type, ...settings, isLegacy: null } : { type, ...settings },
    secrets: { store_password: storePassword, ...(keyIsOwn ? { key_password: keyPassword } : {}) },
    stop: () => rm(dir, { recursive: true, force: true }),
  };
}

/** What an install script does that makes a PKCS#12 file, for a program that reads no other, of the entry that it is given. */
export function exporting(jks: string, p12: string): string {
  const from = `-srckeystore '${jks}' -srcstorepass:env P -srckeypass:env K -srcalias "$1"`;
  const to = `-destkeystore '${p12}' -deststoretype PKCS12 -deststorepass:env P -destkeypass:env P`;
  return `export P='${storePassword}' K='${keyPassword}'\nrm -f '${p12}'\nkeytool -importkeystore -noprompt ${from} ${to}`;
}
