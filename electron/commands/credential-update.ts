import { newId } from '#kit/ids.ts';
import { credentialDescriptor } from '#shared/catalog/credential-stores/credential.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, invalid, text } from '#shared/catalog/flat.ts';
import { credentialInput } from '#shared/contract/credentials.ts';
import type { Credential, CredentialStore } from '#shared/model/credential-store.ts';
import type { Database } from '../database/database.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { checkReady } from './endpoint-checks.ts';
import { findCredential } from './find.ts';
import { listed, merged } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

/** Names under which the parts of a credential are sealed, by its row id. */
const sealedNames = { password: 'password', privateKey: 'private-key', passphrase: 'passphrase' } as const;
type Part = keyof typeof sealedNames;
const parts = Object.keys(sealedNames) as Part[];

/** `null`: forget; left out: leave as it is. */
type PartUpdates = Partial<Record<Part, Secret | null>>;

export async function addCredential(
  tools: CommandTools,
  store: CredentialStore,
  flat: Flat,
  { audit }: CommandContext,
): Promise<Credential> {
  const { database, clock } = tools;
  const id = text(flat, 'id') ?? '';
  checkId(id);
  checkReady(tools, 'The credential');
  const now = clock.now();
  const row = { rowId: newId('cr'), storeId: store.id, id, username: text(flat, 'username'), createdAt: now };
  const named = await namedParts(tools, flat);
  try {
    const privateKey = keyOf(tools, named, id);
    const credential = { ...row, hasPassword: named.password != null, privateKey, updatedAt: now };
    checkUseful(credential);
    audit.commit(
      () => {
        database.credentials.insert(credential);
        seal(database, credential.rowId, named);
      },
      () => ({
        subject: credential.rowId,
        sentence: `The credential "${id}" was added to the store "${store.name}".`,
      }),
    );
    changed(tools, store, credential);
    return credential;
  } finally {
    wipe(named);
  }
}

/** Keeps what is not named; `null` clears. A new key without a passphrase drops the old one. */
export async function updateCredential(
  tools: CommandTools,
  store: CredentialStore,
  before: Credential,
  changes: Record<string, unknown>,
  { audit }: CommandContext,
): Promise<Credential> {
  const { database, clock } = tools;
  const flat = wantedOf(store, before, changes);
  checkReady(tools, 'The credential');
  const named = await namedParts(tools, flat);
  if (changes.password === null) named.password = null;
  if (changes.privatekeypath === null) named.privateKey = null;
  if (changes.passphrase === null || ('privateKey' in named && named.passphrase === undefined)) {
    named.passphrase = null;
  }
  try {
    const privateKey = keyAfter(tools, before, named);
    const credential: Credential = {
      ...before,
      username: text(flat, 'username'),
      hasPassword: named.password === undefined ? before.hasPassword : named.password !== null,
      privateKey,
      updatedAt: clock.now(),
    };
    checkUseful(credential);
    audit.commit(
      () => {
        findCredential(database, store, before.id); // reading the key took a moment
        database.credentials.update(credential);
        seal(database, before.rowId, named);
      },
      () => ({
        subject: before.rowId,
        sentence: `The credential "${before.id}" of the store "${store.name}" was changed: ${listed(changes)}.`,
      }),
    );
    changed(tools, store, credential);
    return credential;
  } finally {
    wipe(named);
  }
}

function wantedOf(store: CredentialStore, before: Credential, changes: Record<string, unknown>): Flat {
  const fields = credentialDescriptor.fields.filter(({ name }) => name !== 'id');
  const flat = merged(
    { ...credentialDescriptor, fields },
    { username: before.username ?? undefined },
    changes,
  );
  const parsed = credentialInput.safeParse({ storename: store.name, id: before.id, ...flat });
  if (!parsed.success) throw invalidInput(parsed.error.issues, flat);
  return flat;
}

/** The key is read once, here. */
async function namedParts(tools: CommandTools, flat: Flat): Promise<PartUpdates> {
  const path = text(flat, 'privatekeypath');
  checkAbsolute('Private key path', path);
  const privateKey = path === null ? undefined : await tools.readKeyFile(path);
  const password = text(flat, 'password');
  const passphrase = text(flat, 'passphrase');
  return {
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(password === null ? {} : { password: Secret.of(password) }),
    ...(passphrase === null ? {} : { passphrase: Secret.of(passphrase) }),
  };
}

/** Opens the key, so that nobody meets a wrong passphrase at the next renewal. A passphrase it needs not is not kept. */
function keyOf(tools: CommandTools, named: PartUpdates, id: string): Credential['privateKey'] {
  const { privateKey, passphrase } = named;
  if (privateKey == null) {
    if (passphrase != null) throw passphraseAlone();
    return null;
  }
  const { type, fingerprint, encrypted } = tools.privateKeyFacts(
    privateKey,
    passphrase ?? null,
    `the credential "${id}"`,
  );
  if (!encrypted && passphrase != null) {
    passphrase.wipe();
    named.passphrase = null;
  }
  return { type, fingerprint, hasPassphrase: encrypted };
}

function keyAfter(tools: CommandTools, before: Credential, named: PartUpdates): Credential['privateKey'] {
  if (named.privateKey !== undefined) return keyOf(tools, named, before.id);
  if (named.passphrase === undefined) return before.privateKey;
  if (before.privateKey === null) {
    if (named.passphrase !== null) throw passphraseAlone();
    return null;
  }
  const sealed = tools.database.secrets.open(before.rowId, sealedNames.privateKey);
  try {
    // only looked at: what is sealed stays as it is
    const after: PartUpdates = { privateKey: sealed, passphrase: named.passphrase };
    const facts = keyOf(tools, after, before.id);
    named.passphrase = after.passphrase ?? null;
    return facts;
  } finally {
    sealed?.wipe();
  }
}

/** In the caller's transaction. */
function seal(database: Database, rowId: string, updates: PartUpdates): void {
  for (const part of parts) {
    const change = updates[part];
    if (change === undefined) continue;
    if (change === null) database.secrets.remove(rowId, sealedNames[part]);
    else database.secrets.put(rowId, sealedNames[part], change);
  }
}

function checkId(id: string): void {
  const wrong =
    (/[/\\]/.test(id) && 'must not contain a slash or backslash') ||
    (/\p{Cc}/u.test(id) && 'must not contain control characters') ||
    (id !== id.trim() && 'must not begin or end with a space') ||
    (!id.isWellFormed() && 'must be text');
  if (wrong) throw invalid(`The credential ID "${id}" ${wrong}.`, 'Correct --id.');
}

function checkUseful({ id, hasPassword, privateKey }: Credential): void {
  if (hasPassword || privateKey !== null) return;
  throw invalid(
    `The credential "${id}" needs a password or a private key.`,
    'Add --password or --privatekeypath.',
  );
}

function passphraseAlone(): Error {
  return invalid('A passphrase was given without a private key.', 'Add --privatekeypath.');
}

function changed(tools: CommandTools, store: CredentialStore, { rowId }: Credential): void {
  tools.credentials.forget(store.id);
  tools.agent.events.changed('credentials', rowId);
}

function wipe(updates: PartUpdates): void {
  for (const part of parts) updates[part]?.wipe();
}
