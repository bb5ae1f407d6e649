import { type PasswordForms, WrongPassword } from '../password-cipher.ts';
import { type PasswordScheme, withNewSalt } from '../password-scheme.ts';
import type { Work } from '../work.ts';
import { sequence } from '../write-der.ts';
import { cannotRewrite, keyPasswordWrong, unsupported } from './failures.ts';
import type { KeyStorePasswords, NewKeyEntry, RewrittenKeyStore } from './key-store.ts';
import type { CheckedEntry } from './new-entry.ts';
import { isPrintableAscii, ownPassword } from './passwords.ts';
import { keyPassword, openPfx, type Part, type Pfx, safeContents, writePart, writePfx } from './pfx.ts';
import { type Bag, bagTypes, secretContent, writeBag } from './pfx-bags.ts';
import { type Change, changeFor, entryToReplace } from './pfx-change.ts';
import { entriesOf, isKey, type PfxEntry } from './pfx-entries.ts';
import { decryptKey, encryptedIn, encryptKey, schemeOf } from './pfx-keys.ts';
import { withNewMacSalt } from './pfx-mac.ts';
import { passwordOf, whyNotRewritten } from './read-pkcs12.ts';
import type { Salts } from './salts.ts';
import { isGone, type Legacy, macInPlaceOf, newScheme, schemeInPlaceOf, staysAsItIs } from './schemes.ts';

interface Rewriting {
  passwords: KeyStorePasswords;
  legacy: Legacy;
  salts: Salts;
  work: Work;
}

/** Puts a key entry into a PKCS#12 file; what does not change stays byte for byte. Throws what `explained` knows. */
export async function rewritePkcs12(
  bytes: Uint8Array,
  entry: NewKeyEntry,
  checked: CheckedEntry,
  rewriting: Rewriting,
): Promise<RewrittenKeyStore> {
  const { passwords, work } = rewriting;
  const pfx = await openPfx(bytes, passwords.store.text(), work);
  const because = whyNotRewritten(pfx);
  if (because !== null) throw cannotRewrite(because);
  const entries = await entriesOf(pfx, work);
  return putIn(pfx, entries, entry, checked, rewriting);
}

/** The same for one that is open. */
export async function putIn(
  pfx: Pfx,
  entries: readonly PfxEntry[],
  entry: NewKeyEntry,
  checked: CheckedEntry,
  rewriting: Rewriting,
): Promise<RewrittenKeyStore> {
  const { passwords, legacy, salts, work } = rewriting;
  const old = entryToReplace(entries, entry.alias);
  await proveByKey(pfx, entries, old, rewriting);
  const scheme = schemeForKey(pfx, old, legacy);
  const given = entry.keyPassword ?? (old === null ? undefined : ownPassword(entry.alias, passwords));
  const forms =
    given === undefined || given.text() === passwords.store.text() ? pfx.password : keyPassword(given.text());
  const key = await encryptKey(checked.pkcs8, scheme, forms, { salts, work });
  await work.turn();
  const change = await changeFor(pfx, entries, old, { ...entry, key, chain: checked.chain }, work);
  await work.turn();
  const converted = await convertedBags(pfx, entries, old, rewriting);
  const bytes = await written(pfx, withConverted(change, converted), rewriting);
  return { bytes, remarks: remarksOn(pfx, old, { forms, rewriting }) };
}

/** Nothing but a key tells whether the password is right where there is no MAC and nothing else is encrypted. */
async function proveByKey(
  pfx: Pfx,
  entries: readonly PfxEntry[],
  old: PfxEntry | null,
  { passwords, work }: Rewriting,
): Promise<void> {
  if (pfx.mac !== null || pfx.parts.some(({ scheme }) => scheme !== null)) return;
  const one = [...(old === null ? [] : [old]), ...entries].find(
    ({ placed }) => encryptedIn(placed.bag) !== null,
  );
  const encrypted = one === undefined ? null : encryptedIn(one.placed.bag);
  if (one === undefined || encrypted === null) return;
  (await decryptKey(encrypted, passwordOf(one.alias, passwords, pfx), work)).fill(0);
}

/** As the old key was; else as another key is, or else the certificates. */
function schemeForKey(pfx: Pfx, old: PfxEntry | null, legacy: Legacy): PasswordScheme {
  const was = old === null ? null : schemeOf(old.placed.bag);
  const example = was ?? exampleIn(pfx);
  return example === null ? newScheme(legacy) : schemeInPlaceOf(example, legacy);
}

function exampleIn({ parts }: Pfx): PasswordScheme | null {
  for (const { bags } of parts)
    for (const bag of bags ?? []) {
      const scheme = isKey(bag) ? schemeOf(bag) : null;
      if (scheme !== null) return scheme;
    }
  return parts.find(({ scheme }) => scheme !== null)?.scheme ?? null;
}

/** Other keys and secrets that `legacy` does not allow as they are, encrypted again. */
async function convertedBags(
  pfx: Pfx,
  entries: readonly PfxEntry[],
  old: PfxEntry | null,
  { passwords, legacy, salts, work }: Rewriting,
): Promise<Map<Bag, Buffer>> {
  const converted = new Map<Bag, Buffer>();
  if (legacy === undefined) return converted;
  for (const { placed, alias } of entries.filter((one) => one !== old)) {
    const { bag } = placed;
    const encrypted = encryptedIn(bag);
    if (encrypted === null) continue;
    const scheme = schemeOf(bag);
    if (scheme === null) throw unsupported(`an unknown protection of the entry "${alias}"`);
    if (staysAsItIs(scheme, legacy)) continue;
    if (placed.nested) throw cannotRewrite(`The entry "${alias}" lies within another entry.`);
    const password = passwordOf(alias, passwords, pfx);
    const plain = await opened(alias, encrypted, password, work);
    const again = await encryptKey(plain, schemeInPlaceOf(scheme, legacy), password, { salts, work });
    plain.fill(0);
    const content = bag.type === bagTypes.secret ? secretContent(bagTypes.shroudedKey, again) : again;
    converted.set(
      bag,
      writeBag(
        bag.type,
        content,
        bag.attributes.map(({ raw }) => raw),
      ),
    );
  }
  return converted;
}

async function opened(
  alias: string,
  encrypted: Buffer,
  password: PasswordForms,
  work: Work,
): Promise<Buffer> {
  try {
    return await decryptKey(encrypted, password, work);
  } catch (thrown) {
    throw thrown instanceof WrongPassword ? keyPasswordWrong(alias, thrown) : thrown;
  }
}

const withConverted = (change: Change, converted: ReadonlyMap<Bag, Buffer>): Change => ({
  ...change,
  replaced: new Map([...converted, ...change.replaced]),
});

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

async function written(pfx: Pfx, change: Change, rewriting: Rewriting): Promise<Buffer> {
  const { legacy, salts, work } = rewriting;
  const parts: Buffer[] = [];
  const { keys, keysTo, certificates, certificatesTo } = change.added;
  if (certificatesTo === null && certificates.length > 0) {
    const scheme = schemeInPlaceOf(exampleIn(pfx) ?? newScheme(legacy), legacy);
    parts.push(await encrypted(scheme, sequence(...certificates), pfx.password, rewriting));
  }
  for (const part of pfx.parts) parts.push(await writtenPart(pfx, part, change, rewriting));
  if (keysTo === null && keys.length > 0)
    parts.push(await writePart(null, sequence(...keys), pfx.password, work));
  const safe = sequence(...parts);
  await work.turn();
  const was = macInPlaceOf(pfx.mac, legacy);
  const bytes = await salts.of(safe, work);
  const mac = was === null ? null : withNewMacSalt(was, (size) => bytes('mac', size));
  return writePfx(safe, mac, pfx.password, work);
}

async function writtenPart(pfx: Pfx, part: Part, change: Change, rewriting: Rewriting): Promise<Buffer> {
  const { bags, scheme, raw } = part;
  if (bags === null) return raw;
  const { gone, replaced, behind, added } = change;
  const now = bags.flatMap((bag) => [
    ...(gone.has(bag) ? [] : [replaced.get(bag) ?? bag.raw]),
    ...(behind.get(bag) ?? []),
  ]);
  if (added.certificatesTo === part) now.push(...added.certificates);
  if (added.keysTo === part) now.push(...added.keys);
  await rewriting.work.turn();
  const same =
    now.length === bags.length && now.every((one, at) => one.equals(bags[at]?.raw ?? Buffer.alloc(0)));
  if (same && (scheme === null || staysAsItIs(scheme, rewriting.legacy))) return raw;
  const contents = same ? safeContents(bags) : sequence(...now);
  await rewriting.work.turn();
  if (scheme === null) return writePart(null, contents, pfx.password, rewriting.work);
  return encrypted(schemeInPlaceOf(scheme, rewriting.legacy), contents, pfx.password, rewriting);
}

async function encrypted(
  scheme: PasswordScheme,
  contents: Buffer,
  password: PasswordForms,
  { salts, work }: Rewriting,
): Promise<Buffer> {
  const bytes = await salts.of(contents, work);
  return writePart(
    withNewSalt(scheme, (what, size) => bytes(`part ${what}`, size)),
    contents,
    password,
    work,
  );
}

function remarksOn(
  pfx: Pfx,
  old: PfxEntry | null,
  { forms, rewriting }: { forms: PasswordForms; rewriting: Rewriting },
): string[] {
  const oldScheme = old === null ? null : schemeOf(old.placed.bag);
  const goneBefore = [...pfx.parts.map(({ scheme }) => scheme), oldScheme].some(
    (scheme) => scheme !== null && isGone(scheme),
  );
  const { legacy, passwords } = rewriting;
  return [
    ...(goneBefore && legacy === undefined
      ? ['What was protected with RC2 or DES and has changed is protected with 3DES now.']
      : []),
    ...(old?.placed.bag.type === bagTypes.key
      ? ['The old private key was not encrypted; the new one is.']
      : []),
    ...(pfx.mac?.kind === 'hmac'
      ? ['Integrity was protected in a way that no program reads; it is protected with SHA-256 now.']
      : []),
    ...(isPrintableAscii(passwords.store)
      ? []
      : ['Java does not open this key store: its password has characters that are not ASCII.']),
    ...(forms === pfx.password
      ? []
      : ['The key has another password than the key store, so openssl and keytool do not open it.']),
  ];
}
