import { posix } from 'node:path';
import { asFailure, Failure, isAboutConnection } from '#shared/failure.ts';
import { toPem } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { entriesOf, keyOf, type StoreOnHost, type StorePasswords, storeOnHost } from '../common/key-store.ts';
import type { OnDisk } from '../common/on-disk.ts';
import type { Configuration } from './configuration.ts';
import type { Meaning, TomcatCertificate } from './connectors.ts';
import { fileOf } from './file-of.ts';

/** The key store that a certificate is in, as its configuration names it. */
export interface StoreOf {
  path: string;
  on: StoreOnHost;
  /** The entry that Tomcat serves, or that it looks for in vain. */
  alias: string;
  passwords: { store: string; key: string | null };
}

/** What was found of the key store of a certificate; null: it is not in one. */
export type FoundStore = StoreOf | { path: string; trouble: string } | null;

/** What Tomcat takes where nothing is configured. */
const usualPassword = 'changeit';
const notFiles = /^(?:NONE|PKCS11(?:-.*)?|WINDOWS-.*|KEYCHAINSTORE.*)$/i;

/** Opens the key stores of all certificates that are in one, each once. Only a lost connection rejects. */
export async function storesOf(
  connection: HostConnection,
  configuration: Configuration,
  base: string,
): Promise<Map<TomcatCertificate, FoundStore>> {
  const opened = new Map<string, Promise<StoreOnHost>>();
  const open = (path: string, { store, key }: StoreOf['passwords']): Promise<StoreOnHost> => {
    const of = JSON.stringify([path, store, key]);
    const found =
      opened.get(of) ?? withSecrets({ store, key }, (all) => storeOnHost(connection, path, all, 'all'));
    opened.set(of, found);
    return found;
  };
  const found = new Map<TomcatCertificate, FoundStore>();
  for (const { hosts, protocol } of configuration.connectors.filter(({ tls }) => tls))
    for (const certificate of hosts.flatMap((host) => host.certificates)) {
      const named = storeNamed(certificate, configuration, base);
      if (named === null) continue;
      const read = () => passwordsOf(connection, certificate, base);
      found.set(certificate, await storeOf(certificate, { ...named, protocol }, read, open));
    }
  return found;
}

/** Null: PEM files, or what it says cannot be told. */
function storeNamed(
  { values }: TomcatCertificate,
  { userHome }: Configuration,
  base: string,
): { path: string; isUsual: boolean } | null {
  if (values.has('certificateFile') || [...values.values()].some(({ text }) => text === null)) return null;
  const named = values.get('storeFile')?.text ?? null;
  if (named === null)
    return userHome === null ? null : { path: posix.join(userHome, '.keystore'), isUsual: true };
  return { path: fileOf(named, base) ?? named, isUsual: false };
}

async function storeOf(
  { values }: TomcatCertificate,
  { path, isUsual, protocol }: { path: string; isUsual: boolean; protocol: string },
  passwords: () => Promise<StoreOf['passwords']>,
  open: (path: string, passwords: StoreOf['passwords']) => Promise<StoreOnHost>,
): Promise<FoundStore> {
  const type = values.get('storeType')?.text ?? '';
  if (notFiles.test(type) || !path.startsWith('/'))
    return {
      path,
      trouble: `The key store ${path}${type === '' ? '' : ` of the type ${type}`} is no file that could be replaced.`,
    };
  try {
    const all = await passwords();
    const on = await open(path, all);
    const wanted = values.get('alias')?.text ?? null;
    const keys = on.store.entries.filter(({ kind }) => kind === 'key');
    const alias = wanted ?? (keys.length === 1 ? keys[0]?.alias : undefined);
    if (alias === undefined)
      return {
        path,
        trouble:
          keys.length === 0
            ? `The key store ${path} has no private key, and no certificateKeyAlias says under which alias a new one is to be put.`
            : `The key store ${path} has ${keys.length} private keys, and no certificateKeyAlias says which of them Tomcat serves.`,
      };
    const found = { path, on, alias, passwords: all };
    const trouble = whyNotServed(found);
    return trouble === null ? found : { path, trouble };
  } catch (error) {
    const failure = asFailure(error);
    if (isAboutConnection(failure)) throw error;
    if (isUsual && failure.code === 'file.missing') return null;
    const ownClass = !/^(?:HTTP\/|org[.]apache[.])/.test(protocol);
    return {
      path,
      trouble: !ownClass
        ? failure.message
        : `${failure.message} The connector is of the class ${protocol}, which may keep passwords in a form of its own.`,
    };
  }
}

/** Why Tomcat could not serve what is put under this alias; null: it could. */
function whyNotServed({ path, on: { store }, alias }: StoreOf): string | null {
  const found = entriesOf(store, alias);
  const [first] = found;
  if (store.cannotRewrite !== null)
    return `The key store ${path} cannot be carried over whole, so it is not changed. ${store.cannotRewrite}`;
  if (found.length > 1) return `The key store ${path} has ${found.length} entries with the alias "${alias}".`;
  if (first === undefined) return null;
  if (first.kind !== 'key')
    return `The alias "${alias}" in ${path} names no private key but ${first.kind === 'trust' ? 'a trusted certificate' : 'a secret key'}, so Tomcat does not start this connector.`;
  if (first.keyOpens === false)
    return `The password that is configured does not open the key "${alias}" in ${path}, so Tomcat does not start this connector.`;
  return null;
}

async function passwordsOf(
  connection: HostConnection,
  { values }: TomcatCertificate,
  base: string,
): Promise<StoreOf['passwords']> {
  const one = async (value: Meaning, file: Meaning): Promise<string | null> => {
    const named = values.get(file)?.text ?? null;
    const path = named === null ? null : fileOf(named, base);
    if (path === null) return values.get(value)?.text ?? null;
    // its first line, as Tomcat reads it
    return (await connection.read(path)).toString('utf8').split(/\r?\n/)[0] ?? '';
  };
  const store = (await one('storePassword', 'storePasswordFile')) ?? usualPassword;
  return { store, key: await one('keyPassword', 'keyPasswordFile') };
}

/** The passwords as secrets, for as long as `work` takes. */
export async function withSecrets<T>(
  { store, key }: StoreOf['passwords'],
  work: (passwords: StorePasswords) => Promise<T>,
): Promise<T> {
  const own = key === null || key === store ? null : Secret.of(key);
  const all: StorePasswords = { store: Secret.of(store), key: own };
  try {
    return await work(all);
  } finally {
    all.store.wipe();
    own?.wipe();
  }
}

/** The certificate that Tomcat serves from it; null: there is none under the alias. */
export function certificateIn({ on, alias }: StoreOf): OnDisk | null {
  const chain = keyOf(on.store, alias)?.chain ?? [];
  const [leaf] = chain;
  if (leaf === undefined) return null;
  try {
    const chainPem = chain.map((der) => toPem('CERTIFICATE', der)).join('');
    return { facts: readCertificate(toPem('CERTIFICATE', leaf)), chainPem };
  } catch {
    return null;
  }
}

/** Of a certificate that is in a key store and can be replaced there. */
export const isStore = (found: FoundStore): found is StoreOf => found !== null && 'on' in found;

/** What a plan for a certificate in a key store needs, which was one when it was made. `node.not-installable`. */
export function storeOrRefuse(found: FoundStore): StoreOf {
  if (isStore(found)) return found;
  throw new Failure(
    'node.not-installable',
    found?.trouble ?? 'The certificate is no longer in a key store.',
    {
      hint: 'Discover the nodes of the endpoint again.',
    },
  );
}
