import type { KeyStoreSettings } from '#shared/catalog/endpoints/key-store.ts';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { toPem } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import { entryKey, keyOf, type StoreOnHost, whyNotEntry } from './key-store.ts';
import { basename } from './paths.ts';
import { servedFacts } from './served-at.ts';

/** The aliases under which an endpoint has nodes: the one that is set, every key, or that of the first entry there will be. */
export function aliasesOf({ store }: StoreOnHost, settings: KeyStoreSettings): string[] {
  if (settings.alias !== null) return [keyOf(store, settings.alias)?.alias ?? settings.alias];
  const keys = store.entries.filter(({ kind }) => kind === 'key');
  const all = new Map(keys.map(({ alias }) => [entryKey(alias), alias]));
  return all.size === 0 ? [newAlias(settings.path)] : [...all.values()];
}

/** `keystore` of `/etc/shop/keystore.p12` */
function newAlias(path: string): string {
  const plain = basename(path)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-');
  return plain === '' ? 'certificate' : plain;
}

/** The entry as a node, without who manages it. */
export function nodeOf(
  on: StoreOnHost,
  settings: KeyStoreSettings,
  alias: string,
): Omit<DiscoveredNode, 'managedBy'> {
  const own = keyOf(on.store, alias);
  const certificate = factsOf(own?.chain[0]);
  return {
    key: entryKey(alias),
    name: alias,
    alias,
    protocol: 'tls',
    ...servedFacts(servedAtOf(on, settings), certificate?.names ?? []),
    certificatePath: settings.path,
    keyPath: settings.path,
    webRoot: null,
    certificate,
    chainPem: own?.chain.map((der) => toPem('CERTIFICATE', der)).join('') || null,
    notInstallable: whyNotEntry(on, alias),
    place: settings.path,
  };
}

/** Which of several keys a program serves there is not known unless one is chosen. */
export function servedAtOf({ store }: StoreOnHost, { alias, servedAt }: KeyStoreSettings): string | null {
  const keys = store.entries.filter(({ kind }) => kind === 'key').length;
  return alias === null && keys > 1 ? null : servedAt;
}

export function factsOf(leaf: Buffer | undefined): CertificateFacts | null {
  try {
    return leaf === undefined ? null : readCertificate(toPem('CERTIFICATE', leaf));
  } catch {
    return null;
  }
}
