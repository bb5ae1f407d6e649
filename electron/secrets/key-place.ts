import { randomBytes, randomUUID } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { Envelope, type SealContext } from './envelope.ts';
import type { KeyNotes } from './key-notes.ts';
import { checkValue, wrapDataKey } from './key-wrap.ts';
import type { Keychain } from './keychain.ts';
import { newRecoveryKey, recoveryWrapKey } from './recovery-key.ts';
import { Secret } from './secret.ts';

/** The ways to keep a master key, given by compose. */
export interface Keychains {
  os: () => Keychain;
  keyFile: (path: string) => Keychain;
  passphrase: (passphrase: Secret) => Keychain;
}

/** A keychain that somebody chose, as the notes remember it. */
export interface KeyPlace {
  keychain: Keychain;
  /** Only with `key-file`. */
  path: string | null;
}

export function keyPlace(
  keychains: Keychains,
  kind: Keychain['kind'],
  path: string,
  passphrase: Secret | undefined,
): KeyPlace {
  if (kind === 'os-keychain') return { keychain: keychains.os(), path: null };
  if (kind === 'key-file') return { keychain: keychains.keyFile(path), path };
  if (passphrase === undefined || passphrase.bytes().length === 0)
    throw new Failure('keychain.passphrase-needed', 'A passphrase is needed and none was given.', {
      hint: 'Give the passphrase at the prompt or on standard input.',
    });
  return { keychain: keychains.passphrase(passphrase), path: null };
}

/** Puts a fresh master key into a place (which reads it back) and gives what the notes say about it. */
export async function keepMasterKey(
  { keychain, path }: KeyPlace,
  storeUuid: string,
  envelope: Envelope,
): Promise<Pick<KeyNotes, 'kind' | 'path' | 'keyId' | 'kcv' | 'dataKey'>> {
  const keyId = randomBytes(16).toString('hex');
  const derived = keychain.kind === 'passphrase' ? await keychain.get(keyId) : null;
  const key = derived ?? randomBytes(32);
  try {
    if (derived === null) await keychain.set(keyId, key);
    return {
      kind: keychain.kind,
      path,
      keyId,
      kcv: checkValue(key, storeUuid),
      dataKey: envelope.withDataKey((dataKey) => wrapDataKey({ storeUuid, by: keyId }, key, dataKey)),
    };
  } finally {
    key.fill(0);
  }
}

export const recoveryPlace: SealContext = { owner: 'secrets', name: 'recovery-key' };

/** Everything of a new store: data key, master key in its place, recovery key. The caller writes the notes. */
export async function newStoreKey(place: KeyPlace): Promise<{ envelope: Envelope; notes: KeyNotes }> {
  const storeUuid = randomUUID();
  const envelope = new Envelope(randomBytes(32), storeUuid);
  const kept = await keepMasterKey(place, storeUuid, envelope);
  const text = newRecoveryKey();
  const recoveryKey = Secret.of(text);
  const wrapKey = recoveryWrapKey(text, storeUuid);
  const notes: KeyNotes = {
    format: 1,
    storeUuid,
    ...kept,
    recovery: envelope.withDataKey((key) => wrapDataKey({ storeUuid, by: 'recovery' }, wrapKey, key)),
    recoveryKeyToShow: envelope.seal(recoveryPlace, recoveryKey).toString('base64'),
  };
  wrapKey.fill(0);
  recoveryKey.wipe();
  return { envelope, notes };
}
