import type { Secret } from '../../secrets/secret.ts';
import { type PasswordForms, WrongPassword } from '../password-cipher.ts';
import { type PasswordScheme, schemeName, UnknownAlgorithm } from '../password-scheme.ts';
import { TooMuch, type Work } from '../work.ts';
import type { KeyStore, KeyStoreEntry, KeyStorePasswords } from './key-store.ts';
import { isPrintableAscii, ownPassword } from './passwords.ts';
import { keyPassword, openPfx, type Pfx } from './pfx.ts';
import { type Bag, bagTypes } from './pfx-bags.ts';
import { entriesOf, isKey, type PfxEntry } from './pfx-entries.ts';
import { decryptKey, encryptedIn, schemeOf } from './pfx-keys.ts';
import { protectionOfPfx } from './protection.ts';

/** Reads a PKCS#12 key store; `tries` says which keys are to be opened. Throws what `explained` knows. */
export async function readPkcs12(
  bytes: Uint8Array,
  passwords: KeyStorePasswords,
  tries: (alias: string) => boolean,
  work: Work,
): Promise<KeyStore> {
  const pfx = await openPfx(bytes, passwords.store.text(), work);
  const found = await entriesOf(pfx, work);
  const entries: KeyStoreEntry[] = [];
  const schemes: PasswordScheme[] = [];
  for (const entry of found) {
    const scheme = schemeOf(entry.placed.bag);
    if (scheme !== null) schemes.push(scheme);
    const tried = entry.kind === 'key' && tries(entry.alias);
    const keyOpens = tried ? await opens(entry, passwordOf(entry.alias, passwords, pfx), work) : null;
    entries.push(shown(entry, scheme, keyOpens));
    if (work.due()) await work.pause();
  }
  const sealed = pfx.parts.filter(({ bags }) => bags === null);
  for (const _ of sealed) entries.push({ ...nothing, alias: 'content that is encrypted for a certificate' });
  return {
    format: 'pkcs12',
    entries,
    protection: protectionOfPfx(algorithmsOf(pfx, schemes, passwords.store)),
    cannotRewrite: whyNotRewritten(pfx),
  };
}

const nothing = {
  kind: 'other',
  chain: [],
  keyOpens: null,
  algorithms: [],
  date: null,
} as const satisfies Omit<KeyStoreEntry, 'alias'>;

function shown(
  { alias, kind, placed, chain }: PfxEntry,
  scheme: PasswordScheme | null,
  keyOpens: boolean | null,
): KeyStoreEntry {
  return {
    ...{ alias, kind, keyOpens },
    chain: chain.map(({ certificate }) => certificate),
    algorithms: scheme === null ? [] : [schemeName(scheme)],
    date: dateOf(placed.bag),
  };
}

/** Java writes it into the localKeyID. */
function dateOf({ localKeyId }: Bag): number | null {
  const [, date] = /^Time (\d{1,15})$/.exec(localKeyId?.toString('latin1') ?? '') ?? [];
  return date === undefined ? null : Number(date);
}

/** That of the key; else that of all keys; else that of the store, as its MAC says it is right. */
export function passwordOf(alias: string, passwords: KeyStorePasswords, pfx: Pfx): PasswordForms {
  const own = ownPassword(alias, passwords);
  return own === undefined ? pfx.password : keyPassword(own.text());
}

async function opens({ placed }: PfxEntry, password: PasswordForms, work: Work): Promise<boolean | null> {
  const encrypted = encryptedIn(placed.bag);
  if (encrypted === null) return placed.bag.type === bagTypes.key ? true : null;
  try {
    const key = await decryptKey(encrypted, password, work);
    key.fill(0);
    return true;
  } catch (thrown) {
    if (thrown instanceof WrongPassword) return false;
    if (thrown instanceof TooMuch || thrown instanceof UnknownAlgorithm) return null;
    throw thrown;
  }
}

function algorithmsOf(
  { parts, mac }: Pfx,
  ofEntries: readonly PasswordScheme[],
  password: Secret,
): Parameters<typeof protectionOfPfx>[0] {
  const keys = [...ofEntries];
  const certificates: PasswordScheme[] = [];
  for (const { scheme, bags } of parts)
    if (scheme !== null) (bags?.some(isKey) ? keys : certificates).push(scheme);
  return { keys, certificates, mac, asciiPassword: isPrintableAscii(password) };
}

/** One sentence; null: it can be carried over whole. */
export function whyNotRewritten(pfx: Pfx): string | null {
  return pfx.parts.some(({ bags }) => bags === null)
    ? 'A part of it is encrypted for a certificate, so no one can tell which entries it holds.'
    : null;
}
