import type { CredentialStoreKind } from '#shared/model/credential-store.ts';
import type { Database } from '../database/database.ts';
import { readPfx } from '../pki/read-pfx.ts';
import { storeSecrets } from '../providers/credential-stores/credential-store.ts';
import { Secret } from '../secrets/secret.ts';
import { checkAbsolute, type Flat, text, yes } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

/** By the names they are sealed under; null: to be forgotten. What is not in it stays as it is. */
export type SecretChanges = Map<string, Secret | null>;

/** Fields of the catalog whose value is sealed, and the names under which that is done. */
const sealedAs: Record<string, readonly string[]> = {
  token: [storeSecrets.token],
  secretid: [storeSecrets.secretId, storeSecrets.wrappingToken],
  authcert: [storeSecrets.clientCertificate, storeSecrets.clientKey],
  password: [storeSecrets.password],
};

/** What is kept beside them, and goes when they go; on its own it is nothing to log in with. */
const besides: Record<string, readonly string[]> = {
  token: [storeSecrets.tokenWasGood, storeSecrets.tokenUsesLimited],
};

/** What an update forgets before it takes what is new: what is cleared, and what the login of another type used. */
export function forgottenSecrets(cleared: readonly string[], loginChanged: boolean): SecretChanges {
  const fields = loginChanged ? Object.keys(sealedAs) : cleared;
  const names = fields.flatMap((field) => [...(sealedAs[field] ?? []), ...(besides[field] ?? [])]);
  return new Map(names.map((name) => [name, null]));
}

/** Whether the secret of a field is sealed and stays so. */
export function isSealed(database: Database, id: string, field: string, changes: SecretChanges): boolean {
  return (sealedAs[field] ?? []).some((name) => changes.get(name) !== null && database.secrets.has(id, name));
}

/** Adds what was named now; the certificate is read once, here. */
export async function takeSecrets(
  tools: CommandTools,
  kind: CredentialStoreKind,
  flat: Flat,
  changes: SecretChanges,
): Promise<void> {
  const take = (name: string, value: string | null) => {
    if (value !== null) changes.set(name, Secret.of(value));
  };
  if (kind === 'hashicorp') {
    take(storeSecrets.token, text(flat, 'token'));
    const secretId = text(flat, 'secretid');
    if (secretId === null) return;
    const wrapped = yes(flat, 'appwrapped', false);
    changes.set(wrapped ? storeSecrets.secretId : storeSecrets.wrappingToken, null);
    take(wrapped ? storeSecrets.wrappingToken : storeSecrets.secretId, secretId);
  }
  if (kind === 'delinea-secret-server') take(storeSecrets.password, text(flat, 'password'));
  if (kind === 'cyberark') await takeCertificate(tools, flat, changes);
}

async function takeCertificate(tools: CommandTools, flat: Flat, changes: SecretChanges): Promise<void> {
  const path = text(flat, 'authcert');
  if (path === null) return;
  checkAbsolute('Authentication certificate', path);
  const file = await tools.readKeyFile(path, 'client certificate');
  const password = text(flat, 'certpass');
  const passphrase = password === null ? null : Secret.of(password);
  try {
    const { certificatePem, keyPem } = readPfx(file.bytes(), passphrase);
    changes.set(storeSecrets.clientCertificate, Secret.of(certificatePem));
    changes.set(storeSecrets.clientKey, keyPem);
  } finally {
    file.wipe();
    passphrase?.wipe();
  }
}
