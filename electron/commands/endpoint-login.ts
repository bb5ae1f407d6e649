import { type LoginSecret, type LoginWay, loginFields } from '#shared/catalog/connections/login.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, invalid, text } from '#shared/catalog/flat.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import { Secret } from '../secrets/secret.ts';
import { chosenConnection } from './endpoint-connection.ts';
import { findStore } from './find.ts';
import type { CommandTools } from './tools.ts';

/** Names under which a login is sealed, by the endpoint's id. */
const sealedNames: Record<LoginSecret, string> = {
  password: 'password',
  privateKey: 'private-key',
  passphrase: 'passphrase',
};
const parts = loginFields.flatMap(({ seals }) => seals ?? []);

/** Secrets of one command: what to log in with, and what is to be sealed or forgotten afterwards. */
interface Login {
  /** How it is given; null: not at all, or nobody logs in. */
  way: LoginWay | null;
  material: LoginMaterial;
  /** `null`: forget; left out: leave as it is. */
  updates: Partial<Record<LoginSecret, Secret | null>>;
}

/**
 * Reads what was named now; the key file once, here. The login sealed for `before` is what an update starts from. A key
 * beats a password, what is named now beats what is sealed. A credential store excludes both.
 */
export async function loginOf(
  tools: CommandTools,
  flat: Flat,
  before: Endpoint | null,
  cleared: readonly LoginSecret[] = [],
): Promise<Login> {
  const { database } = tools;
  if (chosenConnection(flat).authenticates.length === 0)
    return { way: null, material: {}, updates: forgetAll() };
  if (namesStore(flat)) {
    checkStore(database, flat);
    return { way: 'credential-store', material: {}, updates: forgetAll() };
  }
  const keyPath = text(flat, 'ssh_key_path');
  checkAbsolute('SSH key path', keyPath);
  const named: LoginMaterial = {
    password: secretOf(text(flat, 'password')),
    privateKey: keyPath === null ? undefined : await tools.readKeyFile(keyPath),
    passphrase: secretOf(text(flat, 'ssh_key_password')),
  };
  const updates: Login['updates'] = Object.fromEntries(cleared.map((part) => [part, null]));
  for (const part of parts) if (named[part] !== undefined) updates[part] = named[part];
  if (named.privateKey !== undefined && named.passphrase === undefined) updates.passphrase = null;
  if (named.privateKey !== undefined && named.password === undefined) updates.password = null;
  if (named.password !== undefined && named.privateKey === undefined) {
    updates.privateKey = null;
    updates.passphrase ??= null;
  }
  const material = before === null ? named : withSealed(database, before.id, updates);
  if (material.passphrase !== undefined && material.privateKey === undefined && updates.passphrase) {
    throw invalid('An SSH key password was given without an SSH key.', 'Add --ssh_key_path.');
  }
  return { way: wayOf(material), material: { ...material, source: 'given for this endpoint' }, updates };
}

/** Whether the login is to be read from a credential store. */
export function namesStore(flat: Flat): boolean {
  return flat.store !== undefined || flat.store_cred_id !== undefined;
}

/** Whether a login of the endpoint's own is named. */
export function namesOwnLogin(flat: Record<string, unknown>): boolean {
  return ownLogin.some((name) => flat[name] !== undefined && flat[name] !== null);
}

const ownLogin = loginFields.flatMap(({ field, seals }) => (seals === null ? [] : [field.name]));

function checkStore(database: Database, flat: Flat): void {
  if (namesOwnLogin(flat))
    throw invalid(
      'The login is either given directly or read from a credential store, not both.',
      'Leave out --password, --ssh_key_path and --ssh_key_password, or --store and --store_cred_id.',
    );
  const name = text(flat, 'store');
  if (name === null) throw invalid('A credential ID was given without its credential store.', 'Add --store.');
  findStore(database, name);
  if (text(flat, 'store_cred_id') === null)
    throw invalid(`No credential of "${name}" was chosen.`, 'Add --store_cred_id.');
}

/** In the caller's transaction. */
export function sealLogin(database: Database, endpointId: string, updates: Login['updates']): void {
  for (const part of parts) {
    const change = updates[part];
    if (change === undefined) continue;
    if (change === null) database.secrets.remove(endpointId, sealedNames[part]);
    else database.secrets.put(endpointId, sealedNames[part], change);
  }
}

function withSealed(database: Database, id: string, updates: Login['updates']): LoginMaterial {
  const material: LoginMaterial = {};
  for (const part of parts) {
    const change = updates[part];
    const value = change === undefined ? database.secrets.open(id, sealedNames[part]) : change;
    if (value !== null) material[part] = value;
  }
  return material;
}

function wayOf(material: LoginMaterial): LoginWay | null {
  if (material.privateKey !== undefined) return 'private-key';
  return material.password === undefined ? null : 'password';
}

function forgetAll(): Login['updates'] {
  return { password: null, privateKey: null, passphrase: null };
}

function secretOf(value: string | null): Secret | undefined {
  return value === null ? undefined : Secret.of(value);
}
