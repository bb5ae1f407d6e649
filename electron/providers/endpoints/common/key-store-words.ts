import type { ClosedTo, KeyStore, KeyStoreEntry, KeyStoreFormat } from '../../../pki/key-store/key-store.ts';

export const formatWords: Readonly<Record<KeyStoreFormat, string>> = {
  pkcs12: 'PKCS#12',
  jks: 'JKS',
  jceks: 'JCEKS',
};

const closedWords: Readonly<Record<ClosedTo, string>> = {
  'java-before-8u301': 'Java before 8u301 and 11.0.12',
  'windows-server-2016': 'Windows Server 2016',
  'openssl-3-without-legacy': 'OpenSSL 3 without its legacy algorithms',
  'all-but-java': 'programs other than Java',
  java: 'Java',
  all: 'any known program',
};

const kindWords: Readonly<Record<KeyStoreEntry['kind'], string>> = {
  key: 'private key',
  trust: 'trusted certificate',
  secret: 'secret key',
  other: 'other content',
};

/** More help nobody. */
const shownAtMost = 20;

/** `shop (private key), root (trusted certificate) and 3 more`; `none` for none. */
export function entryWords(entries: readonly Pick<KeyStoreEntry, 'alias' | 'kind'>[]): string {
  const shown = entries.slice(0, shownAtMost).map(({ alias, kind }) => `${alias} (${kindWords[kind]})`);
  const more = entries.length > shownAtMost ? ` and ${entries.length - shownAtMost} more` : '';
  return entries.length === 0 ? 'none' : `${shown.join(', ')}${more}`;
}

const listed = (closed: readonly ClosedTo[]): string => closed.map((one) => closedWords[one]).join(', ');

/** Which programs will not open what is written; before approving, a person should know. */
export function readerWarnings(before: KeyStore, after: KeyStore): string[] {
  const lost = after.protection.closedTo.filter((one) => !before.protection.closedTo.includes(one));
  const still = after.protection.closedTo.filter((one) => before.protection.closedTo.includes(one));
  return [
    ...(lost.length === 0
      ? []
      : [`The new key store will not open in ${listed(lost)}, which can open the present one.`]),
    ...(still.length === 0
      ? []
      : [`Like the present one, the new key store will not open in ${listed(still)}.`]),
  ];
}
